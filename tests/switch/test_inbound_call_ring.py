"""A ring on one caller's session: what is dialled, how its end is read, and who was there when it ended."""

from __future__ import annotations

import pytest

from cti.model import commands, events
from cti.model.words import CallId, OfferId, RingResult
from cti.switch.inbound_call import InboundCall
from tests.switch.in_memory import Caller, Desk

pytestmark = pytest.mark.unit

C = CallId("a/17.1")
O1, O2 = OfferId("o1"), OfferId("o2")
LOST = events.SessionLost(C)
STATUS = "GET FULL VARIABLE ${DIALSTATUS},${HANGUPCAUSE},${ANSWEREDTIME}"


def ring(*phones: str, timeout_s: float = 20.0, music: str = "") -> commands.Ring:
    legs = tuple(commands.RingLeg(OfferId(f"o{place}"), phone) for place, phone in enumerate(phones, 1))
    return commands.Ring(C, legs, timeout_s, music)


async def a_ring(*phones: str, music: str = "") -> tuple[InboundCall, Caller, Desk]:
    """A caller whose Dial is under way, after `music` where given."""
    desk, caller = Desk(), Caller()
    call = InboundCall(C, "PJSIP/trunk-00000001", caller.session, desk.post)
    if music:
        call.start_music(commands.StartMusic(C, music))
        await caller.answers_all()
    call.ring(ring(*(phones or ("PJSIP/1001",)), music=music))
    assert [line.split()[:2] for line in caller.heard()] == [["EXEC", "Dial"]]
    return call, caller, desk


# --- what is dialled --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "line"),
    [
        (ring("PJSIP/1001"), "EXEC Dial PJSIP/1001,20,g"),
        (ring("PJSIP/1001", timeout_s=12.5, music="jazz"), "EXEC Dial PJSIP/1001,12.5,gm(jazz)"),
        (ring("PJSIP/1001", "PJSIP/1002", "Local/5@ctx"), "EXEC Dial PJSIP/1001&PJSIP/1002&Local/5@ctx,20,g"),
        (
            commands.Ring(C, (commands.RingLeg(O1, "PJSIP/1001"),), 20.0, "jazz", auto_answer=True),
            "EXEC Dial PJSIP/1001,20,gm(jazz)b(cti-auto-answer^s^1)",
        ),
        (ring("PJSIP/1001/sip:a b@host", timeout_s=300.0), 'EXEC Dial "PJSIP/1001/sip:a b@host,300,g"'),
    ],
)
async def test_the_dial_string(command: commands.Ring, line: str) -> None:
    caller = Caller()
    InboundCall(C, "PJSIP/trunk-00000001", caller.session, Desk().post).ring(command)
    assert caller.heard() == [line]


async def test_a_new_ring_knows_nothing_of_the_last_one() -> None:
    call, caller, desk = await a_ring()
    call.legs[O1], call.answered = "PJSIP/1001-0000000a", O1
    call.to_stop.add(O1)
    await caller.answers()
    desk.told()
    call.ring(ring("PJSIP/1002"))
    assert (len(call.legs), len(call.to_stop), call.answered is None) == (0, 0, True)
    caller.heard()
    await caller.answers()
    assert caller.heard() == [STATUS]


# --- how it ended -----------------------------------------------------------------------------------------------------


async def test_nobody_answers_and_the_music_comes_back() -> None:
    call, caller, desk = await a_ring(music="jazz")
    await caller.answers()
    assert (caller.heard(), desk.told(), call.rings) == ([STATUS], [], True)
    await caller.answers("NOANSWER,19,")
    assert caller.heard() == ["SET MUSIC ON jazz"]
    assert desk.told() == [events.RingEnded(C, RingResult.NO_ANSWER)]
    assert (call.rings, caller.closed) == (False, False)


async def test_a_caller_without_music_gets_none_after_a_ring() -> None:
    _, caller, desk = await a_ring()
    await caller.answers()
    await caller.answers("BUSY,17,")
    assert caller.heard() == [STATUS]
    assert desk.told() == [events.RingEnded(C, RingResult.BUSY)]


async def test_after_a_talk_there_is_no_music_and_no_question() -> None:
    call, caller, desk = await a_ring("PJSIP/1001", "PJSIP/1002", music="jazz")
    call.answered = O2
    await caller.answers()
    assert caller.heard() == []
    assert desk.told() == [events.RingEnded(C, RingResult.ANSWERED, offer=O2)]
    assert not caller.closed


@pytest.mark.parametrize(
    ("said", "result", "answered_s"),
    [
        ("ANSWER,16,125", RingResult.ANSWERED, 125.0),
        ("ANSWER,16,", RingResult.ANSWERED, 0.0),
        ("NOANSWER,19,", RingResult.NO_ANSWER, 0.0),
        ("BUSY,17,", RingResult.BUSY, 0.0),
        ("CHANUNAVAIL,21,", RingResult.REJECTED, 0.0),
        ("CHANUNAVAIL,20,", RingResult.UNREACHABLE, 0.0),
        ("CONGESTION,34,", RingResult.UNREACHABLE, 0.0),
        ("CANCEL,0,", RingResult.CANCELLED, 0.0),
        # What no Asterisk should say costs nobody anything.
        ("", RingResult.CANCELLED, 0.0),
        (",,", RingResult.CANCELLED, 0.0),
        ("BUSY", RingResult.BUSY, 0.0),
        ("ANSWER,16,12,7", RingResult.ANSWERED, 0.0),
        ("ANSWER,16,-3", RingResult.ANSWERED, 0.0),
        ("ANSWER,16,soon", RingResult.ANSWERED, 0.0),
        ("ANSWER,16,\N{SUPERSCRIPT TWO}", RingResult.ANSWERED, 0.0),
    ],
)
async def test_the_three_words_that_dial_leaves(said: str, result: RingResult, answered_s: float) -> None:
    _, caller, desk = await a_ring()
    await caller.answers()
    await caller.answers(said)
    assert desk.told() == [events.RingEnded(C, result, answered_s)]


