"""Does the reach of a caller widen as the queue's rings say, and does everybody hear of it?"""

from __future__ import annotations

import pytest
from kit import Entry, MissedOffers, Queue, Ring, Scene, center, member

from cti.acd.contact import Contact
from cti.acd.reach import pools_of, widen
from cti.model.changes import Kind
from cti.model.policy import Agent
from cti.model.words import AgentId, CallId, ContactId, NodeId, QueueName, RingResult

pytestmark = pytest.mark.unit

RINGS = (
    Ring(after_s=20, accept={"en": 2}),
    Ring(after_s=40, groups=("office",)),
    Ring(after_s=60, queues=("general",)),
)


def english(*agents: str, **more: object) -> Scene:
    """Sales asks for English at level 4; nobody has that but erin."""
    everyone = {
        "erin": member("sales", en=4),
        "ben": member("sales", en=2),
        "olga": member(groups=("office",), en=2),
        "gus": member("general", en=2),
        "mute": member("sales", "general", groups=("office",), en=1),
    }
    queues = {"sales": Queue(**({"requires": {"en": 4}, "rings": RINGS} | more)), "general": Queue()}  # type: ignore[arg-type]
    scene = Scene(center(queues, agents={name: everyone[name] for name in agents}))
    scene.login(*agents)
    return scene


@pytest.mark.parametrize(("agent", "after_s"), [("erin", 0), ("ben", 20), ("olga", 40), ("gus", 60), ("mute", None)])
def test_each_ring_brings_its_agents_at_its_second(agent: str, after_s: float | None) -> None:
    scene = english(agent)
    scene.arrive("c1")
    if after_s:
        scene.wait(after_s - 0.001)
        assert scene.rung() == []
        scene.wait(0.001)
    if after_s is None:
        scene.wait(500)
    assert scene.rung() == ([("c1", agent)] if after_s is not None else [])


def test_each_widening_is_told_with_its_number_and_second() -> None:
    scene = english()
    scene.arrive("c1")
    scene.wait(100)
    told = scene.changes(Kind.REACH)
    assert [(change.old, change.new, change.wait_s) for change in told] == [
        ("0", "1", 20),
        ("1", "2", 40),
        ("2", "3", 60),
    ]
    assert {(change.queue, change.contact) for change in told} == {("sales", scene.contact("c1").id)}


def test_each_ring_adds_to_those_before_it() -> None:
    scene = english()
    scene.arrive("c1")
    scene.wait(70)
    assert len(scene.policy.agents) == 0
    scene = english("gus", "olga", "ben", "erin")
    for agent in ("gus", "olga", "ben", "erin"):
        scene.pause(agent)
    scene.arrive("c1")
    scene.wait(70)
    for agent in ("erin", "ben", "olga", "gus"):
        scene.unpause(agent)
        assert scene.offered(agent) == "c1"
        scene.fail(agent, RingResult.NO_ANSWER)
        scene.pause(agent)


def test_who_is_asked_earlier_is_rung_first() -> None:
    """When all are free at the same moment: the queue's own, then the group, then the other queue."""
    rings = (Ring(after_s=2, groups=("office",)), Ring(after_s=4, queues=("general",)))
    policy = center(
        {"sales": Queue(rings=rings), "general": Queue()},
        agents={
            "gus": member("general"),
            "olga": member(groups=("office",)),
            "sam": member("sales/5+9"),
        },
        settle_s=9.0,
    )
    scene = Scene(policy, nodes=["node1"])
    scene.login("gus", "olga", "sam")
    for name in ("c1", "c2", "c3"):
        scene.arrive(name)
    scene.wait(9)
    assert scene.rung() == [("c1", "sam"), ("c2", "olga"), ("c3", "gus")]


def test_a_requirement_can_be_dropped_and_never_rises() -> None:
    rings = (Ring(after_s=10, accept={"en": 9, "tech": 1}), Ring(after_s=20, accept={"en": 0}))
    policy = center({"sales": Queue(requires={"en": 4}, rings=rings)}, agents={"erin": member("sales", en=4)})
    scene = Scene(policy)
    scene.arrive("c1")
    scene.wait(15)
    scene.login("erin")
    assert scene.rung() == [("c1", "erin")]  # 9 is no lowering, and tech was never asked for
    policy = center({"sales": Queue(requires={"en": 4}, rings=rings)}, agents={"mute": member("sales")})
    scene = Scene(policy)
    scene.login("mute")
    scene.arrive("c1")
    scene.wait(19.9)
    assert scene.rung() == []
    scene.wait(0.2)
    assert scene.rung() == [("c1", "mute")]


