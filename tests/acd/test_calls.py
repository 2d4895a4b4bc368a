"""What happens to one caller from his arrival to his end, and when he comes back: after a death, after a transfer?"""

from __future__ import annotations

import pytest
from kit import NODE, Exit, Queue, Scene, call_id, center, member

from cti.model import events as ev
from cti.model.changes import Changed, Kind
from cti.model.commands import HangupLeg, Release, Ring
from cti.model.ticket import Ticket
from cti.model.words import AgentId, CallId, ContactId, QueueName, RingResult

pytestmark = pytest.mark.unit


def one_agent(**sales: object) -> Scene:
    queues = {"sales": Queue(**({"wrap_up_s": 5} | sales)), "support": Queue()}  # type: ignore[arg-type]
    return Scene(center(queues, agents={"anna": member("sales", "support"), "ben": member("sales/2", "support/2")}))


def ticket(name: str, waited_s: float, scene: Scene, **more: object) -> Ticket:
    """What a caller carries who has waited so long in sales when the engine died."""
    contact, since = ContactId(call_id(name)), scene.now - waited_s
    fields = {"contact": contact, "queue": QueueName("sales"), "since": since, "entered_at": since, "tier": 5}
    return Ticket(**(fields | more))  # type: ignore[arg-type]


# --- one call ---------------------------------------------------------------------------------------------------------


def test_a_simple_call_is_told_in_order() -> None:
    scene = one_agent()
    scene.login("anna")
    scene.told.clear()
    scene.arrive("c1")
    scene.rings("anna")
    scene.wait(3)
    scene.answer("anna")
    scene.wait(60)
    scene.agent_hangs_up("anna")
    scene.wait(10)
    assert [(str(change.kind), change.old, change.new) for change in scene.changes() if change.kind != "phone"] == [
        ("contact", "", "arrived"),
        ("contact", "arrived", "waiting"),
        ("visit", "", "waiting"),
        ("offer", "", "ringing"),
        ("activity", "idle", "ringing"),
        ("contact", "waiting", "offered"),
        ("offer", "ringing", "accepted"),
        ("visit", "waiting", "answered"),
        ("activity", "ringing", "talking"),
        ("contact", "offered", "talking"),
        ("activity", "talking", "wrapup"),  # at once; who ended the talk is told when it is known (docs/adr/0005)
        ("offer", "accepted", "ended"),
        ("contact", "talking", "ended"),
        ("activity", "wrapup", "idle"),
    ]
    [answered] = scene.changes(Kind.VISIT, new="answered")
    assert (answered.wait_s, answered.ring_s) == (pytest.approx(3), pytest.approx(3))
    assert (answered.agent, answered.leg, answered.position, answered.original_position) == ("anna", "node1/a.1", 1, 1)
    [ended] = scene.changes(Kind.OFFER, new="ended")
    assert (ended.talk_s, ended.ended_by, ended.wait_s) == (pytest.approx(60), "agent", pytest.approx(3))
    assert (ended.queue, ended.original_position) == ("sales", 1)
    assert len(scene.commands(Release, "c1")) == 1
    assert not scene.center.contacts and not scene.center.offers


def test_a_caller_who_hangs_up_first_ended_the_talk() -> None:
    scene = one_agent()
    scene.login("anna")
    scene.arrive("c1")
    scene.answer("anna")
    scene.wait(30)
    scene.caller_hangs_up("c1")
    scene.wait(5)
    [ended] = scene.changes(Kind.OFFER, new="ended")
    assert (ended.ended_by, ended.talk_s) == ("caller", pytest.approx(30))
    assert scene.outcomes("c1") == ["answered"]
    assert not scene.center.contacts


def test_who_hangs_up_while_waiting_is_abandoned() -> None:
    scene = one_agent()
    scene.arrive("c1")
    scene.wait(12)
    scene.caller_hangs_up("c1")
    [visit] = scene.changes(Kind.VISIT, new="abandoned")
    assert (visit.wait_s, visit.position, visit.original_position) == (pytest.approx(12), 1, 1)
    assert not scene.center.contacts
    scene.login("anna")
    assert scene.rung() == []


