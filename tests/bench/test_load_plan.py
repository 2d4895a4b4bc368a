"""Who calls where and until when: the plan of bench.load."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.load_plan import QUEUES, TRUNKS, Plan, agents_for

pytestmark = pytest.mark.unit

plans = st.builds(
    Plan, calls=st.integers(1, 20_000), nodes=st.integers(1, 9), agents=st.integers(1, 900), rate_per_s=st.just(120.0)
)


@given(plans)
def test_more_than_enough_callers_are_kept_there_and_not_many_more(plan: Plan) -> None:
    assert plan.calls < plan.at_once <= plan.calls * 1.03 + 2 * plan.nodes * TRUNKS


@given(plans)
def test_every_trunk_of_every_node_has_the_same_share_and_numbers_of_its_own(plan: Plan) -> None:
    streams = list(plan.streams())
    assert {(s.node, s.trunk) for s in streams} == {(n, t) for n in range(plan.nodes) for t in range(TRUNKS)}
    assert len({s.prefix for s in streams}) == len(streams)
    assert len({len(s.prefix) for s in streams}) == 1  # else two prefixes and call numbers could make one number
    assert len({s.at_once for s in streams}) == 1
    assert sum(s.per_s for s in streams) == pytest.approx(plan.rate_per_s)


@given(plans)
def test_each_queue_is_dialled_alike(plan: Plan) -> None:
    assert set(Counter(stream.dialled for stream in plan.streams()).values()) == {plan.nodes * TRUNKS // QUEUES}


def test_all_agents_are_one_chain_of_queues() -> None:
    pairs = {Plan().queues_of(agent) for agent in range(500)}
    assert pairs == {(0, 1), (1, 2), (2, 3), (3, 0)}


def test_the_ramp_makes_up_for_those_who_are_served_meanwhile() -> None:
    plan = Plan(calls=10_000, agents=500, rate_per_s=120.0, ring_s=2.0, talk_s=18.0)
    assert plan.served_per_s == 25.0
    assert plan.ramp_s == pytest.approx(10_200 / (120 * 0.97 - 25))
    assert plan.end_after_s >= plan.ramp_s + plan.hold_s
    assert plan.longest_s < 600


def test_more_agents_than_callers_come_is_said_with_what_to_change() -> None:
    with pytest.raises(ValueError, match="--rate"):
        replace(Plan(), rate_per_s=20.0).ramp_s  # noqa: B018


def test_engines_share_everything_and_their_callers_have_numbers_of_their_own() -> None:
    plan = Plan(calls=20_000, nodes=8, agents=500, rate_per_s=120.0, engines=2)
    one, other = plan.shares()
    assert (one.calls, one.nodes, one.agents, one.rate_per_s, one.engines) == (10_000, 4, 250, 60.0, 1)
    assert not {s.prefix for s in one.streams()} & {s.prefix for s in other.streams()}
    assert one.end_after_s == pytest.approx(plan.end_after_s)


@pytest.mark.parametrize("whole", [{"nodes": 3}, {"agents": 501}], ids=["nodes", "agents"])
def test_what_cannot_be_divided_is_said(whole: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="give multiples"):
        replace(Plan(engines=2), **whole).shares()


@pytest.mark.parametrize(("calls", "engines", "agents"), [(10_000, 1, 500), (20_000, 2, 500), (200, 1, 10), (20, 2, 8)])
def test_few_calls_have_few_agents_so_that_callers_wait(calls: int, engines: int, agents: int) -> None:
    assert agents_for(calls, engines) == agents
    Plan(calls, nodes=2, agents=agents, engines=engines).shares()