def test_the_time_of_a_ring_counts_from_the_door_of_the_queue() -> None:
    """Not from `since`: overflow keeps the customer's waiting time, but begins this queue's rings anew."""
    queues = {"first": Queue(max_wait_s=30, on_max_wait={"queue": "sales"}), "sales": Queue(rings=RINGS[1:2])}
    scene = Scene(center(queues, agents={"olga": member(groups=("office",))}))  # type: ignore[arg-type]
    scene.login("olga")
    scene.arrive("c1", "first")
    scene.wait(69)
    assert scene.contact("c1").queue == "sales"
    assert scene.rung() == []
    scene.wait(1)
    assert scene.rung() == [("c1", "olga")]


def test_a_missed_ring_does_not_narrow_the_reach() -> None:
    scene = english("olga")
    scene.arrive("c1")
    scene.wait(40)
    scene.fail("olga", RingResult.BUSY)
    scene.wait(5)
    assert scene.rung() == [("c1", "olga"), ("c1", "olga")]
    assert len(scene.changes(Kind.REACH)) == 2


def test_penalties_outside_the_range_are_never_offered() -> None:
    members = {f"p{penalty}": member(f"sales/1+{penalty}") for penalty in (0, 2, 5, 8, 9)}
    scene = Scene(center({"sales": Queue(min_penalty=2, max_penalty=8)}, agents=members))
    scene.login(*members)
    for number in range(5):
        scene.arrive(f"c{number}")
    scene.wait(300)
    assert [agent for _, agent in scene.rung()] == ["p2", "p5", "p8"]  # both ends belong to the range


def test_a_ring_replaces_the_penalty_range() -> None:
    members = {f"p{penalty}": member(f"sales/1+{penalty}") for penalty in (0, 5, 9)}
    rings = (Ring(after_s=10, max_penalty=9), Ring(after_s=20, min_penalty=0))
    scene = Scene(center({"sales": Queue(min_penalty=5, max_penalty=5, rings=rings)}, agents=members))
    scene.login(*members)
    when = {}
    for number in range(3):
        scene.arrive(f"c{number}")
    for _ in range(30):
        when.update({agent: when.get(agent, scene.now) for _, agent in scene.rung()})
        scene.wait(1)
    start = min(when.values())
    assert {agent: round(at - start) for agent, at in when.items()} == {"p5": 0, "p9": 10, "p0": 20}


def test_a_group_opens_what_the_penalty_closed() -> None:
    agents = {"anna": member("sales/1+9", groups=("office",))}
    scene = Scene(center({"sales": Queue(max_penalty=5, rings=RINGS[1:2])}, agents=agents))
    scene.login("anna")
    scene.arrive("c1")
    scene.wait(39)
    assert scene.rung() == []
    scene.wait(1)
    assert scene.rung() == [("c1", "anna")]


# --- his own agents ---------------------------------------------------------------------------------------------------


def own(**more: object) -> Scene:
    queues = {"sales": Queue(**({"preferred_for_s": 15, "requires": {"en": 4}} | more)), "other": Queue()}  # type: ignore[arg-type]
    agents = {"erin": member("sales", en=4), "olga": member("other"), "otto": member("other")}
    entries = {"6009": Entry(queue="sales", preferred=("olga", "otto"))}
    missed = MissedOffers(pause_after_missed=0, not_again_s=60)
    return Scene(center(queues, agents=agents, entries=entries, missed_offers=missed))


def test_his_own_agent_is_asked_alone_and_then_the_others() -> None:
    scene = own()
    scene.login("erin", "olga")
    scene.arrive("busy", "other")  # olga talks already
    scene.answer("olga")
    scene.arrive("c1", None, dialled="6009")
    scene.wait(14.9)
    assert scene.rung() == [("busy", "olga")]
    scene.wait(0.2)
    assert scene.rung()[1:] == [("c1", "erin")]


def test_his_own_agent_needs_neither_queue_nor_skill() -> None:
    scene = own()
    scene.login("erin", "olga")
    scene.arrive("c1", None, dialled="6009")
    assert scene.rung() == [("c1", "olga")]


