"""What is typed about the lead that an agent sees, and what is read back; its number only where that is asked for."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner, Result

from cti.cli import control, main
from cti.cli.control import EngineRefused
from tests.asked_engine import AskedEngine

pytestmark = pytest.mark.unit

NUMBER = "+4930123456"
LEAD = {"contact": "c", "queue": "sales", "campaign": "spring", "number": NUMBER, "data": {"name": "Ada"}, "until": 9e9}


def cti(*words: str) -> Result:
    return CliRunner().invoke(main.app, ["agent", *words])


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> AskedEngine:
    engine = AskedEngine({"ok": True, "agent": "anna", "preview": LEAD})
    monkeypatch.setattr(control, "ask", engine.ask)
    return engine


def test_whom_he_sees(engine: AskedEngine) -> None:
    found = cti("preview", "anna")
    assert found.exit_code == 0 and "spring" in found.stdout and "Ada" in found.stdout
    assert engine.asked == [("GET", "/api/v1/agents/anna/preview", None)]
    for more in ((), ("--json",)):
        assert NUMBER not in cti("preview", "anna", *more).stdout
        assert NUMBER in cti("preview", "anna", "--show-numbers", *more).stdout
    engine.answer = {"preview": None}
    assert cti("preview", "anna").stdout == "nobody\n"


def test_what_he_decides(engine: AskedEngine) -> None:
    engine.answer = {"ok": True}
    assert cti("accept", "anna").exit_code == cti("skip", "anna", "spoke_yesterday").exit_code == 0
    assert [(path, body["reason"]) for _, path, body in engine.asked] == [
        ("/api/v1/agents/anna/preview/accept", ""),
        ("/api/v1/agents/anna/preview/skip", "spoke_yesterday"),
    ]


def test_nobody_to_decide_about(engine: AskedEngine) -> None:
    engine.answer = EngineRefused(409, {"refused": "no_preview"})
    found = cti("accept", "anna")
    assert found.exit_code == 1 and "sees nobody" in found.output
