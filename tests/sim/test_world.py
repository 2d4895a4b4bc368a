"""Is a world the same every time, does a scenario survive writing and reading, and does shrinking shrink?"""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from cti.acd import visits
from cti.acd.contact import Contact
from cti.sim import replay, scenario
from cti.sim.many import run_many
from cti.sim.plan import Plan
from cti.sim.plans import random_plan
from cti.sim.shrink import shrink
from cti.sim.world import run

pytestmark = pytest.mark.simulation


def test_same_seed_same_world_to_the_byte() -> None:
    first, second = run(random_plan(7), keep=None), run(random_plan(7), keep=None)
    assert [repr(step) for step in first.trace] == [repr(step) for step in second.trace]


def test_a_scenario_file_is_the_same_world(tmp_path: Path) -> None:
    plan = random_plan(11)
    path = tmp_path / "case.yaml"
    path.write_text(scenario.dump(plan, "why not"), encoding="utf-8")
    assert repr(run(scenario.load(path).plan, keep=None).trace) == repr(run(plan, keep=None).trace)


def _people(plan: Plan) -> int:
    return len(plan.callers) + len(plan.policy.agents)


def test_shrink_and_replay(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    original = visits.back_in_line

    def back_in_line(floor: Any, contact: Contact, *args: Any, **kwargs: Any) -> None:
        contact.since = floor.now
        original(floor, contact, *args, **kwargs)

    monkeypatch.setattr(visits, "back_in_line", back_in_line)
    seeds = islice((seed for seed in range(100) if _rule(seed) == "since"), 3)
    # It takes away one thing after the other, and may stop where only two together could go: not with all worlds.
    small = sorted((shrink(random_plan(seed), "since") for seed in seeds), key=_people)[0]
    assert len(small.callers) <= 2
    assert len(small.policy.agents) <= 2
    path = tmp_path / "small.yaml"
    path.write_text(scenario.dump(small, "planted"), encoding="utf-8")
    assert replay.main(["--scenario", str(path)]) == 1
    assert "FAILS: since" in capsys.readouterr().out


def _rule(seed: int) -> str:
    violation = run(random_plan(seed), keep=1).violation
    return violation.rule if violation is not None else ""


def test_replay_of_a_seed_that_holds(capsys: pytest.CaptureFixture[str]) -> None:
    assert replay.main(["--seed", "1", "--last", "3"]) == 0
    assert "holds:" in capsys.readouterr().out


def test_many_in_processes() -> None:
    tally = run_many(range(4), workers=2, chunk=2)
    assert (tally.seeds, tally.failures) == (4, [])