def test_who_hangs_up_while_it_rings_is_abandoned_and_the_agent_free() -> None:
    scene = one_agent()
    scene.login("anna")
    scene.arrive("c1")
    scene.rings("anna")
    scene.wait(4)
    scene.caller_hangs_up("c1")
    assert scene.outcomes("c1") == ["abandoned"]
    assert scene.offer_ends() == [("anna", "abandoned")]
    assert (str(scene.agent("anna").activity), scene.agent("anna").missed) == ("idle", 0)
    scene.arrive("c2")
    assert scene.offered("anna") == "c2"


@pytest.mark.parametrize("hangup_first", [True, False])
def test_a_hangup_in_the_instant_of_the_answer_is_one_outcome(hangup_first: bool) -> None:
    scene = one_agent()
    scene.login("anna")
    call = scene.arrive("c1")
    offer = scene.offer_of("anna")
    leg = scene.rings("anna")
    scene.wait(4)
    answered, gone = ev.OfferAnswered(offer), ev.CallGone(call)
    for event in (gone, answered) if hangup_first else (answered, gone):
        scene.post(event)
    for event in (ev.RingEnded(call, RingResult.ANSWERED, 0.0, False), ev.SessionLost(call), ev.LegDown(leg)):
        scene.post(event)
    scene.wait(10)
    assert scene.outcomes("c1") == ["abandoned" if hangup_first else "answered"]
    assert str(scene.agent("anna").activity) == "idle"
    assert not scene.center.contacts and not scene.center.offers


@pytest.mark.parametrize("order", ["session ring gone", "gone session ring", "ring gone session", "gone ring session"])
def test_the_end_of_a_talk_comes_in_any_order(order: str) -> None:
    scene = one_agent()
    scene.login("anna")
    call = scene.arrive("c1")
    leg = scene.rings("anna")
    scene.answer("anna")
    scene.wait(20)
    words = {
        "session": ev.SessionLost(call),
        "ring": ev.RingEnded(call, RingResult.ANSWERED, 20.0, False),
        "gone": ev.CallGone(call),
    }
    for word in order.split():
        scene.post(words[word])
    scene.post(ev.LegDown(leg))
    scene.wait(10)
    [ended] = scene.changes(Kind.OFFER, new="ended")
    assert (ended.ended_by, ended.talk_s) == ("caller", pytest.approx(20))
    assert not scene.center.contacts
    assert not scene.changes(Kind.REPAIR)


def test_the_agents_leg_down_first_means_he_hung_up() -> None:
    scene = one_agent()
    scene.login("anna")
    call = scene.arrive("c1")
    leg = scene.rings("anna")
    scene.answer("anna")
    scene.wait(20)
    scene.post(ev.LegDown(leg))
    scene.post(ev.RingEnded(call, RingResult.ANSWERED, 20.0, True))
    scene.wait(5)
    [ended] = scene.changes(Kind.OFFER, new="ended")
    assert ended.ended_by == "agent"


def test_repeated_events_are_harmless() -> None:
    scene = one_agent()
    scene.login("anna")
    scene.arrive("c1")
    scene.talk("anna")
    told = len(scene.changes())
    for _, event in list(scene.history):
        if not isinstance(event, ev.CallArrived | ev.AgentRequest | ev.LegUp):
            scene.post(event)
    assert [change for change in scene.changes()[told:] if change.kind is not Kind.LATE] == []


# --- the ticket: back after an engine's death ----------------------------------------------------------------------------


def test_who_comes_back_after_a_death_keeps_his_place() -> None:
    scene = one_agent()
    scene.arrive("c9")
    scene.wait(1)
    old = ticket("c1", 120, scene, head_start_s=7.0, tried={AgentId("anna"): scene.now + 30}, original_position=4)
    scene.arrive("c1", ticket=old)
    contact = scene.contact("c1")
    assert (contact.since, contact.entered_at, contact.head_start_s) == (old.since, old.since, 7.0)
    last = scene.changes(Kind.CONTACT, id=call_id("c1"))[-1]
    assert (last.new, last.cause) == ("waiting", "resumed")
    [visit] = scene.changes(Kind.VISIT, contact=call_id("c1"))
    assert (visit.old, visit.new, visit.cause, visit.original_position) == ("", "waiting", "resumed", 4)
    scene.login("anna")
    assert scene.offered("anna") == "c9", "anna was tried for c1"
    scene.login("ben")
    assert scene.offered("ben") == "c1"


