"""Does the benchmark of the core measure a centre of the size it says, and print the figures it promises?"""

from __future__ import annotations

import json
from random import Random

import pytest

from bench import core, core_floor
from cti.model.words import ContactState

pytestmark = pytest.mark.unit

KEYS = {"decisions_per_s", "p99_us", "ratio_waiting", "ratio_agents", "ratio_sets"}


@pytest.mark.parametrize("agents", [5, 40])
def test_the_number_who_wait_stays_the_same(agents: int) -> None:
    floor = core_floor.Floor(60, agents, queues=10, sets=5)
    for decisions in (1, 20, 50):
        decided = floor.run(decisions)
        assert len(decided) == decisions
        assert all(0 < each.decision_us <= each.event_us for each in decided)
        waiting = [contact for contact in floor._core.contacts.values() if contact.state is ContactState.WAITING]
        assert len(waiting) == 60


def test_the_requirements_are_as_many_and_all_different() -> None:
    sets = core_floor.requirement_sets(1000, Random(1))
    assert len({tuple(sorted(each.items())) for each in sets}) == 1000
    assert len({skill for each in sets for skill in each}) == core_floor.SKILLS


def test_the_last_line_holds_the_figures(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "WAITING": (20, 30),
        "AGENTS": (4, 8),
        "DECISIONS": 20,
        "ROUNDS": 1,
        "ROUND": 10,
        "RATIOS": dict.fromkeys(core.RATIOS, ((30, 8, 2, 5), (20, 4, 2, 5))),
        "REFERENCE": (30, 8),
    }.items():
        monkeypatch.setattr(core, name, value)
    assert core.main([]) == 0
    assert set(json.loads(capsys.readouterr().out.splitlines()[-1])) == KEYS
