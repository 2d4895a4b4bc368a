"""Where a contact stands in the line, and what moves it there."""

from __future__ import annotations

import pytest

from cti.acd import standing
from cti.model.changes import Kind
from cti.model.commands import SaveTicket
from tests.kit import Entry, HeadStart, Queue, Ring, Scene, center, member

pytestmark = pytest.mark.unit


def test_of_each_skill_the_strictest_level_counts() -> None:
    assert standing.requirements({"en": 2, "vip": 1}, {"en": 3}, {}) == (("en", 3), ("vip", 1))


def test_what_queue_segment_and_contact_give_adds_up() -> None:
    gold = HeadStart(when={"segment": "gold"}, seconds=30)
    both = HeadStart(when={"segment": "gold", "case": "open"}, seconds=50)
    scene = Scene(center({"sales": Queue(head_start_s=5, head_starts=(gold, both), target_s=10, urgency_target_s=40)}))
    scene.arrive("c1", customer={"segment": "gold", "case": "open"})
    assert scene.supervise("c1", "prioritise", seconds=7.0) is None
    contact = scene.contact("c1")
    assert (contact.head_start_s, contact.target_s) == (5 + 50 + 7, 40)


def test_a_place_is_told_only_if_it_changed() -> None:
    scene = Scene()
    scene.arrive("c1")
    contact = scene.contact("c1")
    standing.placed_anew(scene.center._floor, contact)
    assert not scene.changes(Kind.PLACE)
    tickets = len(scene.commands(SaveTicket))
    assert scene.supervise("c1", "prioritise", seconds=1.0) is None
    assert len(scene.changes(Kind.PLACE)) == 1
    assert len(scene.commands(SaveTicket)) == tickets + 1


def test_its_reach_widens_by_itself_and_keeps_its_place() -> None:
    rules = Queue(requires={"en": 3}, rings=(Ring(after_s=10, accept={"en": 1}),))
    scene = Scene(center({"sales": rules}, agents={"anna": member("sales", en=1), "ben": member("sales", en=3)}))
    scene.login("ben")
    scene.arrive("c0")
    scene.arrive("c1")
    scene.wait(1)
    scene.arrive("c2")
    scene.wait(9)
    scene.login("anna")
    assert scene.offered("anna") == "c1"


def test_the_stricter_of_queue_and_contact_holds_whoever_asks_more() -> None:
    entries = {"7001": Entry(queue="sales", requires={"en": 1}), "7002": Entry(queue="sales", requires={"en": 5})}
    scene = Scene(center({"sales": Queue(requires={"en": 3})}, agents={"anna": member("sales", en=2)}, entries=entries))
    scene.arrive("c1", None, dialled="7001")
    scene.arrive("c2", None, dialled="7002")
    assert (scene.contact("c1").requires, scene.contact("c2").requires) == ((("en", 3),), (("en", 5),))


def test_what_is_given_twice_adds_up() -> None:
    scene = Scene()
    scene.arrive("c1")
    for seconds in (10.0, 20.0, -5.0):
        assert scene.supervise("c1", "prioritise", seconds=seconds) is None
    assert scene.contact("c1").head_start_s == 25
