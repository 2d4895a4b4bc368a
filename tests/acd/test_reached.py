"""What does it mean that a customer whom we called has answered, or has not?"""

from __future__ import annotations

import pytest

from cti.model import commands as do
from cti.model import events as ev
from cti.model.callout import Listening, OnMachine
from cti.model.changes import Kind
from cti.model.policy import Entry
from cti.model.ticket import LONGEST_WAIT_S, Ticket
from cti.model.words import AttemptId, CallId, DialFirst, DialResult, Heard, QueueName, RingResult
from tests.calling_scene import AGENT, NUMBER, CallingScene, office
from tests.kit import NODE, Exit, Queue, center, member

pytestmark = pytest.mark.unit

CALL = CallId("node1/cti-x1")


def test_the_agent_who_is_kept_is_rung_for_the_customer() -> None:
    scene = CallingScene()
    since = scene.now - 600
    scene.due(since=since)
    scene.wait(8)
    scene.connects()
    (ring,) = scene.commands(do.Ring)
    assert (ring.call, ring.legs[0].dial) == (CALL, "PJSIP/1001")
    assert (scene.stands(), scene.agent("anna").activity) == ("offered", "ringing")
    assert scene.story() == ["placed", "answered", "human"]
    scene.answer("anna")
    assert scene.stands() == "talking"
    assert scene.ends() == ["answered"]
    scene.wait(60)
    scene.agent_hangs_up("anna")
    assert scene.stands() == "ended"
    assert scene.agent("anna").activity == "idle"


def test_the_ring_is_counted_from_the_answer_of_the_customer() -> None:
    scene = CallingScene()
    scene.due()
    scene.wait(20)
    scene.connects()
    scene.wait(3)
    scene.answer("anna")
    (accepted,) = scene.changes(Kind.OFFER, new="accepted")
    assert accepted.ring_s == pytest.approx(3)


def test_an_agent_who_waits_is_joined_with_the_customer() -> None:
    scene = CallingScene()
    scene.due(first=AGENT)
    leg = scene.agent_waits("anna")
    scene.connects()
    (join,) = scene.commands(do.Join)
    assert (join.call, join.offer) == (CALL, scene.agent("anna").offer)
    assert (scene.stands(), scene.agent("anna").activity) == ("talking", "talking")
    assert scene.ends() == ["answered"]
    assert not scene.commands(do.Ring)
    scene.wait(60)
    scene.post(ev.LegDown(leg))
    scene.post(ev.RingEnded(CALL, RingResult.ANSWERED, 60.0, True))
    assert scene.stands() == "ended"
    assert scene.agent("anna").activity == "idle"
    (ended,) = scene.changes(Kind.OFFER, new="ended")
    assert (ended.talk_s, ended.ended_by) == (pytest.approx(60), "agent")


@pytest.mark.parametrize("first", list(DialFirst))
@pytest.mark.parametrize("result", [DialResult.NO_ANSWER, DialResult.BUSY, DialResult.INVALID, DialResult.NOT_DIALLED])
def test_a_customer_who_is_not_reached_leaves_the_line(first: DialFirst, result: DialResult) -> None:
    scene = CallingScene()
    idle_since = scene.agent("anna").idle_since
    scene.wait(5)
    scene.due(first=first)
    if first is AGENT:
        scene.agent_waits("anna")
    scene.wait(20)
    scene.fails("x1", result)
    assert scene.stands() == "ended"
    assert scene.ends() == ["not_reached"]
    assert scene.offer_ends()[-1] == ("anna", "not_reached")
    assert scene.story() == ["placed", result]
    assert scene.agent("anna").activity == "idle"
    assert scene.agent("anna").idle_since == idle_since, "he did nothing wrong"
    assert [each.prompts != () for each in scene.commands(do.DismissAgent)] == ([True] if first is AGENT else [])


def test_an_answering_machine_is_nobody() -> None:
    scene = CallingScene()
    scene.due()
    scene.connects(heard=Heard.MACHINE)
    assert scene.ends() == ["not_reached"]
    assert scene.story() == ["placed", "answered", "machine"]
    assert scene.commands(do.Release)[-1].call == CALL
    assert scene.agent("anna").activity == "idle"


def test_an_answering_machine_gets_its_message() -> None:
    scene = CallingScene()
    scene.due(on_machine=OnMachine(("sorry",), 7.0))
    scene.connects(heard=Heard.MACHINE)
    (message,) = scene.commands(do.LeaveMessage)
    assert (message.call, message.prompts, message.beep_wait_s) == (CALL, ("sorry",), 7.0)
    assert scene.stands() == "ended"


def test_who_is_perhaps_a_machine_is_treated_as_a_person() -> None:
    scene = CallingScene()
    scene.due()
    scene.connects(heard=Heard.UNSURE)
    assert scene.stands() == "offered"
    assert scene.story()[-1] == "human"


