"""Is a transferred customer the same contact, and is it told who ended the talk?"""

from __future__ import annotations

import pytest
from kit import Entry, Queue, Scene, call_id, center, member

from cti.model import events as ev
from cti.model.changes import Kind
from cti.model.commands import HangupLeg, Release
from cti.model.words import CallId, RingResult

from .stories import one_agent, talking, ticket

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("late", [False, True])
def test_a_blind_transfer_ended_the_talk_not_a_hangup(late: bool) -> None:
    scene, call, leg = talking()
    transferred = ev.CallTransferred(call, "default", "200", leg)
    rest = [ev.RingEnded(call, RingResult.ANSWERED, 30.0, False), ev.SessionLost(call), ev.LegDown(leg)]
    for event in [*rest, transferred] if late else [transferred, *rest]:
        scene.post(event)
    scene.wait(10)
    [ended] = scene.changes(Kind.OFFER, new="ended")
    assert (ended.ended_by, ended.talk_s) == ("transfer", pytest.approx(30))
    [transfer] = scene.changes(Kind.TRANSFER)
    assert (transfer.new, transfer.goto) == ("blind", "default,200")
    assert str(scene.agent("anna").activity) == "idle", "his wrap-up is over"
    assert not scene.commands(Release), "the caller is not ours to hang up"
    assert scene.state("c1") == "aside"
    scene.post(ev.CallGone(call))
    assert not scene.center.contacts
    assert scene.outcomes("c1") == ["answered"]


def test_a_transfer_that_nobody_told_of_is_no_talk_any_more() -> None:
    """The session broke in the talk, AMI lost the event: his agent has hung up, and he stands somewhere else."""
    scene, call, leg = talking()
    scene.post(ev.SessionLost(call))
    scene.wait(30)
    assert scene.state("c1") == "talking"
    scene.post(ev.LegDown(leg))
    scene.wait(10)
    assert scene.state("c1") == "aside", "he may come back with his ticket, or be gone"
    scene.post(ev.CallGone(call))
    assert not scene.center.contacts
    assert scene.outcomes("c1") == ["answered"]


@pytest.mark.parametrize("there", [False, True], ids=["gone", "still-there"])
def test_a_blind_transfer_back_into_a_queue_is_the_same_contact(there: bool) -> None:
    """Also where the Dial is answered before Asterisk has taken the caller out of the session: seen under load."""
    scene, call, leg = talking()
    since, carried = scene.contact("c1").since, scene.ticket("c1")
    for event in (
        ev.CallTransferred(call, "cti-inbound", "6002", leg),
        ev.RingEnded(call, RingResult.ANSWERED, 30.0, there),
        ev.SessionLost(call),
        ev.LegDown(leg),
    ):
        scene.post(event)
    assert not scene.commands(Release), "the caller is not ours to hang up"
    assert not scene.changes(Kind.CONTACT, new="ended")
    scene.arrive("c1", None, dialled="6002", entry=2, ticket=carried)
    contact = scene.contact("c1")
    assert (contact.id, contact.queue, contact.since) == (carried.contact, "support", since)
    assert len({v.id for v in scene.changes(Kind.VISIT)}) == 2, "one contact, two handlings"
    assert scene.outcomes("c1") == ["answered"]
    [ended] = scene.changes(Kind.OFFER, new="ended")
    assert ended.ended_by == "transfer"
    scene.wait(6)
    assert scene.offered("anna") == "c1"
    scene.talk("anna")
    assert scene.outcomes("c1") == ["answered", "answered"]


@pytest.mark.parametrize("named", ["entry", "dialplan", ""])
def test_who_sends_a_customer_away_does_not_get_him_back_as_his_own(named: str) -> None:
    """His own agents were those of the entry before; the new entry, or the dialplan, may name others."""
    agents = {name: member(queue) for name, queue in (("anna", "sales"), ("sue", "support"), ("tim", "support"))}
    own = ("tim",)
    entries = {"6002": Entry(queue="support", preferred=own if named == "entry" else ())}
    scene = Scene(center({"sales": Queue(), "support": Queue()}, agents=agents, entries=entries))
    scene.login("anna", "sue")
    scene.wait(1)
    scene.login("tim")
    call = scene.arrive("c1", preferred=("anna",), customer={"segment": "gold"})
    leg = scene.rings("anna")
    scene.answer("anna")
    scene.post(ev.CallTransferred(call, "cti-agent", "6002", leg))
    scene.post(ev.RingEnded(call, RingResult.ANSWERED, 0.0, False))
    scene.post(ev.SessionLost(call))
    scene.post(ev.LegDown(leg))
    scene.arrive("c1", None, dialled="6002", entry=2, preferred=own if named == "dialplan" else ())
    assert scene.offered("tim" if named else "sue") == "c1"
    assert scene.contact("c1").customer == {"segment": "gold"}


def test_a_higher_entry_is_a_transfer_back_even_for_a_new_engine() -> None:
    scene = one_agent()
    old = ticket("c1", 300, scene)
    scene.arrive("c1", "support", entry=2, ticket=old)
    contact = scene.contact("c1")
    assert (contact.id, contact.queue, contact.since) == (old.contact, "support", old.since)
    assert contact.entered_at == scene.now
    [visit] = scene.changes(Kind.VISIT)
    assert visit.cause != "resumed"


def consulting(queue: str = "support") -> tuple[Scene, CallId, CallId, str]:
    """Anna talks with c1 and waits in a queue on her second line."""
    scene, call, leg = talking()
    scene.wait(1)
    scene.post(ev.LegUp("node1/consult", "PJSIP/1001"))
    consult = scene.arrive("consult", queue)
    scene.wait(10)
    return scene, call, consult, leg


