"""Do call-outs work on a real Asterisk? The switch alone: real phones as customers and agents, the test as the core."""

from __future__ import annotations

from pathlib import Path

import pytest

from cti.model import commands, events
from cti.model.callout import Listening
from cti.model.words import AttemptId, DialResult, Heard, OfferId, RingResult

from . import voices
from .calling_out import arrived, ended, joined, waits
from .centre import Centre
from .lone_switch import NODE, NUMBER, LoneSwitch, call_of
from .tones import Ear
from .waiting import until

pytestmark = pytest.mark.acceptance

# --- the ends of an attempt -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "result"),
    [
        (486, DialResult.BUSY),
        (603, DialResult.REJECTED),
        (480, DialResult.NO_ANSWER),
        (404, DialResult.INVALID),
        (484, DialResult.INVALID),
        (503, DialResult.CONGESTION),
        (500, DialResult.CONGESTION),
    ],
)
def test_what_the_network_answers(centre: Centre, switch: LoneSwitch, code: int, result: DialResult) -> None:
    switch.place(f"r{code}")
    centre.world.ringing().refuse(code)
    assert ended(switch, f"r{code}") is result
    until(lambda: not centre.witness.channels(), "no channel left")
    assert len(switch.of(events.AttemptEnded)) == 1
    assert not switch.of(events.CallGone, events.CallArrived, events.AttemptAnswered)


def test_nobody_answers(centre: Centre, switch: LoneSwitch) -> None:
    switch.place("quiet", ring_timeout_s=1.0)
    phone = centre.world.ringing()
    assert ended(switch, "quiet") is DialResult.NO_ANSWER
    phone.wait("disconnected")


def test_a_number_that_is_none_and_a_trunk_that_is_not_there(centre: Centre, switch: LoneSwitch) -> None:
    switch.place("evil", "+4930123&PJSIP/1001")
    assert ended(switch, "evil") is DialResult.INVALID
    assert not centre.witness.events("Newchannel") and not centre.phone("1001").incoming


def test_taken_back_while_it_rings(centre: Centre, switch: LoneSwitch) -> None:
    switch.place("back")
    phone = centre.world.ringing()
    switch.do(commands.CancelCall(AttemptId("back"), NODE))
    assert ended(switch, "back") is DialResult.CANCELLED
    phone.wait("disconnected")


def test_taken_back_at_once(centre: Centre, switch: LoneSwitch) -> None:
    """The Originate and its end are on the way together."""
    switch.place("flash")
    switch.do(commands.CancelCall(AttemptId("flash"), NODE))
    assert ended(switch, "flash") is DialResult.CANCELLED
    until(lambda: not centre.witness.channels(), "no channel left")


@pytest.mark.parametrize("trial", range(3))
def test_taken_back_as_he_answers(centre: Centre, switch: LoneSwitch, trial: int) -> None:
    """Not reached, or a caller; or hung up on in that one millisecond, as a caller who has gone."""
    attempt = f"race{trial}"
    switch.place(attempt)
    phone = centre.world.ringing()
    phone.answer()
    switch.do(commands.CancelCall(AttemptId(attempt), NODE))
    until(lambda: switch.of(events.AttemptEnded, events.CallGone, events.CallArrived), "an end, or a caller")
    phone.hangup()
    phone.wait("disconnected")
    until(lambda: not centre.witness.channels(), "no channel left")
    told = switch.of(events.AttemptAnswered, events.AttemptEnded, events.CallArrived)
    assert [type(event) for event in told] in (
        [events.AttemptEnded],
        [events.AttemptAnswered],
        [events.AttemptAnswered, events.CallArrived],
    )


# --- who answers ------------------------------------------------------------------------------------------------------


def test_who_answers_is_a_caller(centre: Centre, switch: LoneSwitch) -> None:
    """He is rung through to an agent by an ordinary Ring, whose phone shows his number."""
    switch.place("A-1.x_2", caller_id='"Acme" <+4930000>')
    phone = centre.world.ringing()
    assert phone.number == "+4930000"
    phone.answer()
    call = arrived(switch, "A-1.x_2")
    assert (call.call, call.heard, call.caller) == (call_of("A-1.x_2"), Heard.NOTHING, NUMBER)
    assert call.ticket is not None and call.ticket.contact == "A-1.x_2" and call.dialled == ""
    switch.do(
        commands.StartMusic(call.call, "default"),
        commands.Ring(call.call, (commands.RingLeg(OfferId("o1"), "PJSIP/1001"),), 20.0),
    )
    agent = centre.rings("1001")
    assert agent.number == NUMBER
    agent.answer()
    phone.hears()
    agent.hears()
    agent.hangup()
    _, over = switch.until(events.RingEnded)
    assert (over.result, over.caller_there, over.offer) == (RingResult.ANSWERED, True, "o1")
    switch.do(commands.Release(call.call))
    phone.wait("disconnected")