def test_an_agent_who_misses_the_customer_puts_him_back_in_line_as_a_caller() -> None:
    scene = CallingScene(office("anna", sales=Queue(max_wait_s=5)))
    since = scene.now - 600
    scene.due(since=since, max_wait_s=20.0, on_max_wait=Exit(play=("safe-harbour",)))
    scene.connects()
    scene.miss("anna")
    assert scene.stands() == "waiting"
    assert scene.wish().since == since
    assert scene.commands(do.SaveTicket)[-1].ticket.since == since
    scene.wait(10)
    assert scene.ends() == ["timed_out"], "20 s after his answer"
    assert scene.commands(do.Release)[-1].prompts == ("safe-harbour",)


def test_without_a_wait_of_its_own_the_queue_s_begins_with_the_answer() -> None:
    scene = CallingScene(office("anna", sales=Queue(max_wait_s=30)))
    scene.due(since=scene.now - 600)
    scene.wait(25)
    scene.connects()
    scene.miss("anna")
    assert scene.stands() == "waiting"
    scene.wait(14)
    assert scene.stands() == "waiting"
    scene.wait(2)
    assert scene.ends() == ["timed_out"]


def test_his_phone_is_engaged_when_the_customer_answers() -> None:
    scene = CallingScene(office("anna", "ben"))
    scene.due()
    scene.post(ev.LegUp("node1/p.1", "PJSIP/1001"))
    scene.connects()
    assert scene.agent("ben").activity == "ringing", "another one is free for him"


def test_the_agent_has_left_and_the_customer_answers_in_that_instant() -> None:
    scene = CallingScene(obedient=False)
    scene.due(first=AGENT)
    scene.agent_waits("anna")
    scene.waiting_agent_hangs_up("anna")
    assert scene.commands(do.CancelCall)
    scene.connects()
    assert scene.stands() == "waiting", "he is a caller in the line"
    assert scene.commands(do.StartMusic)
    assert not scene.commands(do.Release)
    assert scene.story() == ["placed", "answered", "human"]
    scene.wait(61)
    assert scene.agent("anna").activity == "ringing"


def test_who_has_answered_is_not_taken_back() -> None:
    scene = CallingScene(obedient=False)
    scene.due()
    scene.picks_up()
    scene.logout("anna")
    assert not scene.commands(do.CancelCall)
    scene.connects()
    assert scene.stands() == "waiting"


def test_nobody_wants_him_any_more() -> None:
    scene = CallingScene(obedient=False)
    contact = scene.due()
    scene.supervise(contact, "withdraw")
    scene.connects()
    assert scene.commands(do.Release)[-1].call == CALL
    assert scene.stands() == "ended"


def test_he_answers_and_hangs_up_before_he_is_in_our_hands() -> None:
    scene = CallingScene()
    scene.due(first=AGENT)
    scene.agent_waits("anna")
    scene.picks_up()
    scene.post(ev.CallGone(CALL))
    assert scene.ends() == ["abandoned"]
    assert scene.story() == ["placed", "answered", "human"]
    assert scene.agent("anna").activity == "idle"


def test_the_customer_hangs_up_while_the_agent_s_phone_rings() -> None:
    scene = CallingScene()
    scene.due()
    call = scene.connects()
    scene.rings("anna")
    scene.caller_hangs_up(call)
    assert scene.ends() == ["abandoned"]
    assert scene.offer_ends()[-1] == ("anna", "abandoned")
    assert scene.agent("anna").activity == "idle"


def test_nobody_can_tell_what_became_of_it() -> None:
    scene = CallingScene(obedient=False)
    scene.due(ring_timeout_s=30.0)
    scene.wait(41)
    assert scene.story() == ["placed", "unknown"]
    assert scene.ends() == ["not_reached"]
    assert scene.changes(Kind.REPAIR, new="attempt_lost")
    scene.fails()
    assert scene.story() == ["placed", "unknown"], "one end"
    scene.connects()
    assert scene.contact(CALL) is not None, "he who answers all the same is a caller"


def test_without_an_agent_he_waits_from_his_answer_on() -> None:
    scene = CallingScene(office("anna", sales=Queue(max_wait_s=60)))
    scene.pause("anna")
    scene.due(reserve=False, max_wait_s=2.0, on_max_wait=Exit(play=("safe-harbour",)))
    scene.wait(12)
    scene.connects()
    assert scene.wish().since == scene.now
    assert scene.stands() == "waiting"
    scene.wait(2)
    assert scene.ends() == ["timed_out"]
    assert scene.commands(do.Release)[-1].prompts == ("safe-harbour",)


def test_without_an_agent_he_may_go_into_a_flow() -> None:
    policy = center(agents={"anna": member("sales")}, entries={"6201": Entry(flow="greet")})
    scene = CallingScene(policy)
    scene.due(reserve=False, flow="greet")
    scene.connects()
    assert scene.stands() == "in_flow"
    (run,) = scene.commands(do.RunFlow)
    assert (run.flow, run.caller) == ("greet", NUMBER)


