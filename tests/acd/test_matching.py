"""Is the most urgent caller served first, over all queues, by somebody who may? Stories, and a reference by force."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kit import Entry, Queue, Scene, center, member

from .worlds import World, forced

pytestmark = pytest.mark.unit


def two_queues(**more: Queue) -> Scene:
    return Scene(center({"sales": Queue(), "support": Queue()} | more, agents={"anna": member("sales", "support")}))


def test_first_come_first_served_within_a_queue() -> None:
    scene = two_queues()
    for name in ("c1", "c2", "c3"):
        scene.arrive(name)
        scene.wait(1)
    scene.login("anna")
    for name in ("c1", "c2", "c3"):
        assert scene.offered("anna") == name
        scene.talk("anna")


def test_callers_of_the_same_instant_are_served_in_the_order_they_came() -> None:
    scene = two_queues()
    for name in ("c9", "c10", "c11"):
        scene.arrive(name)
    scene.login("anna")
    for name in ("c9", "c10", "c11"):
        assert scene.offered("anna") == name
        scene.talk("anna")


def test_one_order_over_all_queues() -> None:
    scene = two_queues()
    for name, queue in (("c1", "support"), ("c2", "sales"), ("c3", "support"), ("c4", "sales")):
        scene.arrive(name, queue)
        scene.wait(1)
    scene.login("anna")
    for name in ("c1", "c2", "c3", "c4"):
        assert scene.offered("anna") == name
        scene.talk("anna")


def test_a_tighter_target_gains_urgency_faster() -> None:
    scene = two_queues(sales=Queue(target_s=60), support=Queue(target_s=20))
    scene.arrive("slow", "sales")
    scene.wait(15)
    scene.arrive("fast", "support")
    scene.wait(15)  # slow: 30/60, fast: 15/20
    scene.login("anna")
    assert scene.offered("anna") == "fast"


def test_urgencies_cross_at_the_computed_moment() -> None:
    for later_s, first in ((7.0, "slow"), (8.0, "fast")):  # 15 + x over 60 against x over 20: equal at 7.5 s
        scene = two_queues(sales=Queue(target_s=60), support=Queue(target_s=20))
        scene.arrive("slow", "sales")
        scene.wait(15)
        scene.arrive("fast", "support")
        scene.wait(later_s)
        scene.login("anna")
        assert scene.offered("anna") == first


def test_a_head_start_counts_as_time_waited() -> None:
    scene = two_queues(support=Queue(head_start_s=30))
    scene.arrive("c1", "sales")
    scene.wait(29)
    scene.arrive("c2", "support")
    scene.login("anna")
    assert scene.offered("anna") == "c2"


def test_a_head_start_smaller_than_the_wait_does_not_overtake() -> None:
    scene = two_queues(support=Queue(head_start_s=30))
    scene.arrive("c1", "sales")
    scene.wait(31)
    scene.arrive("c2", "support")
    scene.login("anna")
    assert scene.offered("anna") == "c1"


def test_an_entry_gives_its_own_head_start() -> None:
    policy = center(
        {"sales": Queue()}, agents={"anna": member("sales")}, entries={"6009": Entry(queue="sales", head_start_s=60)}
    )
    scene = Scene(policy)
    scene.arrive("c1", None, dialled="6001")
    scene.wait(20)
    scene.arrive("vip", None, dialled="6009")
    scene.login("anna")
    assert scene.offered("anna") == "vip"


def test_a_lower_tier_goes_before_any_wait() -> None:
    scene = two_queues(support=Queue(tier=0, target_s=600))
    scene.arrive("c1", "sales")
    scene.wait(3600)
    scene.arrive("emergency", "support")
    scene.login("anna")
    assert scene.offered("anna") == "emergency"


def test_a_skill_and_its_level_are_needed() -> None:
    queue = Queue(requires={"en": 2})
    agents = {"anna": member("sales", en=1), "ben": member("sales"), "carl": member("sales", en=2)}
    scene = Scene(center({"sales": queue}, agents=agents))
    scene.login("anna", "ben")
    scene.arrive("c1")
    assert scene.rung() == []
    scene.login("carl")
    assert scene.rung() == [("c1", "carl")]


def test_what_an_entry_requires_comes_on_top_of_its_queue() -> None:
    policy = center(
        {"sales": Queue(requires={"en": 2})},
        agents={"anna": member("sales", en=3), "ben": member("sales", en=2, tech=1)},
        entries={"6009": Entry(queue="sales", requires={"tech": 1})},
    )
    scene = Scene(policy)
    scene.login("anna", "ben")
    scene.arrive("c1", None, dialled="6009")
    assert scene.rung() == [("c1", "ben")]


def test_whom_nobody_can_serve_now_holds_nobody_up() -> None:
    policy = center(
        {"sales": Queue(requires={"en": 5}), "support": Queue()}, agents={"anna": member("sales", "support", en=1)}
    )
    scene = Scene(policy)
    scene.arrive("c1", "sales")
    scene.wait(100)
    scene.arrive("c2", "support")
    scene.login("anna")
    assert scene.rung() == [("c2", "anna")]


def test_an_agent_of_another_queue_is_not_rung() -> None:
    scene = Scene(center({"sales": Queue(), "support": Queue()}, agents={"anna": member("support")}))
    scene.login("anna")
    scene.arrive("c1", "sales")
    assert scene.rung() == []


def test_one_event_can_serve_several_callers() -> None:
    policy = center({"sales": Queue()}, agents={"anna": member("sales"), "ben": member("sales")}, settle_s=2.0)
    scene = Scene(policy, nodes=["node1"])
    scene.login("anna", "ben")
    scene.arrive("c1")
    scene.arrive("c2")
    assert scene.rung() == []
    scene.wait(2)
    assert sorted(call for call, _ in scene.rung()) == ["c1", "c2"]
    assert sorted(agent for _, agent in scene.rung()) == ["anna", "ben"]


def test_the_reason_is_told_in_numbers() -> None:
    scene = two_queues(sales=Queue(target_s=20), support=Queue(target_s=40))
    scene.arrive("c1", "sales")
    scene.wait(10)
    scene.arrive("c2", "support")
    scene.wait(20)
    scene.login("anna")
    [offer] = [change for change in scene.told if getattr(change, "why", None) is not None]
    assert offer.why.rule == "longest_idle"
    assert offer.why.urgency == pytest.approx(30 / 20)
    assert offer.why.next_urgency == pytest.approx(20 / 40)
    assert (offer.why.waiting, offer.why.free_agents) == (1, 1)
    assert 0 <= offer.why.idle_s < 86_400
    assert offer.wait_s == pytest.approx(30)


def test_the_runner_up_may_stand_in_the_same_queue() -> None:
    scene = two_queues()
    scene.arrive("c1")
    scene.wait(10)
    scene.arrive("c2")
    scene.wait(10)
    scene.login("anna")
    [offer] = [change for change in scene.told if getattr(change, "why", None) is not None]
    assert offer.why.next_urgency == pytest.approx(10 / 20)


def follow(world: World, numbers: list[int]) -> None:
    """After each event: the offers made are those of "most urgent contact that anyone can serve, its best agents"."""
    for step, number in enumerate(numbers):
        outputs = world.step(number)
        assert world.rings_in(outputs) == world.reference(outputs), f"step {step}"
        world.check()


STEPS = st.lists(st.integers(0, 2**16), min_size=5, max_size=40)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**16), STEPS)
def test_every_decision_is_the_one_of_a_brute_force_reference(seed: int, numbers: list[int]) -> None:
    follow(World(seed, ring_all=False), numbers)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**16), STEPS)
def test_every_decision_with_ring_all_is_the_one_of_a_brute_force_reference(seed: int, numbers: list[int]) -> None:
    follow(World(seed, ring_all=True), numbers)


def test_the_reference_sees_a_wrong_order() -> None:
    """The reference is worth something: it disagrees with a matcher that takes the newest caller first."""
    disagreements = 0
    for seed in range(10):
        with forced("cti.acd.contact.Contact.order", lambda contact: (-contact.since, contact.id)):
            world = World(seed, ring_all=False)
            for number in range(40):
                outputs = world.step(seed * 7919 + number * 104_729)
                disagreements += world.rings_in(outputs) != world.reference(outputs)
    assert disagreements > 0
