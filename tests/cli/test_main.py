"""What the operator types and reads: exit codes, one clear line, JSON."""

from __future__ import annotations

import json
import os
import sys
import types
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cti.cli import control
from cti.cli import main as cli
from cti.cli.control import EngineRefused, NotRunning
from cti.config import settings as config
from cti.model.errors import ConfigError

pytestmark = pytest.mark.unit

EXAMPLE = str(Path(__file__).parents[2] / "config" / "center.yaml")
SECRETS = {"CTI_AMI_SECRET": "a", "CTI_AGI_TOKEN": "b"}
QUEUES = [
    {
        "name": "sales",
        "waiting": 1,
        "longest_wait_s": 12.0,
        "position": [{"position": 1, "caller": "Li", "wait_s": 12.0}],
    },
    {"name": "support", "waiting": 0, "longest_wait_s": None, "position": []},
]
AGENTS = [
    {"id": "anna", "name": "Anna", "status": "available", "activity": "idle", "queues": ["sales"]},
    {"id": "ben", "name": "Ben", "status": "on_break", "activity": "idle", "reason": "lunch", "queues": ["support"]},
]
STATUS = {"nodes": {"node1": "up", "node2": "down"}}
CALLS = [{"call": "node1/17.3", "queue": "sales", "state": "waiting", "caller": "Li", "agent": None}]


def cti(*words: str, environ: dict[str, str] | None = None) -> Result:
    return CliRunner().invoke(cli.app, list(words), env=environ)


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, Any]]:
    """An engine that answers; the list is what it was asked."""
    asked: list[tuple[str, str, Any]] = []

    def ask(_socket: Path, method: str, path: str, body: Any = None) -> Any:
        asked.append((method, path, body))
        if method == "POST":
            return {"ok": True}
        part = path.rsplit("/", 1)[1]
        return {"at": 0, part: {"queues": QUEUES, "agents": AGENTS, "calls": CALLS, "status": STATUS}[part]}

    monkeypatch.setattr(control, "ask", ask)
    return asked


def refuse(monkeypatch: pytest.MonkeyPatch, status: int, body: dict[str, Any]) -> None:
    def ask(_socket: Path, method: str, path: str, body_: Any = None) -> Any:
        if method == "GET":
            return {"agents": AGENTS}
        raise EngineRefused(status, body)

    monkeypatch.setattr(control, "ask", ask)


# --- check --------------------------------------------------------------------------------------------------------


def test_check_ends_like_nginx() -> None:
    found = cti("check", EXAMPLE, environ=SECRETS)
    assert found.exit_code == 0
    *bounds, verdict = found.stdout.splitlines()
    assert verdict == f"configuration file {EXAMPLE} is ok: 3 queues, 10 agents, 5 entries, 1 node, 7 flows, 1 warning"
    assert [line.split(":")[0] for line in bounds] == ["sales", "support", "complaints"]
    assert "complaints always goes first" in bounds[0]
    [warning] = found.stderr.splitlines()
    assert "callbacks are kept in the store, and nobody is called" in warning, "the example cannot know your trunk"


def test_check_tells_warnings_and_strict_minds_them() -> None:
    bare = {"CTI_AMI_SECRET": "", "CTI_AGI_TOKEN": ""}
    found = cti("check", EXAMPLE, environ=bare)
    assert found.exit_code == 0
    assert "nodes.node1.secret_env" in found.stderr
    assert found.stdout.endswith("1 node, 7 flows, 3 warnings\n")
    assert cti("check", "--strict", EXAMPLE, environ=bare).exit_code == 1