@pytest.mark.parametrize("result", [DialResult.NO_ANSWER, DialResult.BUSY])
def test_without_an_agent_nothing_is_left_of_who_is_not_reached(result: DialResult) -> None:
    scene = CallingScene()
    scene.due(reserve=False)
    scene.fails("x1", result)
    assert scene.stands() == "ended"
    assert scene.story() == ["placed", result]
    assert not scene.changes(Kind.VISIT)


def test_we_died_while_his_phone_rang() -> None:
    before = CallingScene()
    before.due(since=before.now - 600)
    after = CallingScene()
    after.logout("anna")
    after.post(
        ev.CallArrived(CALL, NODE, "PJSIP/trunk-1", "", NUMBER, ticket=before.ticket_of(), attempt=AttemptId("x1"))
    )
    contact = after.contact(CALL)
    assert contact is not None
    assert (contact.id, contact.state, contact.since) == ("out-x1", "waiting", after.now - 600)
    after.post(ev.CallGone(CALL))
    (gave_up,) = after.changes(Kind.VISIT, new="abandoned")
    assert gave_up.outbound, "he has not called us: nobody promises him a call for it"


def test_a_machine_whom_nobody_knows_is_hung_up() -> None:
    scene = CallingScene()
    words = {"attempt": AttemptId("x9"), "heard": Heard.MACHINE}
    scene.post(ev.CallArrived(CallId("node1/cti-x9"), NODE, "PJSIP/trunk-1", "", NUMBER, **words))
    assert scene.commands(do.Release)[-1].goto == ""
    assert not scene.center.contacts


def test_who_comes_without_a_ticket_goes_to_the_fallback() -> None:
    scene = CallingScene()
    scene.post(ev.CallArrived(CallId("node1/cti-x9"), NODE, "PJSIP/t-1", "", NUMBER, attempt=AttemptId("x9")))
    assert scene.commands(do.Release)[-1].goto.startswith("cti-fallback")


def test_our_order_to_take_it_back_has_hit_him_who_had_just_picked_up() -> None:
    scene = CallingScene(obedient=False)
    scene.due()
    scene.logout("anna")
    scene.picks_up()
    scene.post(ev.CallGone(CALL))
    assert scene.story() == ["placed", "answered", "cancelled"]
    assert scene.stands() == "waiting", "he is called again"


def test_who_answers_after_our_death_without_an_agent_waits_from_then_on() -> None:
    before, after = CallingScene(), CallingScene()
    before.due(reserve=False)
    after.logout("anna")
    after.wait(30)
    words = {"ticket": before.ticket_of(), "attempt": AttemptId("x1")}
    after.post(ev.CallArrived(CALL, NODE, "PJSIP/trunk-1", "", NUMBER, **words))
    assert after.contact(CALL).since == after.now


def test_his_hang_up_overtakes_him() -> None:
    scene = CallingScene()
    scene.due()
    scene.picks_up()
    scene.post(ev.CallGone(CALL))
    scene.connects()
    assert scene.stands() == "ended"
    assert scene.commands(do.Release)[-1].call == CALL


def test_who_was_in_the_line_already_when_we_died_keeps_his_time() -> None:
    before = CallingScene()
    before.pause("anna")
    before.due(reserve=False)
    call = before.connects()
    before.wait(30.0)
    ticket = before.commands(do.SaveTicket)[-1].ticket
    after = CallingScene()
    after.pause("anna")
    after.now = before.now
    after.due(reserve=False, contact=ticket.contact)
    after.post(ev.CallArrived(call, NODE, "PJSIP/trunk-x1", "", NUMBER, attempt=AttemptId("x1"), ticket=ticket))
    assert after.center.contacts[ticket.contact].since == ticket.since


def test_nobody_has_waited_since_a_time_that_cannot_be() -> None:
    scene = CallingScene()
    scene.pause("anna")
    scene.due(reserve=False)
    ticket = Ticket(scene.wish().id, QueueName("sales"), since=-9e8, entered_at=-9e8, queued=True)
    scene.post(ev.CallArrived(CALL, NODE, "PJSIP/trunk-x1", "", NUMBER, attempt=AttemptId("x1"), ticket=ticket))
    assert scene.wish().since == scene.now - LONGEST_WAIT_S


def test_what_listening_told_is_told_with_the_end_of_the_attempt() -> None:
    scene = CallingScene()
    scene.due(listen=Listening())
    scene.picks_up()
    scene.wait(1.5)
    scene.connects(heard=Heard.MACHINE, heard_why="MAXWORDS-4-3")
    (told,) = [told for told in scene.changes(Kind.ATTEMPT) if told.new == "machine"]
    assert (told.reason, told.seconds) == ("machine MAXWORDS-4-3", 1.5)


def test_on_trial_what_seems_to_be_a_machine_is_put_through() -> None:
    scene = CallingScene()
    scene.due(first=DialFirst.CUSTOMER, listen=Listening(), on_machine=OnMachine(as_person=True))
    scene.connects(heard=Heard.MACHINE, heard_why="MAXWORDS-4-3")
    assert scene.agent("anna").activity == "ringing"
    assert [told.reason for told in scene.changes(Kind.ATTEMPT) if told.new == "human"] == ["machine MAXWORDS-4-3"]
