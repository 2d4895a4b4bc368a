"""Do shortlists say what a look at everybody would say, whoever came and went in between?"""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.acd import shortlist
from cti.acd.agent import Agent
from cti.acd.chance import Chance
from cti.acd.free import FreeAgents
from cti.acd.line import WaitingClass
from cti.acd.reach import Reach
from cti.acd.shortlist import Urn
from cti.acd.staff import Staff
from cti.model import policy
from cti.model.words import AgentId, QueueName

pytestmark = pytest.mark.unit

NAMES = [AgentId(f"a{n:02}") for n in range(12)]
SKILLS = ("en", "zh")


def staff(seed: int) -> Staff:
    chance = Chance(seed)

    def one_of(*values: float) -> float:
        return values[int(chance.draw() * len(values))]

    agents = {
        name: policy.Agent(
            phone=f"PJSIP/{number}",
            skills={skill: int(one_of(1, 2, 3)) for skill in SKILLS if chance.draw() < 0.8},
            queues={
                "q": policy.Membership(level=int(one_of(1, 1, 2)), penalty=int(one_of(0, 5)), weight=one_of(0.5, 1, 3))
            },
        )
        for number, name in enumerate(NAMES)
    }
    return Staff(policy.Center(queues={"q": policy.Queue()}, agents=agents))


def reach(excluded: frozenset[AgentId], en: int = 0, most: int = 1000) -> WaitingClass:
    needs = (("en", en),) if en else ()
    return WaitingClass(Reach(QueueName("q"), 5, 20.0, ("queue:q",), needs, 0, most, excluded), 0)


Turns = st.lists(
    st.tuples(
        st.sets(st.sampled_from(NAMES), max_size=4),  # who comes, or goes if he is there
        st.sets(st.sampled_from(NAMES), max_size=3),  # excluded
        st.integers(0, 3),  # of en
        st.sampled_from((0, 1000)),  # highest penalty
        st.sampled_from(((), ("en",), ("en", "zh"))),
    ),
    max_size=30,
)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 5), Turns, st.sampled_from((2, 1024)))
def test_the_most_skilled_and_those_in_the_urn_are_those_of_a_look_at_everybody(
    seed: int, turns: list[tuple[set[AgentId], set[AgentId], int, int, tuple[str, ...]]], notes: int
) -> None:
    people = staff(seed)
    free = FreeAgents(people.agents)
    chance, now = Chance(seed), 0.0
    before, shortlist.SHORT_NOTES = shortlist.SHORT_NOTES, notes
    try:
        for moved, excluded, en, most, asked in turns:
            now += 1.0
            for name in sorted(moved):
                if name in free:
                    free.remove(name)
                else:
                    people.agents[name].idle_since = now
                    free.add(people.agents[name], now)
            kind = reach(frozenset(excluded), en, most)
            able = list(free.for_class(kind))
            best = [each.agent for each in able if each.standing == able[0].standing]
            found = free.most_skilled(kind, "queue:q", asked)
            assert found is (max(best, key=lambda agent: skill(agent, asked)) if best else None)
            drawn = free.drawn(kind, "queue:q", "q", chance)
            assert drawn in best or (drawn is None and not best)
    finally:
        shortlist.SHORT_NOTES = before


def skill(agent: Agent, asked: tuple[str, ...]) -> int:
    return sum(agent.policy.skills.get(each, 0) for each in asked)


@given(st.lists(st.tuples(st.sampled_from(NAMES), st.integers(0, 5)), max_size=60))
def test_an_urn_gives_everybody_his_part(puts: list[tuple[AgentId, int]]) -> None:
    """Drawn at each share of the whole in turn, a name comes up exactly as often as it weighs."""
    urn, weights = Urn(), dict.fromkeys(NAMES, 0)
    for name, weight in puts:
        urn.put(name, weight)
        weights[name] = weight
        assert urn.total == sum(weights.values())
        assert all(urn.weight(each) == weights[each] for each in NAMES)
    drawn = Counter(urn.draw((ticket + 0.5) / urn.total) for ticket in range(urn.total))
    assert drawn == Counter({name: weight for name, weight in weights.items() if weight})


def test_lots_fall_by_weight_among_the_best_alone() -> None:
    people = staff(3)
    free = FreeAgents(people.agents)
    for agent in people.agents.values():
        free.add(agent, 0.0)
    kind = reach(frozenset())
    able = list(free.for_class(kind))
    best = {each.agent.id: each.agent.policy.queues["q"].weight for each in able if each.standing == able[0].standing}
    assert len(best) > 2 and len(set(best.values())) > 1
    chance, draws = Chance(1), 4000
    found = Counter(agent.id for agent in (free.drawn(kind, "queue:q", "q", chance) for _ in range(draws)) if agent)
    assert set(found) == set(best)
    whole = sum(best.values())
    for name, weight in best.items():
        share = weight / whole
        assert abs(found[name] / draws - share) < 4 * (share * (1 - share) / draws) ** 0.5
