"""What is typed about promised callbacks, and what is read back; whose number it is only where that is asked for."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner, Result

from cti.cli import control, main
from cti.cli.control import EngineRefused
from tests.asked_engine import AskedEngine

pytestmark = pytest.mark.unit

NUMBER = "+4930123456"
ROW = {
    "id": 17, "state": "promised", "kind": "virtual_hold", "queue": "sales", "number": NUMBER, "reason": "",
    "promised_at": 1_700_000_000.0, "due_at": 1_700_000_180.0, "since": 1_699_999_000.0, "expires_at": None,
    "agent": "", "topic": "", "merged_into": None,
    "tries": [{"attempt_no": 1, "at": 1_700_000_060.0, "result": "busy", "disposition": ""}],
}  # fmt: skip


def cti(*words: str) -> Result:
    return CliRunner().invoke(main.app, ["callback", *words])


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> AskedEngine:
    engine = AskedEngine({"callbacks": [ROW], "callback": ROW})
    monkeypatch.setattr(control, "ask", engine.ask)
    return engine


def test_the_list(engine: AskedEngine) -> None:
    found = cti("list")
    assert found.exit_code == 0 and all(word in found.stdout for word in ("17", "promised", "busy", "+49 ••• ••56"))
    assert engine.asked == [("GET", "/api/v1/callbacks?all=0", None)]
    engine.answer = {"callbacks": []}
    assert "no callback is open" in cti("list").stdout
    assert "no callback was ever promised" in cti("list", "--all").stdout


@pytest.mark.parametrize("words", [("list",), ("show", "17")])
@pytest.mark.parametrize("more", [(), ("--json",)])
def test_numbers_only_where_they_are_asked_for(
    engine: AskedEngine, words: tuple[str, ...], more: tuple[str, ...]
) -> None:
    assert NUMBER not in cti(*words, *more).stdout
    assert NUMBER in cti(*words, *more, "--show-numbers").stdout


def test_one_of_them(engine: AskedEngine) -> None:
    shown = cti("show", "17").stdout.splitlines()
    assert engine.asked == [("GET", "/api/v1/callbacks/17", None)]
    assert "state     promised" in shown and shown[-1].startswith("try 1 ") and shown[-1].endswith("busy")
    assert json.loads(cti("show", "17", "--json").stdout)["tries"] == ROW["tries"]


@pytest.mark.parametrize(("action", "said"), [("withdraw", "is taken back"), ("now", "is due now")])
def test_what_is_done(engine: AskedEngine, action: str, said: str) -> None:
    engine.answer = {"ok": True, "callback": {**ROW, "state": "withdrawn"}}
    assert cti(action, "17").stdout == f"callback 17 {said} (withdrawn)\n"
    [(method, path, body)] = engine.asked
    assert (method, path) == ("POST", f"/api/v1/callbacks/17/{action}") and body["by"].startswith("cli.")
    assert NUMBER not in cti(action, "17", "--json").stdout


@pytest.mark.parametrize("why", ["unknown_callback", "already"])
def test_refusals_say_why(engine: AskedEngine, why: str) -> None:
    engine.answer = EngineRefused(404, {"refused": why, "detail": "there is no callback 17"})
    found = cti("withdraw", "17")
    assert found.exit_code == 1 and "there is no callback 17" in found.stderr


SCHEDULED = {**ROW, "id": 18, "kind": "personal", "agent": "anna", "tries": []}


def test_one_is_promised(engine: AskedEngine) -> None:
    engine.answer = {"ok": True, "callback": SCHEDULED, "moved": "outside the hours"}
    found = cti("schedule", "--number", NUMBER, "--at", "14:30", "--agent", "anna", "--exactly")
    assert found.exit_code == 0 and "callback 18 is promised by anna" in found.stdout
    assert "outside the hours" in found.stdout and NUMBER not in found.stdout
    [(method, path, body)] = engine.asked
    assert (method, path, body["at"], body["agent"], body["exactly"]) == (
        "POST", "/api/v1/callbacks", "14:30", "anna", True,
    )  # fmt: skip
    engine.answer = {"ok": True, "callback": {**SCHEDULED, "merged_into": 3}, "moved": ""}
    assert "callback 3" in cti("schedule", "--number", NUMBER, "--queue", "sales").stdout
    assert NUMBER not in cti("schedule", "--number", NUMBER, "--queue", "sales", "--json").stdout