def hand_over(scene: Scene, call: CallId, consult: CallId, leg: str, *, session: bool) -> None:
    """She presses transfer: her two legs go, and her customer stands where she stood."""
    gone = consult if session else call
    for event in (
        ev.CallReplaced(consult, call, session=session),
        ev.LegDown(leg),
        ev.LegDown("node1/consult"),
        ev.RingEnded(gone, RingResult.ANSWERED, 41.0, False),
        ev.SessionLost(gone),
        ev.CallGone(consult),
    ):
        scene.post(event)
    scene.wait(10)


def test_an_attended_transfer_into_the_line_puts_the_customer_in_the_agents_place() -> None:
    scene, call, consult, leg = consulting()
    since = scene.contact("c1").since
    hand_over(scene, call, consult, leg, session=True)
    [contact] = scene.center.contacts.values()
    assert (contact.id, contact.call, contact.queue, contact.since) == (call, call, "support", since)
    assert [transfer.new for transfer in scene.changes(Kind.TRANSFER)] == ["attended"]
    [ended] = scene.changes(Kind.OFFER, new="ended")
    assert (ended.ended_by, ended.talk_s) == ("transfer", pytest.approx(41, abs=1.1))
    assert (scene.outcomes("consult"), scene.outcomes("c1")) == (["merged"], ["answered"])
    assert scene.offered("anna") == "c1"
    scene.answer("anna")
    assert scene.outcomes("c1") == ["answered", "answered"]


def test_an_attended_transfer_while_the_next_agent_rings_goes_to_him_or_waits() -> None:
    scene, call, consult, leg = consulting()
    scene.login("ben")
    assert scene.offered("ben") == "consult"
    scene.obedient = False
    scene.post(ev.CallReplaced(consult, call, session=True))
    scene.ringing.clear()
    scene.post(ev.RingEnded(call, RingResult.CANCELLED, 0.0, True))
    for event in (ev.LegDown(leg), ev.LegDown("node1/consult"), ev.SessionLost(consult), ev.CallGone(consult)):
        scene.post(event)
    [contact] = scene.center.contacts.values()
    assert (contact.id, contact.call) == (call, call)
    assert scene.offered("ben") == "c1"


def test_an_attended_transfer_into_a_talk_goes_on_as_the_customers_talk() -> None:
    scene, call, consult, leg = consulting()
    scene.login("ben")
    ben_leg = scene.rings("ben")
    scene.answer("ben")
    scene.wait(5)
    for event in (
        ev.CallReplaced(consult, call),
        ev.LegDown(leg),
        ev.LegDown("node1/consult"),
        ev.RingEnded(consult, RingResult.ANSWERED, 5.0, False),
        ev.SessionLost(consult),
        ev.CallGone(consult),
    ):  # c1's own Dial goes on: his channel is moved into the other bridge
        scene.post(event)
    assert str(scene.agent("ben").activity) == "talking"
    assert scene.contact("c1").agent == "ben"
    assert not scene.commands(Release) and not scene.commands(HangupLeg)
    scene.wait(60)
    assert str(scene.agent("ben").activity) == "talking"
    for event in (ev.LegDown(ben_leg), ev.RingEnded(call, RingResult.ANSWERED, 106.0, True)):
        scene.post(event)
    scene.wait(10)
    assert not scene.center.contacts and not scene.center.offers
    assert len(scene.commands(Release, "c1")) == 1
    assert str(scene.agent("ben").activity) == "idle"


def test_the_ticket_follows_an_attended_transfer() -> None:
    scene, call, consult, _ = consulting()
    scene.post(ev.CallReplaced(consult, call, session=True))
    assert (scene.ticket("c1").contact, scene.ticket("c1").queue) == (call, "support")


def test_a_replacement_of_unknown_calls_is_harmless() -> None:
    scene = one_agent()
    call = scene.arrive("c1")
    scene.post(ev.CallReplaced(call_id("x"), call_id("y")))
    scene.post(ev.CallReplaced(call, call_id("y")))
    scene.post(ev.CallReplaced(call_id("x"), call))
    assert not scene.changes(Kind.BUG)


def test_a_replacement_by_one_who_still_waits_himself_is_no_bug() -> None:
    """Out of order, or from a queue into a queue: his own place is given up, once, for the one he takes over."""
    scene = one_agent()
    scene.arrive("c1")
    consult = scene.arrive("consult", "support")
    scene.post(ev.CallReplaced(consult, call_id("c1"), session=True))
    scene.login("anna")
    assert scene.rung() == [("c1", "anna")]
    scene.talk("anna")
    scene.wait(10)
    assert not scene.center.contacts
    assert len([v for v in scene.changes(Kind.VISIT) if v.old]) == len({v.id for v in scene.changes(Kind.VISIT)})


def test_a_replacement_into_a_talk_by_one_who_still_waits_is_no_bug() -> None:
    scene = one_agent()
    scene.login("ben")
    consult = scene.arrive("consult", "support")
    scene.answer("ben")
    scene.arrive("c2")
    scene.post(ev.CallReplaced(consult, call_id("c2")))
    assert scene.state("c2") == "talking"
    assert scene.contact("c2").agent == "ben"


def test_a_replacement_by_one_whose_session_has_just_broken_is_no_bug() -> None:
    """Found by random events: he stood aside already, his visit still open."""
    scene = one_agent()
    scene.arrive("c1", "support")
    scene.arrive("c2", "support")
    scene.post(ev.SessionLost(call_id("c2")))
    scene.post(ev.CallReplaced(call_id("c1"), call_id("c2"), session=False))
    assert scene.outcomes("c2") == ["merged"]
    assert not scene.changes(Kind.BUG)
