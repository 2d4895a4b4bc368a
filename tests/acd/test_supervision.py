"""What a supervisor may do with a contact that waits."""

from __future__ import annotations

import pytest

from cti.model.changes import Kind
from cti.model.commands import Release, StopRing
from cti.model.hours import Hours
from cti.model.policy import Blending
from cti.model.words import RefusedReason, RingResult
from tests.kit import Exit, Queue, Scene, call_id, center, member

pytestmark = pytest.mark.unit


def floor(*agents: str, **rules: object) -> Scene:
    """Sales and support; anna serves sales, ben support. `agents` are logged in."""
    queues = {"sales": Queue(**rules), "support": Queue()}
    scene = Scene(center(queues, agents={"anna": member("sales"), "ben": member("support")}))
    scene.login(*agents)
    return scene


def test_a_moved_contact_keeps_its_wait() -> None:
    scene = floor()
    scene.arrive("c1", "sales")
    since = scene.contact("c1").since
    scene.wait(5)
    scene.arrive("c2", "support")
    scene.wait(5)
    assert scene.supervise("c1", "move", queue="support", by="eva") is None
    assert scene.outcomes("c1") == ["moved"]
    assert scene.changes(Kind.VISIT, new="moved")[0].by == "eva"
    assert scene.changes(Kind.VISIT, new="waiting")[-1].by == "eva"  # who put him there, not the switch
    contact = scene.contact("c1")
    assert (contact.queue, contact.since, contact.visit) == ("support", since, 2)
    scene.login("ben")
    assert scene.offered("ben") == "c1"  # came first, though to another queue


def test_a_contact_is_moved_while_a_phone_rings_for_it() -> None:
    scene = floor("anna")
    scene.arrive("c1", "sales")
    scene.rings("anna")
    assert scene.supervise("c1", "move", queue="support") is None
    assert [command.call for command in scene.commands(StopRing)] == [call_id("c1")]
    assert scene.contact("c1").queue == "support"
    assert scene.offer_ends() == [("anna", "withdrawn")]
    scene.login("ben")
    assert scene.offered("ben") == "c1"
    assert scene.offered("anna") is None


def test_until_the_ring_is_over_nothing_is_done_and_the_session_is_not_asked_twice() -> None:
    scene = floor("anna")
    scene.obedient = False  # the switch takes its time
    scene.arrive("c1", "sales")
    assert scene.supervise("c1", "withdraw") is None
    assert scene.state("c1") == "offered"
    assert not scene.commands(Release)
    assert scene.supervise("c1", "move", queue="support") is None  # thought better of it: the last word counts
    scene._leg_ends(scene.ringing[call_id("c1")][0], RingResult.CANCELLED)
    scene._flush()
    assert scene.outcomes("c1") == ["moved"]


@pytest.mark.parametrize("ringing", [False, True])
def test_a_wait_is_ended(ringing: bool) -> None:
    scene = floor(*(["anna"] if ringing else []))
    scene.arrive("c1", "sales")
    assert scene.supervise("c1", "withdraw", by="eva") is None
    assert scene.state("c1") == "ended"
    assert scene.outcomes("c1") == ["withdrawn"]
    assert len(scene.commands(Release, "c1")) == 1
    assert len(scene.commands(StopRing)) == ringing
    assert str(scene.agent("anna").activity) == "idle"


def test_seconds_given_while_a_phone_rings_are_in_the_ticket_at_once() -> None:
    scene = floor("anna")
    scene.arrive("c1", "sales")
    scene.rings("anna")
    assert scene.supervise("c1", "prioritise", seconds=45.0) is None
    assert scene.state("c1") == "offered"
    assert scene.ticket("c1").head_start_s == 45.0
    assert scene.contact("c1").head_start_s == 45.0
    scene.fail("anna", RingResult.NO_ANSWER)
    assert scene.ticket("c1").head_start_s == 45.0


