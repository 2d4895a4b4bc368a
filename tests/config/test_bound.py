"""The starvation bound: after so long nobody who begins to wait goes first."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.config.bound import Bound, bounds, in_words
from cti.model.policy import Center

pytestmark = pytest.mark.unit


def center(queues: dict[str, Any], entries: dict[str, Any] | None = None, **agents: list[str]) -> Center:
    everybody = agents or {"anna": list(queues)}
    people = {
        name: {"phone": f"PJSIP/{n}", "queues": {queue: {} for queue in of}}
        for n, (name, of) in enumerate(everybody.items())
    }
    return Center.model_validate({"queues": queues, "agents": people, "entries": entries or {}})


def of(policy: Center, queue: str) -> Bound:
    return next(bound for bound in bounds(policy) if bound.queue == queue)


def test_without_head_starts_it_is_zero() -> None:
    bound = of(center({"a": {}, "b": {}}), "a")
    assert (bound.bound_s, bound.passing_share, bound.before) == (0, 0, ())
    assert in_words(bound) == "a: starvation bound 0 s: who waits here goes before everybody who comes later"


def test_it_is_the_wait_that_uses_up_the_head_starts_of_others() -> None:
    queues = {
        "slow": {"target_s": 60, "head_start_s": 30},
        "fast": {"target_s": 20, "head_start_s": 10, "head_starts": [{"when": {"segment": "gold"}, "seconds": 25}]},
    }
    policy = center(queues, {"1": {"queue": "fast", "head_start_s": 5}})
    assert of(policy, "slow").bound_s == 60 * (10 + 25 + 5) / 20 - 30
    assert of(policy, "fast").bound_s == 30  # its own gold customers


def test_of_a_faster_queue_only_who_began_early_can_pass_later() -> None:
    bound = of(center({"slow": {"target_s": 30}, "fast": {"target_s": 20}}), "slow")
    assert bound.bound_s == 0
    assert bound.passing_share == pytest.approx(1 / 3, abs=1e-3)
    assert "only who began in the first 33% of its wait can pass it later" in in_words(bound)


def test_the_speed_of_urgency_counts_not_the_promise() -> None:
    slow = {"target_s": 60, "urgency_target_s": 20}
    assert of(center({"slow": slow, "fast": {"target_s": 20}}), "slow").passing_share == 0


def test_a_more_urgent_tier_with_the_same_agents_leaves_no_bound() -> None:
    policy = center({"a": {}, "vip": {"tier": 1}})
    assert of(policy, "a") == Bound("a", 5, None, ("vip",), 0, 0)
    assert "vip always goes first" in in_words(of(policy, "a"))
    assert of(policy, "vip").bound_s == 0


def test_queues_without_a_common_agent_are_no_rivals() -> None:
    apart = center({"a": {}, "vip": {"tier": 1, "head_start_s": 900}}, anna=["a"], ben=["vip"])
    assert of(apart, "a").bound_s == 0
    ring = {"rings": [{"after_s": 9, "queues": ["a"]}], "tier": 1}
    assert of(center({"a": {}, "vip": ring}, anna=["a"], ben=["vip"]), "a").bound_s is None


def test_a_head_start_of_an_entry_goes_with_the_caller() -> None:
    entries = {"1": {"queue": "b", "head_start_s": 40}}
    assert of(center({"a": {}, "b": {}}, entries, anna=["a"], ben=["b"]), "a").bound_s == 0
    keys = {"keys": {"1": {"queue": "a"}}}
    assert of(center({"a": {}, "b": keys}, entries, anna=["a"], ben=["b"]), "a").bound_s == 40


TIMES = st.integers(0, 100).map(float)
TARGETS = st.integers(1, 100).map(float)


@settings(deadline=None)  # the machine is shared: a slow example is no failure
@given(st.lists(st.tuples(TARGETS, TIMES, TIMES), min_size=2, max_size=4), TIMES, TIMES, st.integers(0, 300))
def test_it_is_what_it_says(queues: list[tuple[float, float, float]], begin: float, more: float, waits: int) -> None:
    """A contact of the first queue against any newcomer, by the formula of urgency itself."""
    named = {
        f"q{n}": {"target_s": t, "head_start_s": h, "head_starts": [{"when": {"x": "y"}, "seconds": s}]}
        for n, (t, h, s) in enumerate(queues)
    }
    policy = center(named)
    bound = of(policy, "q0")
    assert bound.bound_s is not None
    target, least, _ = queues[0]
    for other, head, most in queues:
        at_arrival = (least + bound.bound_s + 0.001 + more) / target
        assert at_arrival > (head + most) / other
        if begin > bound.passing_s + 0.1 + waits * (bound.passing_share + 1e-3) and waits > begin and other < target:
            assert (least + waits) / target >= (head + most + waits - begin) / other - 1e-6