def test_the_wait_of_a_resumed_visit_counts_from_its_beginning() -> None:
    scene = one_agent()
    scene.arrive("c1", ticket=ticket("c1", 120, scene))
    scene.wait(5)
    scene.caller_hangs_up("c1")
    [visit] = scene.changes(Kind.VISIT, new="abandoned")
    assert visit.wait_s == pytest.approx(125)


def test_the_longest_wait_counts_over_a_death() -> None:
    scene = one_agent(max_wait_s=180, on_max_wait=Exit(goto="cti-voicemail,s,1"))
    scene.arrive("c1", ticket=ticket("c1", 120, scene))
    scene.wait(59)
    assert scene.state("c1") == "waiting"
    scene.wait(2)
    assert scene.outcomes("c1") == ["timed_out"]


def test_tickets_survive_a_second_death() -> None:
    scene = one_agent()
    scene.arrive("c1")
    scene.login("anna")
    scene.miss("anna")
    carried = scene.ticket("c1")
    for _ in range(3):
        scene = Scene(scene.policy)
        scene.now = carried.since + 100
        scene.arrive("c1", ticket=carried)
        assert scene.ticket("c1").since == carried.since
        assert scene.ticket("c1").tried.keys() <= carried.tried.keys()


def test_a_ticket_for_a_queue_that_is_no_more_does_not_cost_the_caller() -> None:
    scene = one_agent()
    scene.arrive("c1", ticket=ticket("c1", 120, scene, queue=QueueName("closed-down")))
    assert scene.contact("c1").queue == "sales"


def test_a_ticket_from_the_future_does_not_break_the_order() -> None:
    scene = one_agent()
    scene.arrive("c1", ticket=ticket("c1", -1e9, scene))
    assert scene.contact("c1").since <= scene.now
    assert not scene.changes(Kind.BUG)


def test_a_session_that_breaks_alone_comes_back_to_its_place() -> None:
    """No Hangup: the dialplan brings the call back. Meanwhile nobody is rung for it."""
    scene = one_agent()
    call = scene.arrive("c1")
    scene.wait(10)
    carried = scene.ticket("c1")
    scene.post(ev.SessionLost(call))
    assert scene.state("c1") == "aside"
    scene.login("anna")
    assert scene.rung() == []
    assert scene.outcomes("c1") == []
    scene.wait(0.5)
    scene.arrive("c1", ticket=carried)
    assert scene.offered("anna") == "c1"
    assert scene.contact("c1").since == carried.since
    assert len([v for v in scene.changes(Kind.VISIT) if v.new == "waiting"]) == 1, "the visit went on"


def test_a_session_that_breaks_alone_keeps_its_longest_wait() -> None:
    scene = one_agent(max_wait_s=60, on_max_wait=Exit(goto="cti-voicemail,s,1"))
    call = scene.arrive("c1")
    scene.wait(10)
    carried = scene.ticket("c1")
    scene.post(ev.SessionLost(call))
    scene.wait(0.5)
    scene.arrive("c1", ticket=carried)
    scene.wait(60)
    assert scene.outcomes("c1") == ["timed_out"]


def test_a_session_that_breaks_during_the_ring_loses_nothing() -> None:
    scene = one_agent(max_wait_s=60, on_max_wait=Exit(goto="cti-voicemail,s,1"))
    scene.login("anna")
    call = scene.arrive("c1")
    carried = scene.ticket("c1")
    scene.rings("anna")
    scene.wait(5)
    scene.ringing.clear()
    scene.post(ev.SessionLost(call))  # Dial goes on in Asterisk, and fails there
    scene.post(ev.OfferEnded(scene.offer_of("anna"), RingResult.NO_ANSWER))
    scene.wait(15)
    scene.arrive("c1", ticket=carried, dial_status="NOANSWER")
    assert scene.contact("c1").since == carried.since
    assert scene.outcomes("c1") == []
    scene.wait(60)
    assert scene.outcomes("c1") == ["timed_out"]