def test_seconds_of_waiting_are_given_and_taken() -> None:
    scene = floor()
    for name in ("c1", "c2", "c3"):
        scene.arrive(name, "sales")
        scene.wait(10)
    assert scene.supervise("c3", "prioritise", seconds=30.0, by="eva") is None
    assert scene.supervise("c1", "prioritise", seconds=-15.0) is None
    [third, first] = scene.changes(Kind.PLACE)
    assert (third.position, third.by, third.queue) == (1, "eva", "sales")
    assert (third.seconds, first.seconds) == (30.0, -15.0)
    assert (first.position, first.order_at) == (3, scene.contact("c1").since + 15)
    assert scene.ticket("c3").head_start_s == 30  # survives the engine
    scene.login("anna")
    served = []
    for _ in range(3):
        served.append(scene.offered("anna"))
        scene.talk("anna")
    assert served == ["c3", "c2", "c1"]


def test_what_was_given_counts_if_the_ring_comes_to_nothing() -> None:
    scene = floor("anna")
    scene.arrive("c1", "sales")
    assert scene.supervise("c1", "prioritise", seconds=60.0) is None
    scene.miss("anna")
    assert scene.contact("c1").head_start_s == 60


def test_the_impossible_is_refused() -> None:
    scene = floor("anna")
    scene.arrive("c1", "sales")
    unknown = scene.supervise("nobody", "withdraw")
    assert unknown is not None and unknown.reason is RefusedReason.UNKNOWN_CONTACT
    nowhere = scene.supervise("c1", "move", queue="marketing")
    assert nowhere is not None and nowhere.reason is RefusedReason.UNKNOWN_QUEUE
    assert nowhere.detail == "queues: sales, support"
    same = scene.supervise("c1", "move", queue="sales")
    assert same is not None and same.reason is RefusedReason.ALREADY
    scene.answer("anna")
    for action in ("move", "prioritise", "withdraw"):
        talks = scene.supervise("c1", action, queue="support")
        assert talks is not None and talks.reason is RefusedReason.NOT_WAITING
    assert scene.state("c1") == "talking"


def test_a_move_into_a_full_or_closed_queue_is_refused_and_he_keeps_his_place() -> None:
    night = {"night": Hours(zone="UTC", weekly={"mon": ("03:00-04:00",)})}
    queues = {"sales": Queue(), "support": Queue(max_waiting=1), "late": Queue(hours="night")}
    scene = Scene(center(queues, agents={"anna": member("sales")}, hours=night))
    scene.arrive("c1", "support")
    scene.arrive("c2", "sales")
    full = scene.supervise("c2", "move", queue="support")
    assert full is not None and (full.reason, full.detail) == (RefusedReason.QUEUE_FULL, "support: 1 wait there")
    closed = scene.supervise("c2", "move", queue="late")
    assert closed is not None and closed.reason is RefusedReason.QUEUE_CLOSED
    assert scene.state("c2") == "waiting" and not scene.outcomes("c2")


def test_a_digit_does_not_undo_what_a_supervisor_was_granted() -> None:
    scene = floor("anna", keys={"1": Exit(queue="support")})
    scene.obedient = False
    scene.arrive("c1", "sales")
    assert scene.supervise("c1", "withdraw") is None
    scene.press("c1", "1")
    scene._leg_ends(scene.ringing[call_id("c1")][0], RingResult.CANCELLED)
    scene._flush()
    assert scene.outcomes("c1") == ["withdrawn"]


def test_behind_a_shut_gate_readers_learn_in_whose_reach_it_is_now() -> None:
    queues = {"sales": Queue(requires={"en": 3}), "later": Queue(blending=Blending())}
    scene = Scene(center(queues, agents={"ben": member("later")}))
    scene.arrive("c1", "sales")
    assert scene.supervise("c1", "move", queue="later") is None
    told = scene.changes(Kind.VISIT, new="waiting")[-1]
    assert told.sought is not None
    assert (told.sought.pools, told.sought.requires) == (("queue:later",), ())
