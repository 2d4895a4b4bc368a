"""Is the most urgent caller served first, over all queues, by somebody who may? Stories, and a reference by force.

CTI_WORLDS=3000 judges so many random worlds instead of 600 (make test-long: 20,000).
"""

from __future__ import annotations

import os
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kit import START, Entry, HeadStart, Queue, Scene, center, member

from cti.acd.agent import Agent
from cti.acd.contact import Contact
from cti.acd.line import Line
from tests.depth import deep

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


def test_who_is_freed_in_the_instant_of_an_arrival_is_not_the_only_one_who_is_looked_at() -> None:
    """Ben's wrap-up is over as the next caller comes, and anna has been idle for longer."""
    policy = center({"sales": Queue(wrap_up_s=10)}, agents={"anna": member("sales"), "ben": member("sales")})
    scene = Scene(policy)
    scene.login("ben")
    scene.arrive("c1")
    scene.answer("ben")
    scene.login("anna")
    scene.wait(5)
    scene.agent_hangs_up("ben")
    scene.now += 10.0  # nothing has fired the deadline yet: it is decided together with the arrival
    scene.arrive("c2")
    assert scene.rung()[-1] == ("c2", "anna")


def test_callers_of_the_same_instant_are_served_in_the_order_they_came() -> None:
    scene = two_queues()
    for name in ("c9", "c10", "c11"):
        scene.arrive(name)
    scene.login("anna")
    for name in ("c9", "c10", "c11"):
        assert scene.offered("anna") == name
        scene.talk("anna")


def test_callers_of_the_same_instant_in_two_queues_are_served_in_the_order_they_came() -> None:
    for first, second in (("sales", "support"), ("support", "sales")):
        scene = two_queues()
        scene.arrive("c1", first)
        scene.arrive("c2", second)
        scene.login("anna")
        assert scene.offered("anna") == "c1"


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


def test_the_promise_and_the_speed_of_urgency_may_differ() -> None:
    scene = two_queues(sales=Queue(target_s=60), support=Queue(target_s=20, urgency_target_s=600))
    scene.arrive("c1", "support")
    scene.wait(15)
    scene.arrive("c2", "sales")
    scene.wait(15)  # c1: 30/600, c2: 15/60
    scene.login("anna")
    assert scene.offered("anna") == "c2"


def test_what_is_known_of_the_customer_gives_a_head_start() -> None:
    gold = HeadStart(when={"segment": "gold"}, seconds=30)
    complaint = HeadStart(when={"segment": "gold", "complaint": "open"}, seconds=60)
    for customer, first in (
        ({}, "plain"),
        ({"segment": "silver"}, "plain"),
        ({"complaint": "open"}, "plain"),  # all of `when` must be true
        ({"segment": "gold"}, "plain"),  # 30 s are not enough against 40
        ({"segment": "gold", "complaint": "open"}, "known"),  # the most of what applies, not the sum
    ):
        scene = two_queues(sales=Queue(head_starts=(gold, complaint)))
        scene.arrive("plain", "support")
        scene.wait(40)
        scene.arrive("known", "sales", customer=customer)
        scene.login("anna")
        assert scene.offered("anna") == first, customer


def test_the_head_starts_of_queue_entry_and_customer_add_up() -> None:
    queue = Queue(head_start_s=10, head_starts=(HeadStart(when={"segment": "gold"}, seconds=20),))
    policy = center(
        {"sales": queue, "support": Queue()},
        agents={"anna": member("sales", "support")},
        entries={"6009": Entry(queue="sales", head_start_s=30)},
    )
    for ahead_s, first in ((59, "known"), (61, "plain")):
        scene = Scene(policy)
        scene.arrive("plain", "support")
        scene.wait(ahead_s)
        scene.arrive("known", None, dialled="6009", customer={"segment": "gold"})
        scene.login("anna")
        assert scene.offered("anna") == first


def test_an_agent_in_five_queues_gets_the_most_urgent_of_all_five() -> None:
    targets = {"q20": 20, "q30": 30, "q40": 40, "q60": 60, "q90": 90}
    queues = {name: Queue(target_s=target_s) for name, target_s in targets.items()}
    scene = Scene(center(queues, agents={"anna": member(*queues)}))
    for name, waits_s in (("q90", 85), ("q60", 50), ("q40", 38), ("q30", 20), ("q20", 21)):  # until anna comes
        scene.wait(100 - waits_s - (scene.now - START))
        scene.arrive(name, name)
    scene.wait(100 - (scene.now - START))
    scene.login("anna")
    order = []
    for _ in range(5):
        order.append(scene.offered("anna"))
        scene.talk("anna", 0.1)
    assert order == ["q20", "q40", "q90", "q60", "q30"]  # 21/20, 38/40, 85/90, 50/60, 20/30