@pytest.mark.parametrize(
    ("says", "heard"), [(voices.PERSON, Heard.HUMAN), (voices.MACHINE, Heard.MACHINE), (voices.SILENT, Heard.UNSURE)]
)
def test_listening(
    centre: Centre, switch: LoneSwitch, tmp_path: Path, says: tuple[str | float, ...], heard: Heard
) -> None:
    centre.world.voice(centre.line_of_the_world, voices.write(centre.lab, tmp_path / "says.wav", says))
    switch.place("l1", listen=Listening())
    centre.world.ringing().answer()
    assert arrived(switch, "l1").heard is heard


def test_a_message_for_a_machine_comes_behind_its_beep(centre: Centre, switch: LoneSwitch, tmp_path: Path) -> None:
    centre.world.voice(centre.line_of_the_world, voices.write(centre.lab, tmp_path / "says.wav", voices.MACHINE))
    switch.place("m1", listen=Listening())
    phone = centre.world.ringing()
    phone.answer()
    phone.wait("confirmed")
    phone.record(tmp_path / "heard.wav")
    call = arrived(switch, "m1")
    switch.do(commands.LeaveMessage(call.call, ("custom/message",), 15.0))
    ear = Ear(tmp_path / "heard.wav")
    said = ear.until("message", timeout_s=20.0)
    greeting_s = voices.seconds(centre.lab, "vm-intro") + 0.3 + voices.seconds(centre.lab, "beep")
    assert said.start_s > greeting_s, "not into the greeting"
    phone.wait("disconnected")


def test_who_hangs_up_while_we_listen(centre: Centre, switch: LoneSwitch, tmp_path: Path) -> None:
    """An answer, and the end of a call; no attempt ends twice."""
    centre.world.voice(centre.line_of_the_world, voices.write(centre.lab, tmp_path / "says.wav", voices.MACHINE))
    switch.place("h1", listen=Listening())
    phone = centre.world.ringing()
    phone.answer()
    switch.until(events.AttemptAnswered)
    phone.hangup()
    switch.until(events.CallGone, lambda e: e.call == call_of("h1"))
    assert not switch.of(events.AttemptEnded, events.CallArrived)


# --- the agent first --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "result"), [(486, RingResult.BUSY), (603, RingResult.REJECTED), (500, RingResult.UNREACHABLE)]
)
def test_an_agent_who_is_not_to_be_had(centre: Centre, switch: LoneSwitch, code: int, result: RingResult) -> None:
    switch.ring("o1", "1001")
    centre.rings("1001").refuse(code)
    _, end = switch.until(events.OfferEnded)
    assert (end.offer, end.result) == ("o1", result)


def test_an_agent_who_does_not_answer_or_is_taken_back(centre: Centre, switch: LoneSwitch) -> None:
    switch.ring("o1", "1001", ring_timeout_s=1.0)
    centre.rings("1001").wait("disconnected")
    assert switch.until(events.OfferEnded)[1].result is RingResult.NO_ANSWER
    switch.ring("o2", "1001")
    phone = centre.rings("1001")
    switch.do(commands.DismissAgent(NODE, OfferId("o2")))
    phone.wait("disconnected")
    assert switch.until(events.OfferEnded, lambda e: e.offer == "o2")[1].result is RingResult.CANCELLED


def test_a_phone_that_is_not_registered(switch: LoneSwitch) -> None:
    switch.ring("o1", "1009")
    assert switch.until(events.OfferEnded)[1].result is RingResult.UNREACHABLE


def test_an_agent_whose_phone_is_behind_a_local_channel(centre: Centre, switch: LoneSwitch) -> None:
    """As with FreePBX: two channels of one Uniqueid's making, and the phone's own behind them."""
    leg = commands.RingLeg(OfferId("o1"), "Local/1001@cti-agent/n")
    switch.do(commands.RingAgent(NODE, leg, 20.0, "Ada"))
    agent = centre.rings("1001")
    agent.answer()
    switch.until(events.OfferAnswered)
    switch.joins_at_once[AttemptId("j1")] = OfferId("o1")
    switch.place("j1")
    customer = centre.world.ringing()
    customer.answer()
    agent.hears()
    until(lambda: sum(bool(c["BridgeId"]) for c in centre.witness.channels()) == 4, "two bridges")
    customer.hears()
    customer.hangup()
    agent.wait("disconnected")
    assert switch.until(events.RingEnded)[1].result is RingResult.ANSWERED