def test_check_exits_with_2_on_errors_and_tells_them_all(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text("queues: {sales: {target: 1}}\nnodes: {}\n")
    found = cti("check", str(file))
    assert found.exit_code == 2
    assert f'error: {file}:1:18: queues.sales.target: unknown key (did you mean "target_s"?)' in found.stderr
    assert found.stderr.endswith(f"configuration file {file} has 2 errors\n")
    as_json = cti("check", "--json", str(file))
    assert as_json.exit_code == 2
    assert len(json.loads(as_json.stdout)["errors"]) == 2


def test_check_and_run_read_the_flows_too(tmp_path: Path) -> None:
    (tmp_path / "flows").mkdir()
    file, flow = tmp_path / "c.yaml", tmp_path / "flows" / "main.yaml"
    lines = Path(EXAMPLE).read_text().splitlines()
    file.write_text("\n".join(line for line in lines if "{flow: callback_" not in line))
    flow.write_text("name: main\nstart: a\non: {error: hangup}\nnodes:\n  a: {queue: sales}\n")
    assert cti("check", str(file), environ=SECRETS).stdout.endswith("5 entries, 1 node, 1 flow\n")
    flow.write_text(flow.read_text().replace("sales", "slaes").replace("on: {error: hangup}\n", ""))
    error = f'error: {flow}:4:14: nodes.a.queue: there is no queue "slaes" (did you mean "sales"?)\n'
    found = cti("check", str(file), environ=SECRETS)
    assert found.exit_code == 2 and error in found.stderr
    assert "warning: " in found.stderr and "c.yaml has 1 error, 1 warning" in found.stderr
    found = cti("run", str(file), environ=SECRETS)
    assert (found.exit_code, found.stderr) == (2, error)


def test_check_without_a_file_names_what_it_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = cti("check", environ={"CTI_CONFIG": ""})
    assert found.exit_code == 2
    assert "center.yaml:1:1: cannot be read: No such file or directory" in found.stderr


# --- run, demo, version -------------------------------------------------------------------------------------------


def test_run_hands_the_settings_over_and_exits_with_the_engines_number(monkeypatch: pytest.MonkeyPatch) -> None:
    got: list[config.Settings] = []
    room = types.ModuleType("cti.running")
    room.run_engine = lambda settings, file: got.append(settings) or 7  # type: ignore[attr-defined, func-returns-value]
    monkeypatch.setitem(sys.modules, "cti.running", room)
    assert cti("run", EXAMPLE, environ=SECRETS).exit_code == 7
    assert got[0].name == "Demo centre"


def test_run_refuses_a_bad_configuration_before_and_after_it_was_read(monkeypatch: pytest.MonkeyPatch) -> None:
    room = types.ModuleType("cti.running")

    def run_engine(_settings: config.Settings, _file: Path) -> int:
        raise ConfigError(["fastagi.listen: taken"])

    room.run_engine = run_engine  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "cti.running", room)
    assert cti("run", EXAMPLE, environ={"CTI_AMI_SECRET": ""}).exit_code == 2
    found = cti("run", EXAMPLE, environ=SECRETS)
    assert found.exit_code == 2
    assert found.stderr == "error: fastagi.listen: taken\n"


def test_demo_passes_its_words_on(monkeypatch: pytest.MonkeyPatch) -> None:
    room = types.ModuleType("cti.demo")

    async def main(words: list[str]) -> int:
        return 5 if words == ["--seconds", "60", "--help"] else 0

    room.main = main  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "cti.demo", room)
    assert cti("demo", "--seconds", "60", "--help").exit_code == 5


def test_version_is_one_line() -> None:
    assert cti("version").stdout.startswith("cti ")
    assert "version" in json.loads(cti("version", "--json").stdout)


# --- show ---------------------------------------------------------------------------------------------------------


def test_queue_show_lists_the_queues(engine: list[Any]) -> None:
    found = cti("queue", "show")
    assert found.exit_code == 0
    assert "sales" in found.stdout and "12 s" in found.stdout
    assert ("GET", "/api/v1/queues", None) in engine


def test_queue_show_of_one_lists_who_waits_and_who_serves(engine: list[Any]) -> None:
    found = cti("queue", "show", "sales")
    assert "Li" in found.stdout and "anna" in found.stdout and "ben" not in found.stdout
    assert "nobody waits" in cti("queue", "show", "support").stdout


def test_json_is_for_programs(engine: list[Any]) -> None:
    assert json.loads(cti("queue", "show", "--json").stdout) == QUEUES
    assert json.loads(cti("queue", "show", "sales", "--json").stdout) == QUEUES[:1]
    assert json.loads(cti("agent", "show", "ben", "--json").stdout) == AGENTS[1:]
    assert json.loads(cti("call", "show", "17.3", "--json").stdout) == CALLS


def test_an_unknown_name_is_answered_with_the_near_one(engine: list[Any]) -> None:
    found = cti("queue", "show", "slaes")
    assert found.exit_code == 1
    assert found.stderr == 'there is no queue "slaes" (did you mean "sales"?)\n'
    assert cti("agent", "show", "zzz").stderr == 'there is no agent "zzz" (known: anna, ben)\n'
    assert cti("call", "show", "9.9").exit_code == 1


def test_call_show_takes_the_id_or_the_uniqueid(engine: list[Any]) -> None:
    assert "17.3" in cti("call", "show", "node1/17.3").stdout
    assert "17.3" in cti("call", "show", "17.3").stdout


# --- agents -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["login", "logout", "pause", "unpause", "ready"])
def test_an_action_is_asked_with_who_asks(engine: list[Any], action: str) -> None:
    found = cti("agent", action, "anna")
    assert found.exit_code == 0
    assert found.stdout.startswith("anna: ")
    method, path, body = engine[0]
    assert (method, path, body["reason"]) == ("POST", f"/api/v1/agents/anna/{action}", "")
    assert body["by"].startswith("cli.")


def test_a_pause_carries_its_reason(engine: list[Any]) -> None:
    assert cti("agent", "pause", "anna", "lunch").stdout == "anna: on a break (lunch)\n"
    assert engine[0][2]["reason"] == "lunch"


def test_a_disposition_is_asked_by_its_name(engine: list[Any]) -> None:
    assert cti("agent", "disposition", "anna", "sale").stdout.startswith("anna: ")
    method, path, body = engine[0]
    assert (method, path, body["reason"]) == ("POST", "/api/v1/agents/anna/disposition", "sale")