async def test_an_answer_that_ami_tells_at_the_last_moment_counts() -> None:
    call, caller, desk = await a_ring(music="jazz")
    await caller.answers()
    call.answered = O1
    await caller.answers("NOANSWER,19,")
    assert desk.told() == [events.RingEnded(C, RingResult.ANSWERED, offer=O1)]
    assert caller.heard() == [STATUS]


# --- who was there ----------------------------------------------------------------------------------------------------


async def test_a_hangup_while_it_rings_waits_for_what_dial_says() -> None:
    _, caller, desk = await a_ring(music="jazz")
    await caller.hangs_up()
    assert (desk.told(), caller.closed) == ([], False)
    await caller.says("200 result=-1")
    assert caller.heard() == [STATUS]
    assert desk.told() == []
    await caller.answers("CANCEL,0,")
    assert caller.heard() == [], "the dead need no music"
    assert desk.told() == [events.RingEnded(C, RingResult.CANCELLED, caller_there=False), LOST]
    assert caller.closed


async def test_an_answer_that_was_cut_short_says_that_the_caller_left() -> None:
    call, caller, desk = await a_ring()
    call.answered = O1
    await caller.says("200 result=-1", "HANGUP")
    assert desk.told() == [events.RingEnded(C, RingResult.ANSWERED, caller_there=False, offer=O1), LOST]
    assert caller.closed


async def test_an_answer_that_was_cut_short_is_enough_if_the_hangup_comes_later() -> None:
    call, caller, desk = await a_ring()
    call.answered = O1
    await caller.says("200 result=-1")
    assert desk.told() == [events.RingEnded(C, RingResult.ANSWERED, caller_there=False, offer=O1), LOST]


async def test_a_dial_that_was_cut_short_is_enough_though_no_hangup_is_told() -> None:
    _, caller, desk = await a_ring(music="jazz")
    await caller.says("200 result=-1")
    await caller.answers("CANCEL,0,")
    assert caller.heard() == [STATUS]
    assert desk.told() == [events.RingEnded(C, RingResult.CANCELLED, caller_there=False), LOST]


@pytest.mark.parametrize(("answered", "result"), [(None, RingResult.CANCELLED), (O1, RingResult.ANSWERED)])
async def test_a_hangup_and_then_the_end_of_the_connection(answered: OfferId | None, result: RingResult) -> None:
    call, caller, desk = await a_ring()
    call.answered = answered
    await caller.hangs_up()
    await caller.breaks()
    assert desk.told() == [events.RingEnded(C, result, caller_there=False, offer=answered), LOST]


async def test_a_hangup_and_the_end_of_the_connection_before_the_status_is_told() -> None:
    _, caller, desk = await a_ring()
    await caller.says("200 result=-1", "HANGUP")
    await caller.breaks()
    assert desk.told() == [events.RingEnded(C, RingResult.CANCELLED, caller_there=False), LOST]


@pytest.mark.parametrize("answered", [None, O1])
async def test_a_connection_lost_in_a_dial_says_nothing_of_the_ring(answered: OfferId | None) -> None:
    """The Dial goes on without us; whatever becomes of it comes back with the call."""
    call, caller, desk = await a_ring()
    call.answered = answered
    await caller.breaks()
    assert desk.told() == [LOST]
    assert (call.rings, call.ended.done()) == (False, True)


async def test_a_connection_lost_before_the_status_is_told_says_nothing_of_the_ring() -> None:
    _, caller, desk = await a_ring()
    await caller.answers()
    await caller.breaks()
    assert desk.told() == [LOST]


async def test_a_session_that_another_replaces_says_nothing_of_its_ring() -> None:
    call, caller, desk = await a_ring()
    call.close()
    assert desk.told() == [LOST]
    await caller.breaks()
    assert desk.told() == []


async def test_a_session_that_is_replaced_after_its_hangup_ends_its_ring_first() -> None:
    call, caller, desk = await a_ring()
    await caller.hangs_up()
    call.close()
    assert desk.told() == [events.RingEnded(C, RingResult.CANCELLED, caller_there=False), LOST]
    await caller.breaks()
    assert desk.told() == []


async def test_a_release_in_a_talk_waits_for_its_end() -> None:
    call, caller, desk = await a_ring()
    call.answered = O1
    assert call.release(commands.Release(C)) is False
    assert caller.heard() == []
    await caller.answers()
    assert caller.heard() == ["SET VARIABLE CTI_DONE 1"]
    assert desk.told() == [events.RingEnded(C, RingResult.ANSWERED, offer=O1)]


async def test_a_ring_of_more_phones_than_one_line_holds_is_answered_and_not_raised() -> None:
    """AGI reads at most 8190 bytes a line: a ring-all of some 750 phones is more."""
    caller, desk = Caller(), Desk()
    call = InboundCall(C, "PJSIP/trunk-00000001", caller.session, desk.post)
    call.ring(ring(*(f"PJSIP/{phone}" for phone in range(1000, 1800))))
    assert [type(event) for event in desk.told()][:1] == [events.RingEnded]
    assert not call.rings
