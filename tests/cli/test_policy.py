"""What is typed to change what holds, and what is read back."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cti.cli import control as cli_control
from cti.cli import main, policy, show
from cti.cli.control import EngineRefused
from cti.config import check as config_check
from cti.config import live
from cti.config import settings as config
from tests.asked_engine import AskedEngine

pytestmark = pytest.mark.unit

DONE = {"ok": True, "applied": True, "version": "v2", "difference": ["queue sales: target_s 20 -> 30"]}
SAME = {"ok": True, "applied": False, "version": "v2", "difference": []}


def cti(*words: str) -> Result:
    return CliRunner().invoke(main.app, list(words))


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> AskedEngine:
    engine = AskedEngine(DONE)
    monkeypatch.setattr(cli_control, "ask", engine.ask)
    return engine


@pytest.mark.parametrize(
    ("words", "method", "path", "body"),
    [
        ("agent join anna support --level 2", "PUT", "/api/v1/agents/anna/queues/support", {"level": 2}),
        ("agent join anna support", "PUT", "/api/v1/agents/anna/queues/support", {}),
        ("queue set sales target_s=30 music=no", "PATCH", "/api/v1/queues/sales", {"target_s": "30", "music": "no"}),
        ("queue set sales max_wait_s=null keys=", "PATCH", "/api/v1/queues/sales", {"max_wait_s": None, "keys": None}),
        ("reload --check --drop-live", "POST", "/api/v1/reload", {"check": True, "drop_live": True}),
    ],
)
def test_what_is_sent(engine: AskedEngine, words: str, method: str, path: str, body: dict[str, Any]) -> None:
    assert cti(*words.split()).exit_code == 0
    [(sent_method, sent_path, sent)] = engine.asked
    assert (sent_method, sent_path) == (method, path)
    assert sent.pop("by").startswith("cli.") and sent == body


@pytest.mark.parametrize(
    ("words", "path"),
    [
        ("agent leave anna support", "/api/v1/agents/anna/queues/support?by=cli."),
        ("queue reset sales", "/api/v1/queues/sales/live?by=cli."),
    ],
)
def test_what_is_taken_back(engine: AskedEngine, words: str, path: str) -> None:
    assert cti(*words.split()).stdout == "queue sales: target_s 20 -> 30\n"
    method, sent, _ = engine.asked[0]
    assert method == "DELETE" and sent.startswith(path)
    cti("queue", "reset", "sales", "tier", "rings")
    assert engine.asked[1][1].endswith("&field=tier&field=rings")


def test_what_was_set_says_how_to_take_it_back(engine: AskedEngine) -> None:
    *_, last = cti("queue", "set", "sales", "target_s=30", "tier=1").stdout.splitlines()
    assert last.startswith("until: ") and last.endswith("queue reset sales target_s tier")


def test_lists_are_written_as_in_the_file(engine: AskedEngine) -> None:
    cti("queue", "set", "sales", "rings=[{after_s: 20, groups: [back]}]")
    assert engine.asked[0][2]["rings"] == [{"after_s": "20", "groups": ["back"]}]


@pytest.mark.parametrize("word", ["target_s", "=3", "rings=[", "rings={a: !x b}"])
def test_what_is_no_value_is_not_sent(engine: AskedEngine, word: str) -> None:
    found = cti("queue", "set", "sales", word)
    assert (found.exit_code, engine.asked) == (2, []) and found.stderr.count("\n") == 1


def test_what_makes_no_difference_is_said(engine: AskedEngine) -> None:
    engine.answer = SAME
    assert cti("agent", "join", "anna", "sales").stdout == "anna serves sales like that already\n"
    assert cti("agent", "leave", "anna", "sales").stdout == "anna does not serve sales\n"
    assert cti("queue", "set", "sales", "tier=5").stdout == "nothing has changed: that holds already\n"
    assert cti("queue", "reset", "sales").stdout == "nothing has changed: sales is as in the file\n"
    assert cti("reload").stdout == "nothing has changed\n"


def test_a_reload_tells_the_difference_and_what_needs_a_restart(engine: AskedEngine) -> None:
    engine.answer = DONE | {"needs_restart": ["http.listen"], "warnings": ["w"], "dropped": ["queues.vip.tier: gone"]}
    found = cti("reload")
    assert found.stdout == "queue sales: target_s 20 -> 30\nreloaded: 1 difference, version v2\n"
    assert found.stderr.splitlines() == [
        "warning: w",
        "dropped: a live change no longer fits the file: queues.vip.tier: gone",
        "needs a restart: http.listen",
    ]
    assert cti("reload", "--check").stdout.endswith("1 difference; nothing was changed (--check)\n")
    assert json.loads(cti("reload", "--json").stdout)["needs_restart"] == ["http.listen"]


def test_a_broken_file_is_told_line_by_line_and_exits_with_2(engine: AskedEngine) -> None:
    errors = ["c.yaml:1:2: queues: x", "c.yaml:3:4: agents: y"]
    engine.answer = EngineRefused(409, {"refused": "bad_configuration", "detail": errors[0], "errors": errors})
    found = cti("reload")
    assert (found.exit_code, found.stderr.splitlines()) == (2, [f"error: {line}" for line in errors])
    as_json = json.loads(cti("reload", "--json").stdout)
    assert (as_json["ok"], as_json["errors"]) == (False, errors)


@pytest.mark.parametrize(
    ("status", "body", "line"),
    [
        (
            409,
            {"refused": "in_use", "detail": "queue vip: 3 callers"},
            "live calls use what would be gone: queue vip: 3 callers; nothing was changed. First move who waits there",
        ),
        (
            409,
            {"refused": "in_use", "detail": "agent ben: talking"},
            "live calls use what would be gone: agent ben: talking; nothing was changed. First let the calls end",
        ),
        (409, {"refused": "no_file", "detail": "not from a file"}, "not from a file: start it with"),
        (404, {"refused": "unknown_queue", "detail": 'did you mean "x"?'}, 'there is no such queue; did you mean "x"?'),
        (404, {"refused": "unknown_agent", "exists": ["anna"]}, "there is no such agent (known: anna)"),
        (400, {"error": "odd"}, "the engine does not take this: odd"),
        (500, {}, "refused: the engine answered with status 500"),
    ],
)
def test_other_refusals_are_one_line_and_exit_1(
    engine: AskedEngine, status: int, body: dict[str, Any], line: str
) -> None:
    engine.answer = EngineRefused(status, body)
    found = cti("reload")
    assert found.exit_code == 1 and found.stderr.startswith(line) and found.stderr.count("\n") == 1


def test_live_changes_and_the_audit_trail_are_tables(engine: AskedEngine) -> None:
    change = {"path": "queues.sales.target_s", "value": 30.0, "file": None, "by": "cli.eva", "at": 1.0}
    engine.answer = {"live_changes": [change]}
    found = cti("live").stdout
    assert all(word in found for word in ("queues.sales.target_s", "30", "none", "cli.eva"))
    assert "rests" not in found
    engine.answer = {"live_changes": [{**change, "resting": True}]}
    assert "30 (rests: it does not fit)" in cti("live").stdout
    engine.answer = {"live_changes": [{**change, "stored": False}], "stored": False}
    told = cti("live")
    assert "(not stored yet)" in told.stdout and "the store does not answer" in told.stderr
    engine.answer = {"live_changes": [], "version": "v7"}
    assert cti("live").stdout == "no live changes: everything is as in the file\nversion v7\n"
    entry = {"at": 1.0, "user": "eva", "by": "cli.eva", "what": "reload", "on": "", "result": "refused"}
    engine.answer = {"audit": [{**entry, "reason": "in_use", "detail": {"check": True}}]}
    found = cti("audit", "--last", "7").stdout
    assert all(word in found for word in ("eva", "reload", "refused in_use", "{check: true}"))
    assert engine.asked[-1][1] == "/api/v1/audit?limit=7"


def test_the_example_of_queue_set_holds_in_the_example_centre(engine: AskedEngine) -> None:
    doc, here = policy.queue_set.__doc__ or "", Path(__file__).resolve().parents[2]
    words = shlex.split(doc.partition("Example: cti ")[2].replace("\\", ""))
    page = (here / "docs/live-control.md").read_text(encoding="utf-8")
    assert f"$ cti {shlex.join(words)}".replace("'target_s=30'", "target_s=30") in page
    assert cti(*words).exit_code == 0
    values = {f"queues.{words[2]}.{key}": value for key, value in engine.asked[-1][2].items() if key != "by"}
    center = config.load(here / "config/center.yaml", {"CTI_AMI_SECRET": "x", "CTI_AGI_TOKEN": "y"}).center
    judged = live.apply(center, values)
    assert judged.center is not None and not judged.problems
    assert [found for found in config_check.find_in_policy(judged.center) if "rings" in found.path] == []


def test_a_refusal_looks_like_one_at_80_columns(engine: AskedEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(show, "PIPE_WIDTH", 80)
    entry = {
        "at": 1.0,
        "user": "eva",
        "by": "cli.eva",
        "what": "contact.prioritise",
        "on": "node1/1763764442.14",
        "result": "refused",
        "reason": "not_waiting",
        "detail": {"seconds": 120},
    }
    engine.answer = {"audit": [entry, {**entry, "by": "bob"}]}
    found = cti("audit").stdout
    shown = ("cli.eva", "bob (eva)", "refused", "not_waiting", "contact.prioritise", "node1/1763764442.14", "120")
    assert all(word in found for word in shown) and "no room" not in found
    assert all(len(line) <= 80 for line in found.splitlines())


@pytest.mark.parametrize("words", ["queue set", "queue reset", "agent join", "agent leave", "live", "reload", "audit"])
def test_every_command_teaches_with_an_example(words: str) -> None:
    found = cti(*words.split(), "--help")
    assert found.exit_code == 0 and f"Example: cti {words}" in found.stdout
