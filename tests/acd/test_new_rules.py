"""Do those who wait stand where they would if they had come under the new rules? And is nothing else done anew?"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kit import Announcements, Entry, HeadStart, Queue, Ring, Scene, center, member

from cti.acd import new_rules
from cti.acd.contact import Contact
from cti.acd.line import Line, WaitingClass
from cti.acd.new_rules import Difference
from cti.acd.overflow import own_agents_there
from cti.acd.reach import Reach, widen
from cti.acd.standing import weigh
from cti.model.changes import Kind
from cti.model.policy import Center
from cti.model.words import QueueName

pytestmark = pytest.mark.unit

RULES = st.fixed_dictionaries(
    {},
    optional={
        "tier": st.sampled_from((4, 5)),
        "target_s": st.sampled_from((10.0, 20.0)),
        "head_start_s": st.sampled_from((0.0, 7.0)),
        "head_starts": st.sampled_from(((), (HeadStart(when={"segment": "gold"}, seconds=9.0),))),
        "requires": st.sampled_from(({}, {"en": 2}, {"en": 9})),
        "rings": st.sampled_from(((), (Ring(after_s=4, accept={"en": 1}), Ring(after_s=8, queues=("other",))))),
        "max_penalty": st.sampled_from((1000, 3)),
        "preferred_for_s": st.sampled_from((15.0, 0.0)),
        "max_wait_s": st.sampled_from((None, 500.0)),
        "wrap_up_s": st.sampled_from((0.0, 5.0)),
    },
)
CALLERS = st.lists(
    st.tuples(st.sampled_from(("6001", "6002")), st.sampled_from(("gold", "")), st.booleans(), st.floats(0, 3)),
    max_size=12,
)


def policy(**rules: object) -> Center:
    queues = {"sales": Queue(**rules), "other": Queue()}  # type: ignore[arg-type]
    agents = {"anna": member("sales", en=3), "ben": member("sales", en=3), "carl": member("sales/1+5", en=3)}
    return center(queues, agents=agents, entries={"6002": Entry(queue="sales", requires={"zh": 1})})


@settings(max_examples=80, deadline=None)
@given(RULES, RULES, CALLERS)
def test_everybody_stands_where_the_new_rules_put_him(
    before: dict[str, object], after: dict[str, object], callers: list[tuple[str, str, bool, float]]
) -> None:
    scene = Scene(policy(**before))
    scene.login("ben")
    scene.pause("ben")
    for number, (dialled, segment, own, gap_s) in enumerate(callers):
        customer = {"segment": segment} if segment else {}
        more = {"preferred": ("ben",)} if own else {}
        scene.arrive(f"c{number}", None, dialled=dialled, customer=customer, **more)
        scene.wait(gap_s)
    assert scene.reload(policy(**after)) is None
    stands_right(scene)
    scene.login("anna")
    scene.unpause("ben")
    stands_right(scene)


def stands_right(scene: Scene) -> None:
    floor = scene.center._floor
    there = [contact for contact in scene.center.contacts.values() if contact.stands_in is not None]
    fresh, expected = Line(), {}
    for contact in there:
        waiting: WaitingClass = contact.stands_in
        weighed = order_of(contact)
        weigh(floor.policy.queues[contact.queue], contact)
        assert order_of(contact) == weighed
        reach, ring, _ = widen(floor.policy.queues[contact.queue], contact, floor.now, own_agents_there(floor, contact))
        assert (waiting.reach, contact.ring, waiting.sought) == (reach, ring, contact.told_sought)
        expected[contact.id] = (contact, reach)
    pools = shape(floor.line)
    positions = [floor.line.position(contact) for contact in there]
    for contact, reach in expected.values():
        contact.stands_in = None
        fresh.add(contact, reach)
    assert (positions, pools) == ([fresh.position(contact) for contact in there], shape(fresh))
    floor.line = fresh


def order_of(contact: Contact) -> object:
    return (contact.tier, contact.target_s, contact.requires, contact.head_start_s)


def shape(line: Line) -> object:
    """What an agent finds in the line, whatever it is called."""
    found: dict[str, list[tuple[Reach, list[str]]]] = {}
    for pool, slopes in line._pools.items():
        heads = [waiting for _, waiting in sorted(slopes.items()) for _, _, waiting in waiting]
        if heads:
            found[pool] = sorted((each.reach, [contact.id for contact in each.members]) for each in heads)
            assert all(each.first is each.members[0] for each in heads)
    return found, line.count, {queue: line.waiting(queue) for queue in line._order if line.waiting(queue)}


def waiting_scene(**rules: object) -> Scene:
    scene = Scene(policy(**rules))
    for number in range(3):
        scene.arrive(f"c{number}")
        scene.wait(1)
    scene.told.clear()
    return scene


@pytest.mark.parametrize(
    "rules", [{"wrap_up_s": 9}, {"strategy": "linear"}, {"max_waiting": 50}, {"dispositions": {"sale": "Sale"}}]
)
def test_rules_that_move_nobody_touch_nobody(rules: dict[str, object]) -> None:
    scene = waiting_scene()
    stood = [scene.contact(f"c{number}").stands_in for number in range(3)]
    assert scene.reload(policy(**rules)) is None
    assert [scene.contact(f"c{number}").stands_in for number in range(3)] == stood
    assert [told.kind for told in scene.changes()] == [Kind.CONFIG]


def test_a_head_start_for_all_tells_everybody_his_place_and_nobody_a_reach() -> None:
    scene = waiting_scene()
    assert scene.reload(policy(head_start_s=30)) is None
    told = scene.changes(Kind.PLACE)
    assert [(each.call, each.position) for each in told] == [("node1/c0", 1), ("node1/c1", 2), ("node1/c2", 3)]
    assert scene.changes(Kind.REACH) == []


def test_an_announcement_is_not_put_off_by_rules_that_do_not_concern_it() -> None:
    told = Announcements(first_after_s=10, every_s=30, position=True)
    scene = waiting_scene(announce=told)
    scene.wait(4)  # c0 came 7 s ago
    assert scene.reload(policy(announce=told, head_start_s=30, max_wait_s=600)) is None
    scene.wait(3.1)
    assert [str(command.call) for command in scene.told if type(command).__name__ == "Announce"] == ["node1/c0"]


@pytest.mark.parametrize(
    ("rules", "differs"),
    [
        ({}, Difference(False, False, False, False)),
        ({"tier": 1}, Difference(True, False, False, False)),
        ({"requires": {"en": 1}}, Difference(True, True, False, False)),
        ({"rings": (Ring(after_s=5),)}, Difference(False, True, False, False)),
        ({"max_wait_s": 9.0}, Difference(False, False, True, False)),
        ({"announce": Announcements(position=True)}, Difference(False, False, False, True)),
    ],
)
def test_what_differs_is_told_by_kind(rules: dict[str, object], differs: Difference) -> None:
    assert new_rules.difference(policy(), policy(**rules), QueueName("sales")) == differs


def test_every_key_of_a_queue_is_thought_of() -> None:
    """A key that is new must be put into one of the kinds, or named here as one that moves nobody who waits."""
    concerns = {*new_rules._ORDER, *new_rules._REACH, *new_rules._PATIENCE, "announce", "while_waiting"}
    moves_nobody = {
        *(
            "callback_abandoned",
            "redial_within_s",
            "strategy",
            "ring_timeout_s",
            "ring_more_every_s",
            "wrap_up_s",
            "max_waiting",
            "music",
        ),
        *("dispositions", "disposition", "disposition_default", "keys", "while_ringing", "blending"),
        *("on_max_wait", "on_full", "on_nobody", "on_long_wait", "on_closed"),
        "service_level_percent",
    }
    assert set(Queue.model_fields) == concerns | moves_nobody
