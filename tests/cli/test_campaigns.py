"""What is typed about campaigns, and what is read back: how far each is, and what the pacing does?"""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner, Result

from cti.cli import control, main
from tests.asked_engine import AskedEngine

pytestmark = pytest.mark.unit

ROW = {
    "name": "spring", "mode": "predictive", "state": "running", "queue": "sales", "why": "", "until": None,
    "pacing": "placing 3: 2 free (the mode gives no more)", "at_hand": 40, "due": 12, "planned": 0, "dialling": 4,
    "connected": 2, "leads": 200, "leads_left": 50, "states": {"due": 50, "reached": 150}, "eta_s": 3900.0,
    "answered": 80, "abandoned": 2, "not_dialled": {},
}  # fmt: skip
PLAN = {"campaign": "spring", "leads": 50, "counts": {"dialled": 30, "window": 15, "cap": 5}, "first": []}


def cti(*words: str) -> Result:
    return CliRunner().invoke(main.app, ["campaign", *words])


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> AskedEngine:
    engine = AskedEngine({"campaigns": [ROW], "campaign": ROW, "plan": PLAN})
    monkeypatch.setattr(control, "ask", engine.ask)
    return engine


def test_the_list(engine: AskedEngine) -> None:
    found = cti("list")
    assert found.exit_code == 0 and all(word in found.stdout for word in ("spring", "running", "200", "50"))
    assert engine.asked == [("GET", "/api/v1/campaigns", None)]


def test_the_status_tells_how_far_and_how_long_and_why(engine: AskedEngine) -> None:
    found = cti("status", "spring")
    assert found.exit_code == 0
    for word in ("75% of 200 leads", "1 h 5 min", "placing 3: 2 free", "2 of 80 answers (2.5%)", "150 reached"):
        assert word in found.stdout
    assert json.loads(cti("status", "spring", "--json").stdout)["leads_left"] == 50
    assert "did you mean" in cti("status", "sprnig").stderr


def test_the_status_tells_that_dials_are_taken_on_by_nobody_and_by_which_trunk(engine: AskedEngine) -> None:
    engine.answer = {"campaigns": [ROW | {"untaken": 4, "untaken_trunk": "carrier"}]}
    said = cti("status", "spring").stdout
    assert "the newest 4 dials were taken on by no Asterisk, by trunk carrier: cti doctor says why" in said


def test_the_status_says_what_beyond_the_cap_means(engine: AskedEngine) -> None:
    engine.answer = {"campaigns": [ROW | {"abandon_cap_percent": 3.0, "abandoned": 3}]}
    said = cti("status", "spring").stdout
    assert "3 of 80 answers (3.8%), beyond the cap of 3%" in said and "auto_answer" in said
    engine.answer = {"campaigns": [ROW | {"abandon_cap_percent": 3.0}]}
    assert "beyond" not in cti("status", "spring").stdout


def test_who_was_erased_is_no_progress(engine: AskedEngine) -> None:
    engine.answer = {"campaigns": [ROW | {"leads": 4, "leads_left": 3, "states": {"due": 3, "forgotten": 1}}]}
    assert "0% of 3 leads" in cti("status", "spring").stdout


def test_the_plan_sums_up(engine: AskedEngine) -> None:
    found = cti("plan", "spring", "--hours", "8")
    assert "30 may be dialled in 8 h" in found.stdout and "15  not: window" in found.stdout
    assert engine.asked == [("GET", "/api/v1/campaigns/spring/plan?hours=8.0", None)]


@pytest.mark.parametrize("action", ["start", "pause", "resume", "drain", "stop"])
def test_a_wish_names_who_wants_it(engine: AskedEngine, action: str) -> None:
    found = cti(action, "spring")
    assert (found.exit_code, found.stdout) == (0, "spring: running\n")
    [(method, path, body)] = engine.asked
    assert (method, path) == ("POST", f"/api/v1/campaigns/spring/{action}")
    assert body is not None and body["by"].startswith("cli.")


def test_a_name_that_cannot_be_one_is_not_asked_for(engine: AskedEngine) -> None:
    assert cti("start", "../spring").exit_code == 1
    assert engine.asked == []