def test_the_first_of_his_own_agents_comes_first_and_then_the_second() -> None:
    scene = own()
    scene.login("erin", "otto", "olga")
    scene.arrive("c1", None, dialled="6009")
    scene.miss("olga", after_s=3)
    scene.miss("otto", after_s=3)
    assert scene.rung() == [("c1", "olga"), ("c1", "otto"), ("c1", "erin")]  # both asked: no reason to wait any longer


def test_who_came_with_the_call_goes_before_who_comes_with_the_number() -> None:
    scene = own()
    scene.login("erin", "olga", "otto")
    scene.arrive("c1", None, dialled="6009", preferred=(AgentId("otto"),))
    assert scene.rung() == [("c1", "otto")]


def test_nobody_waits_for_one_who_is_not_there() -> None:
    scene = own()
    scene.login("erin")
    scene.arrive("c1", None, dialled="6009")
    assert scene.rung() == [("c1", "erin")]


def test_a_break_counts_as_being_there() -> None:
    scene = own()
    scene.login("erin", "olga")
    scene.pause("olga")
    scene.arrive("c1", None, dialled="6009")
    assert scene.rung() == []
    scene.unpause("olga")
    assert scene.rung() == [("c1", "olga")]


def test_who_logs_out_is_not_waited_for_any_longer() -> None:
    scene = own()
    scene.login("erin", "olga")
    scene.pause("olga")
    scene.arrive("c1", None, dialled="6009")
    scene.logout("olga")
    assert scene.rung() == [("c1", "erin")]


def test_who_logs_in_in_time_is_asked() -> None:
    scene = own()
    scene.arrive("c1", None, dialled="6009")
    scene.wait(10)
    scene.login("olga")
    assert scene.rung() == [("c1", "olga")]


def test_his_own_agent_may_take_it_later_too_and_goes_before_others() -> None:
    scene = own()
    scene.login("olga")
    scene.arrive("busy", "other")
    scene.answer("olga")
    scene.arrive("c1", None, dialled="6009")
    scene.wait(60)
    scene.agent_hangs_up("olga")
    assert scene.rung()[1:] == [("c1", "olga")]  # neither in the queue nor skilled


def test_own_agents_can_be_switched_off() -> None:
    scene = own(preferred_for_s=0)
    scene.login("olga", "erin")
    scene.arrive("c1", None, dialled="6009")
    assert scene.rung() == [("c1", "erin")]


# --- the rule itself --------------------------------------------------------------------------------------------------


def test_the_next_moment_is_that_of_the_next_ring() -> None:
    call = CallId("node1/c1")
    contact = Contact(ContactId(call), call, NodeId("node1"), QueueName("sales"), 0.0, 100.0, 100.0)
    rules, olga = Queue(rings=RINGS, preferred_for_s=10), (AgentId("olga"),)
    assert [widen(rules, contact, now, ())[1:] for now in (100, 119.9, 120, 140, 160)] == [
        (0, 120.0),
        (0, 120.0),
        (1, 140.0),
        (2, 160.0),
        (3, None),
    ]
    assert widen(rules, contact, 109.9, olga)[0].pools == ("agent:olga",)
    assert widen(rules, contact, 109.9, olga)[1:] == (0, 110.0)
    assert widen(rules, contact, 110.0, olga)[0].pools == ("agent:olga", "queue:sales")
    contact.tried = {AgentId("olga"): 105.0}
    assert widen(rules, contact, 104.9, olga)[0].excluded == {"olga"}
    assert widen(rules, contact, 105.0, olga)[0].excluded == frozenset()


def test_an_agent_looks_into_the_pools_of_his_queues_and_groups_and_into_his_own() -> None:
    agent = Agent(phone="PJSIP/1", groups=("office",), queues={"sales": {}})  # type: ignore[dict-item]
    assert pools_of(AgentId("anna"), agent) == ("queue:sales", "group:office", "agent:anna")


def test_what_is_dropped_makes_no_class_of_its_own() -> None:
    call = CallId("node1/c1")
    contact = Contact(ContactId(call), call, NodeId("node1"), QueueName("sales"), 0.0, 0.0, 0.0, requires=(("en", 4),))
    rules = Queue(rings=(Ring(after_s=10, accept={"en": 0}), Ring(after_s=20, queues=("sales",))))
    assert widen(rules, contact, 9.0, ())[0].requires == (("en", 4),)
    assert widen(rules, contact, 10.0, ())[0].requires == ()
    assert widen(rules, contact, 10.0, ())[0] == widen(rules, contact, 20.0, ())[0]