def test_an_agent_who_waits_hears_it_ring_and_is_dismissed_with_words(
    centre: Centre, switch: LoneSwitch, tmp_path: Path
) -> None:
    phone = waits(centre, switch)
    assert "Ada Lovelace" in phone.remote and "anonymous" not in phone.remote.lower()
    phone.record(tmp_path / "heard.wav")
    ear = Ear(tmp_path / "heard.wav")
    ear.until("music")
    switch.do(commands.DismissAgent(NODE, OfferId("o1"), ("custom/sorry",)))
    ear.until("sorry")
    phone.wait("disconnected")
    switch.until(events.LegDown)
    assert not switch.of(events.OfferEnded)


def test_an_agent_who_hangs_up_while_he_waits(centre: Centre, switch: LoneSwitch) -> None:
    """He is gone by his leg; a join that comes too late finds nobody, and the customer stays with us."""
    agent = waits(centre, switch)
    switch.place("j1")
    customer = centre.world.ringing()
    agent.hangup()
    switch.until(events.LegDown)
    customer.answer()
    call = arrived(switch, "j1")
    switch.do(commands.Join(call.call, OfferId("o1")))
    _, over = switch.until(events.RingEnded)
    assert (over.result, over.caller_there) == (RingResult.UNREACHABLE, True)
    switch.do(commands.Ring(call.call, (commands.RingLeg(OfferId("o2"), "PJSIP/1002"),), 20.0))
    second = centre.rings("1002")
    second.answer()
    customer.hears()
    second.hears()


def test_joined_and_the_agent_hangs_up(centre: Centre, switch: LoneSwitch, tmp_path: Path) -> None:
    """The customer stays in our hands; what the agent heard from then on was the customer, and no ringing tone."""
    agent, customer = joined(centre, switch)
    agent.record(tmp_path / "heard.wav")
    ear = Ear(tmp_path / "heard.wav")
    until(lambda: sum(sound.seconds for sound in ear.heard() if sound.what == "talk") > 1.0, "a second of talk")
    assert "music" not in [sound.what for sound in ear.heard()]
    agent.hangup()
    _, over = switch.until(events.RingEnded)
    assert (over.result, over.caller_there, over.offer) == (RingResult.ANSWERED, True, "o1")
    switch.do(commands.Announce(call_of("j1"), ("custom/thanks",)))
    switch.until(events.AnnouncementEnded)
    switch.do(commands.Release(call_of("j1")))
    customer.wait("disconnected")


def test_joined_and_the_customer_hangs_up(centre: Centre, switch: LoneSwitch) -> None:
    agent, customer = joined(centre, switch)
    customer.hangup()
    _, over = switch.until(events.RingEnded)
    assert (over.result, over.caller_there, over.offer) == (RingResult.ANSWERED, False, "o1")
    agent.wait("disconnected")
    switch.until(events.CallGone, lambda e: e.call == call_of("j1"))


def test_joined_then_held_then_sent_to_a_colleague(centre: Centre, switch: LoneSwitch) -> None:
    agent, customer = joined(centre, switch)
    agent.hold()
    switch.until(events.LegHeld, lambda e: e.held)
    agent.unhold()
    switch.until(events.LegHeld, lambda e: not e.held)
    agent.transfer_blind("1002")
    colleague = centre.rings("1002")
    colleague.answer()
    _, sent = switch.until(events.CallTransferred)
    assert (sent.call, sent.exten) == (call_of("j1"), "1002")
    colleague.hears()
    customer.hears()
    agent.wait("disconnected")
    assert switch.until(events.RingEnded)[1].caller_there is False
    assert len(switch.of(events.RingEnded)) == 1


def test_joined_then_sent_into_a_queue_he_is_a_new_entry_of_the_same_call(centre: Centre, switch: LoneSwitch) -> None:
    agent, _ = joined(centre, switch)
    agent.transfer_blind("6001")
    _, again = switch.until(events.CallArrived, lambda e: e.attempt is None)
    assert (again.call, again.entry, again.dialled, again.dial_status) == (call_of("j1"), 2, "6001", "")


def test_joined_then_handed_over_to_a_colleague(centre: Centre, switch: LoneSwitch) -> None:
    agent, customer = joined(centre, switch)
    agent.hold()
    consultation = centre.dial("1001", "1002")
    colleague = centre.rings("1002")
    colleague.answer()
    consultation.wait("confirmed")
    agent.transfer_attended(consultation)
    agent.wait("disconnected")
    switch.until(events.CallReplaced)
    customer.hears()
    colleague.hears()
    assert not switch.of(events.RingEnded), "the customer still talks"
    colleague.hangup()
    assert switch.until(events.RingEnded)[1].caller_there is True
