"""What is typed about follow-ups, and what is read back."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner, Result

from cti.cli import control, main
from cti.cli.control import EngineRefused
from tests.asked_engine import AskedEngine

pytestmark = pytest.mark.unit

ROW = {
    "id": 17, "owner": "anna", "due_at": 1_700_000_000.0, "survey": "after", "answer": "how=1", "queue": "sales",
    "agent": "anna", "number": "+4930555", "outcome": "",
}  # fmt: skip


def cti(*words: str) -> Result:
    return CliRunner().invoke(main.app, ["follow-up", *words])


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> AskedEngine:
    engine = AskedEngine({"follow_ups": [ROW]})
    monkeypatch.setattr(control, "ask", engine.ask)
    return engine


def test_the_list(engine: AskedEngine) -> None:
    found = cti("list", "--owner", "anna")
    assert found.exit_code == 0 and "17" in found.stdout and "how=1" in found.stdout
    assert engine.asked == [("GET", "/api/v1/follow-ups?owner=anna&done=0", None)]
    engine.answer = {"follow_ups": []}
    assert "nothing to follow up" in cti("list", "--done").stdout
    assert '"id": 17' not in cti("list", "--json").stdout


def test_one_is_done(engine: AskedEngine) -> None:
    engine.answer = {"ok": True}
    assert cti("done", "17", "refund sent").stdout == "follow-up 17 is done\n"
    [(method, path, body)] = engine.asked
    assert (method, path, body["outcome"]) == ("POST", "/api/v1/follow-ups/17/done", "refund sent")
    assert cti("done", "17", "--json").stdout == '{"ok": true}\n'


@pytest.mark.parametrize("why", ["unknown_follow_up", "already"])
def test_refusals_say_why(engine: AskedEngine, why: str) -> None:
    engine.answer = EngineRefused(404, {"refused": why, "detail": "there is no follow-up 17"})
    found = cti("done", "17")
    assert found.exit_code == 1 and "there is no follow-up 17" in found.stderr


def test_a_call_is_promised_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    row = {"id": 4, "agent": "", "queue": "sales", "number": "+493012345", "due_at": 1_700_000_000.0}
    engine = AskedEngine({"ok": True, "callback": row, "moved": ""})
    monkeypatch.setattr(control, "ask", engine.ask)
    found = CliRunner().invoke(main.app, ["follow-up", "call", "17", "--at", "14:30"])
    assert found.exit_code == 0 and "callback 4 is promised for" in found.stdout
    [(method, path, body)] = engine.asked
    assert (method, path, body["at"]) == ("POST", "/api/v1/follow-ups/17/call", "14:30")