@pytest.mark.parametrize(
    ("status", "body", "line"),
    [
        (409, {"refused": "unknown_disposition", "detail": "sales: sale"}, "no such disposition; sales: sale"),
        (409, {"refused": "disposition_required", "detail": "sales: sale"}, "disposition anna NAME; sales: sale"),
        (409, {"refused": "not_logged_in"}, "agent login anna"),
        (409, {"refused": "already", "detail": "logged in"}, "anna already is logged in"),
        (409, {"refused": "unknown_reason", "detail": "breaks: lunch"}, "there is no such break; breaks: lunch"),
        (409, {"refused": "not_in_wrapup"}, "anna is not in wrap-up"),
        (
            404,
            {"refused": "unknown_agent", "exists": ["anne", "ben"]},
            'there is no agent "anna" (did you mean "anne"?)',
        ),
        (400, {"error": "odd"}, "the engine does not take this: odd"),
        (500, {}, "refused: the engine answered with status 500"),
    ],
)
def test_a_refusal_is_one_line_and_exit_1(
    monkeypatch: pytest.MonkeyPatch, status: int, body: dict[str, Any], line: str
) -> None:
    refuse(monkeypatch, status, body)
    found = cti("agent", "pause", "anna", "lunch")
    assert found.exit_code == 1 and found.stderr.endswith(line + "\n") and found.stderr.count("\n") == 1
    as_json = json.loads(cti("agent", "pause", "anna", "lunch", "--json").stdout)
    assert as_json["ok"] is False and as_json["error"].endswith(line)


@pytest.mark.parametrize("name", ["../x", "a b", "a/login", "é", "\x1b[31m"])
def test_a_name_that_cannot_be_one_is_not_sent(engine: list[Any], name: str) -> None:
    found = cti("agent", "login", name)
    assert found.exit_code == 1
    assert engine == []
    assert "\x1b" not in found.stderr


def test_no_engine_is_one_line_with_the_fix_and_exit_3(tmp_path: Path) -> None:
    for words in (["queue", "show"], ["agent", "show"], ["call", "show"], ["agent", "login", "anna"]):
        found = cti(*words, "--control", str(tmp_path / "none"))
        assert found.exit_code == 3
        assert found.stderr.count("\n") == 1
        assert 'start it with "' in found.stderr and 'cti run"' in found.stderr
    assert json.loads(cti("queue", "show", "--json", "-s", str(tmp_path / "none")).stdout)["ok"] is False


def test_the_socket_is_found_by_its_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Path] = []

    def ask(socket: Path, *_: Any) -> Any:
        seen.append(socket)
        raise NotRunning("no")

    monkeypatch.setattr(control, "ask", ask)
    cti("queue", "show", environ={"CTI_STATE": "", "CTI_CONTROL": ""})
    cti("queue", "show", environ={"CTI_STATE": "/run/cti", "CTI_CONTROL": ""})
    cti("queue", "show", environ={"CTI_CONTROL": "/a"})
    cti("queue", "show", "-s", "/b", environ={"CTI_CONTROL": "/a"})
    assert [str(path) for path in seen] == ["var/cti.ctl", "/run/cti/cti.ctl", "/a", "/b"]


def test_a_node_that_is_not_connected_is_told(engine: list[Any]) -> None:
    for what in ("queue", "agent", "call"):
        found = cti(what, "show")
        assert "node2 is not connected" in found.stderr and "node1" not in found.stderr
        assert cti(what, "show", "--json").stderr == ""


def test_who_may_not_look_where_he_stands_has_no_file_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """`sudo -u asterisk cti ...`, typed in /root."""
    real = os.stat

    def stat(path: Any, **more: Any) -> os.stat_result:
        if not os.path.isabs(path):
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, **more)

    monkeypatch.setattr(os, "stat", stat)
    monkeypatch.setattr(control, "CONFIG_PLACES", ("center.yaml", "/nowhere/center.yaml"))
    assert control.default_socket({"CTI_STATE": "/s"}) == Path("/s/cti.ctl")


def test_the_socket_stands_in_the_configuration(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "center.yaml"
    file.write_text(
        "nodes: {a: {host: 127.0.0.1, secret_env: NOT_SET_HERE}}\nqueues: {sales: {}}\ncontrol: /run/x/cti.ctl\n"
    )
    assert control.default_socket({"CTI_CONFIG": str(file)}) == Path("/run/x/cti.ctl")
    file.write_text("nodes: [")
    assert control.default_socket({"CTI_CONFIG": str(file), "CTI_STATE": "/s"}) == Path("/s/cti.ctl")


def test_the_version_is_an_option_too() -> None:
    assert cti("--version").stdout == cti("version").stdout


@pytest.mark.parametrize("words", [("check",), ("doctor",), ("run",), ("flow", "check")])
def test_a_word_does_not_steer_the_terminal(words: tuple[str, ...]) -> None:
    found = cti(*words, "\x1b[31mred\x1b]0;x\x07")
    assert found.exit_code and "red" in found.output and "\x1b" not in found.output and "\x07" not in found.output
