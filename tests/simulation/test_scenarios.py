"""Do the named cases hold? Most were failing seeds once, made small; each file says why it exists."""

from __future__ import annotations

from pathlib import Path

import pytest

from cti.sim import scenario
from cti.sim.world import run

pytestmark = pytest.mark.simulation

FILES = sorted((Path(__file__).parent.parent / "scenarios").glob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])
def test_the_case_holds(path: Path) -> None:
    case = scenario.load(path)
    result = run(case.plan)
    assert result.violation is None, f"{result.violation}\nreplay: .venv/bin/python -m cti.sim.replay --scenario {path}"
    outcomes = {str(outcome): count for outcome, count in result.outcomes.items()}
    assert {outcome: outcomes.get(outcome, 0) for outcome in case.expect} == case.expect


def test_there_are_cases() -> None:
    assert len(FILES) > 10