def test_a_session_that_breaks_before_the_hangup_is_one_abandon() -> None:
    scene = one_agent()
    call = scene.arrive("c1")
    scene.wait(10)
    scene.post(ev.SessionLost(call))
    scene.wait(0.01)
    scene.post(ev.CallGone(call))
    assert scene.outcomes("c1") == ["abandoned"]
    assert not scene.center.contacts


def test_a_talk_that_ended_while_the_engine_was_dead_is_over() -> None:
    """Same entry, ANSWER by the last Dial, and a ticket: he was served; he is not put back into the line."""
    scene = one_agent()
    old = ticket("c1", 200, scene)
    scene.login("anna")
    scene.arrive("c1", ticket=old, dial_status="ANSWER", answered_s=90.0)
    assert scene.rung() == []
    assert len(scene.commands(Release, "c1")) == 1


def test_a_ring_that_failed_while_the_engine_was_dead_leaves_the_place() -> None:
    for status in ("NOANSWER", "BUSY", "CHANUNAVAIL", "CONGESTION", "CANCEL"):
        scene = one_agent()
        scene.arrive("c1", ticket=ticket("c1", 200, scene), dial_status=status)
        assert scene.state("c1") == "waiting"
        assert scene.contact("c1").since == scene.now - 200


# --- transfers ----------------------------------------------------------------------------------------------------------


def talking() -> tuple[Scene, CallId, str]:
    """c1 talks with anna."""
    scene = one_agent()
    scene.login("anna")
    scene.arrive("c1")
    leg = scene.rings("anna")
    scene.wait(3)
    scene.answer("anna")
    scene.wait(30)
    return scene, call_id("c1"), leg


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


def test_a_blind_transfer_back_into_a_queue_is_the_same_contact() -> None:
    scene, call, leg = talking()
    since, carried = scene.contact("c1").since, scene.ticket("c1")
    for event in (
        ev.CallTransferred(call, "cti-inbound", "6002", leg),
        ev.RingEnded(call, RingResult.ANSWERED, 30.0, False),
        ev.SessionLost(call),
        ev.LegDown(leg),
    ):
        scene.post(event)
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


def test_a_higher_entry_is_a_transfer_back_even_for_a_new_engine() -> None:
    scene = one_agent()
    old = ticket("c1", 300, scene, answered=True)
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


# --- what must never happen -----------------------------------------------------------------------------------------------


def test_a_talk_without_end_events_is_not_cut() -> None:
    scene, _, _ = talking()
    scene.wait(4 * 3600)
    assert scene.state("c1") == "talking"
    assert not scene.commands(Release) and not scene.commands(HangupLeg)


def test_the_end_of_a_ring_without_answer_in_a_talk_never_hangs_up() -> None:
    """Believed answered, but the switch says nobody did: the caller goes back to his place."""
    scene = one_agent()
    scene.login("anna")
    call = scene.arrive("c1")
    since = scene.contact("c1").since
    scene.post(ev.OfferAnswered(scene.offer_of("anna")))
    scene.wait(1)
    scene.ringing.clear()
    scene.post(ev.RingEnded(call, RingResult.NO_ANSWER, 0.0, True))
    assert not scene.commands(Release)
    assert scene.contact("c1").since == since
    assert scene.state("c1") in ("waiting", "offered")


def test_a_call_that_arrives_twice_is_one() -> None:
    scene = one_agent()
    scene.arrive("c1")
    scene.arrive("c1")
    assert len(scene.center.contacts) == 1
    assert not scene.changes(Kind.BUG)


def test_numbers_go_nowhere_but_to_the_marked_fields() -> None:
    scene = one_agent()
    scene.login("anna")
    scene.arrive("c1", caller="+4930555123")
    scene.talk("anna")
    scene.wait(10)
    for told in scene.told:
        text = repr(told)
        if isinstance(told, Changed) and told.caller is not None:
            text = text.replace(f"caller={told.caller!r}", "")
        assert "4930555123" not in text


def test_every_ring_names_the_call_that_waits() -> None:
    scene = one_agent()
    scene.login("anna")
    scene.arrive("c1")
    [ring] = scene.commands(Ring)
    assert (ring.call, scene.contact("c1").node) == (call_id("c1"), NODE)