def test_wrap_up_of_10_s_is_shared_by_two_queues() -> None:
    """As Asterisk's own test of shared_lastcall: m1, m2, then nobody; and m1 again when his wrap-up is over."""
    queues = {name: Queue(wrap_up_s=10) for name in ("sales", "support")}
    scene = Scene(center(queues, agents={"m1": member(*queues), "m2": member("sales/2", "support/2")}))
    scene.login("m1", "m2")
    for number, queue in enumerate(("sales", "support", "sales")):
        scene.arrive(f"c{number}", queue)
        if number < 2:
            scene.talk(f"m{number + 1}", 1)
    assert scene.rung() == [("c0", "m1"), ("c1", "m2")]
    scene.wait(8.9)  # 9.9 s since m1's talk ended
    assert len(scene.rung()) == 2
    scene.wait(0.2)
    assert scene.rung()[2:] == [("c2", "m1")]


def test_many_who_come_back_at_once_are_decided_at_once() -> None:
    """After a restart: everybody's best is looked up once, and again only when it is taken."""
    policy = center({"sales": Queue()}, agents={f"a{n}": member("sales") for n in range(50)}, settle_s=2.0)
    scene = Scene(policy, nodes=["node1"])
    scene.login(*policy.agents)
    for number in range(300):
        scene.arrive(f"{number:03d}")
    looks, ranks = [0], [0]
    best_two, rank = Line.best_two, Contact.rank

    def looked(line: Line, agent: Agent, now: float) -> tuple[Contact | None, Contact | None]:
        looks[0] += 1
        return best_two(line, agent, now)

    def ranked(contact: Contact, now: float) -> tuple[int, float, float, int]:
        ranks[0] += 1
        return rank(contact, now)

    with forced("cti.acd.line.Line.best_two", looked), forced("cti.acd.contact.Contact.rank", ranked):
        scene.wait(2)
    assert [call for call, _ in scene.rung()] == [f"{number:03d}" for number in range(50)]
    assert looks[0] <= 100
    assert ranks[0] <= 200


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


@pytest.mark.parametrize("agents", [1, 3, 6])
def test_the_runner_up_is_known_when_many_are_served_at_once(agents: int) -> None:
    """Few agents are looked at one by one, many by the classes they look for: the reason is the same."""
    everyone = {f"a{number}": member("sales", "support") for number in range(agents)}
    policy = center({"sales": Queue(), "support": Queue()}, agents=everyone, settle_s=9.0)
    scene = Scene(policy, nodes=["node1"])
    scene.login(*everyone)
    for number in range(8):
        scene.arrive(f"c{number}", ("sales", "support")[number % 2])
        scene.wait(1)
    scene.wait(1)
    whys = [change.why for change in scene.changes() if change.why is not None]
    waited_s = [9 - number for number in range(8)]
    assert [why.urgency for why in whys] == [pytest.approx(waited / 20) for waited in waited_s[:agents]]
    assert [why.next_urgency for why in whys] == [pytest.approx(waited / 20) for waited in waited_s[1 : agents + 1]]


def world_of(seed: int, steps: int = 25, *, plain: bool = False) -> World:
    """A random world, every decision of which was judged."""
    chance = Random(seed)
    world = World(seed, plain=plain)
    for _ in range(steps):
        world.step(chance.getrandbits(32))
        world.check()
    return world


STEPS = st.lists(st.integers(0, 2**16), min_size=5, max_size=40)
WORLDS = int(os.environ.get("CTI_WORLDS", deep(600, 20_000)))  # 20,000 take about five minutes
CHUNK = 200


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**16), STEPS, st.booleans())
def test_every_decision_is_the_one_of_a_brute_force_reference(seed: int, numbers: list[int], plain: bool) -> None:
    world = World(seed, plain=plain)
    for number in numbers:
        world.step(number)
        world.check()


@pytest.mark.parametrize("first", range(0, WORLDS, CHUNK))
def test_every_decision_in_many_worlds(first: int) -> None:
    worlds = [world_of(seed) for seed in range(first, min(first + CHUNK, WORLDS))]
    # The worlds must be worth something: decisions by the thousand, many after widening, many among one's own agents.
    assert sum(world.judge.decisions for world in worlds) > 4 * len(worlds)
    assert sum(world.judge.widened for world in worlds) > len(worlds)
    assert sum(world.judge.alone for world in worlds) > len(worlds) / 3


def test_the_reference_sees_a_wrong_order() -> None:
    """The reference is worth something: it disagrees with a matcher that takes the newest caller first."""
    with forced("cti.acd.contact.Contact.order", lambda contact: (-contact.since, -contact.since, -contact.arrival)):
        assert any(disagrees(seed) for seed in range(10))


def disagrees(seed: int) -> bool:
    try:
        world_of(seed, 40, plain=True)
    except AssertionError:
        return True
    return False
