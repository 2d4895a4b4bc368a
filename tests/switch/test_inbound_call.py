"""One caller's session, told as stories: what is written when, what is cut off, how a session ends."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Callable

import pytest

from cti.model import commands, events
from cti.model.ticket import Ticket, decode_ticket
from cti.model.words import CallId, ContactId, OfferId, QueueName, RingResult
from cti.switch.agi_session import ANSWER_S, MAX_QUEUED_COMMANDS
from cti.switch.inbound_call import STUCK_RING_S, InboundCall
from tests.switch.in_memory import Caller, Desk, settle

pytestmark = pytest.mark.unit

C = CallId("a/17.1")
TICKET = Ticket(ContactId(C), QueueName("sales"), since=100.0, entered_at=100.0)
RING = commands.Ring(C, (commands.RingLeg(OfferId("o1"), "PJSIP/1001"),), 20.0, "default")
MUSIC = commands.StartMusic(C, "default")
LOST = events.SessionLost(C)
PLAYED = events.AnnouncementEnded(C)
ACCEPT = "EXEC MSet TIMEOUT(absolute)=0"


def a_call() -> tuple[InboundCall, Caller, Desk]:
    desk, caller = Desk(), Caller()
    return InboundCall(C, "PJSIP/trunk-00000001", caller.session, desk.post), caller, desk


def ticket_in(line: str) -> Ticket | None:
    return decode_ticket(line.partition("CTI_TICKET=")[2])


async def test_nothing_of_a_call_that_is_over_waits_for_the_collector() -> None:
    call, caller, _ = a_call()
    call.ring(RING)
    await caller.hangs_up()
    await caller.answers_all()
    await caller.breaks()
    left = [weakref.ref(call), weakref.ref(call.ended)]
    gc.disable()
    try:
        del call
        assert [ref() for ref in left] == [None, None]
    finally:
        gc.enable()


# --- commands ---------------------------------------------------------------------------------------------------------


async def test_commands_go_out_one_by_one_in_their_order() -> None:
    call, caller, desk = a_call()
    call.save_ticket(commands.SaveTicket(C, TICKET))
    call.start_music(MUSIC)
    (first,) = caller.heard()
    assert first.startswith("EXEC MSet ")
    await caller.answers()
    assert caller.heard() == ["SET MUSIC ON default"]
    call.ring(RING)
    await caller.answers()
    assert caller.heard() == ["EXEC Dial PJSIP/1001,20,gm(default)"]
    assert desk.told() == []


async def test_music_that_is_still_to_come_gives_way_to_that_of_the_dial() -> None:
    call, caller, desk = a_call()
    call.save_ticket(commands.SaveTicket(C, TICKET))
    call.start_music(MUSIC)
    call.ring(RING)
    await caller.answers()
    assert caller.heard()[1:] == ["EXEC Dial PJSIP/1001,20,gm(default)"]
    await caller.answers()
    assert caller.heard() == ["GET FULL VARIABLE ${DIALSTATUS},${HANGUPCAUSE},${ANSWEREDTIME}"]
    await caller.answers("NOANSWER,0,")
    assert caller.heard() == ["SET MUSIC ON default"]  # nobody took it: he waits again
    assert desk.told() == [events.RingEnded(C, RingResult.NO_ANSWER, caller_there=True)]


async def test_the_first_ticket_takes_the_dialplans_deadline_away_and_the_next_do_not() -> None:
    call, caller, _ = a_call()
    call.save_ticket(commands.SaveTicket(C, TICKET))
    (first,) = caller.heard()
    assert first.startswith("EXEC MSet TIMEOUT(absolute)=0,CTI_TICKET=")
    assert ticket_in(first) == TICKET
    await caller.answers()
    call.save_ticket(commands.SaveTicket(C, TICKET))
    (second,) = caller.heard()
    assert second.startswith("EXEC MSet CTI_TICKET=")
    assert ticket_in(second) == TICKET


# --- prompts ----------------------------------------------------------------------------------------------------------


async def test_prompts_follow_one_another_then_the_music_comes_back() -> None:
    call, caller, desk = a_call()
    call.start_music(MUSIC)
    await caller.answers_all()
    call.announce(commands.Announce(C, ("one", "two")))
    assert caller.heard() == ['STREAM FILE one ""']
    await caller.answers()
    assert caller.heard() == ['STREAM FILE two ""']
    assert desk.told() == []
    await caller.answers()
    assert desk.told() == [PLAYED]
    assert caller.heard() == ["SET MUSIC ON default"]
    await caller.answers()
    assert (caller.heard(), desk.told(), caller.closed) == ([], [], False)


async def test_where_no_music_was_there_is_none_after_a_prompt() -> None:
    call, caller, desk = a_call()
    call.announce(commands.Announce(C, ("one",)))
    assert await caller.answers_all() == ['STREAM FILE one ""']
    assert desk.told() == [PLAYED]


async def test_a_ring_cuts_prompts_off_and_drops_those_that_wait() -> None:
    call, caller, desk = a_call()
    call.start_music(MUSIC)
    await caller.answers_all()
    call.announce(commands.Announce(C, ("one", "two", "three")))
    caller.heard()
    assert call.ring(RING) is True, "what plays must be stopped from outside"
    assert desk.told() == [PLAYED]
    assert caller.heard() == []
    await caller.answers()
    assert caller.heard() == ["EXEC Dial PJSIP/1001,20,gm(default)"]
    assert desk.told() == [], "an announcement ends once"


async def test_a_ring_while_nothing_plays_cuts_nothing_off() -> None:
    call, caller, desk = a_call()
    call.announce(commands.Announce(C, ("one",)))
    await caller.answers_all()
    desk.told()
    assert call.ring(RING) is False
    assert desk.told() == []


async def test_a_prompt_that_is_over_is_not_cut_off_though_its_music_is_not_yet_back() -> None:
    call, caller, desk = a_call()
    call.start_music(MUSIC)
    await caller.answers_all()
    call.announce(commands.Announce(C, ("one",)))
    await caller.answers()
    assert desk.told() == [PLAYED]
    assert call.ring(RING) is False, "a stop sent now would hit whatever plays next, a good-bye for instance"
    assert desk.told() == [], "an announcement ends once"


async def test_a_new_announcement_takes_the_place_of_what_waits() -> None:
    call, caller, desk = a_call()
    call.announce(commands.Announce(C, ("one", "two")))
    call.announce(commands.Announce(C, ("three",)))
    assert desk.told() == [PLAYED]
    assert await caller.answers_all() == ['STREAM FILE one ""', 'STREAM FILE three ""']
    assert desk.told() == [PLAYED]


# --- good-bye ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("command", "lines"),
    [
        (commands.Release(C), ["SET VARIABLE CTI_DONE 1"]),
        (commands.Release(C, ("bye",)), [ACCEPT, 'STREAM FILE bye ""', "SET VARIABLE CTI_DONE 1"]),
        (
            commands.Release(C, ("sorry", "bye"), "cti-fallback,s,1"),
            [
                ACCEPT,
                'STREAM FILE sorry ""',
                'STREAM FILE bye ""',
                "SET VARIABLE CTI_NEXT cti-fallback,s,1",
                "SET VARIABLE CTI_DONE 1",
            ],
        ),
    ],
)
async def test_a_release_says_all_it_has_to_say_before_it_lets_go(command: commands.Release, lines: list[str]) -> None:
    call, caller, desk = a_call()
    assert call.release(command) is False
    for line in lines:
        assert not caller.closed, "a session that is closed before CTI_DONE brings the caller back to us"
        assert caller.heard() == [line]
        assert desk.told() == []
        await caller.answers()
    assert caller.closed
    assert desk.told() == [LOST]
    assert call.ended.done()


async def test_a_good_bye_to_one_who_has_a_ticket_needs_no_second_acceptance() -> None:
    call, caller, _ = a_call()
    call.save_ticket(commands.SaveTicket(C, TICKET))
    await caller.answers_all()
    call.release(commands.Release(C, ("bye",)))
    assert await caller.answers_all() == ['STREAM FILE bye ""', "SET VARIABLE CTI_DONE 1"]


async def test_a_release_cuts_an_announcement_off() -> None:
    call, caller, desk = a_call()
    call.announce(commands.Announce(C, ("one", "two")))
    assert call.release(commands.Release(C)) is True
    assert await caller.answers_all() == ['STREAM FILE one ""', "SET VARIABLE CTI_DONE 1"]
    assert desk.told() == [PLAYED, LOST]


# --- the end ----------------------------------------------------------------------------------------------------------


async def test_a_caller_who_hangs_up_while_he_waits_ends_the_session() -> None:
    call, caller, desk = a_call()
    await caller.hangs_up()
    assert (desk.told(), caller.closed, call.ended.done()) == ([LOST], True, True)


async def test_a_caller_who_hangs_up_in_a_prompt_ends_the_session_once() -> None:
    call, caller, desk = a_call()
    call.announce(commands.Announce(C, ("one", "two")))
    await caller.says("200 result=-1", "HANGUP", "HANGUP")
    told = desk.told()
    assert told.count(LOST) == 1 and set(map(type, told)) <= {events.SessionLost, events.AnnouncementEnded}
    assert caller.closed


async def test_a_connection_that_breaks_ends_the_session() -> None:
    call, caller, desk = a_call()
    await caller.breaks()
    assert desk.told() == [LOST]
    assert call.ended.done()


async def test_a_session_that_was_over_before_it_began_says_so() -> None:
    caller, desk = Caller(), Desk()
    await caller.hangs_up()
    call = InboundCall(C, "PJSIP/trunk-00000001", caller.session, desk.post)
    assert desk.told() == [LOST]
    assert call.ended.done()


async def test_a_session_closed_by_us_is_over_at_once_and_once() -> None:
    call, caller, desk = a_call()
    call.close()
    assert desk.told() == [LOST]
    assert caller.closed and call.ended.done()
    await settle()
    assert desk.told() == []


async def test_a_session_that_is_gone_takes_every_command_and_answers_those_that_need_it() -> None:
    call, caller, desk = a_call()
    await caller.breaks()
    desk.told()
    call.save_ticket(commands.SaveTicket(C, TICKET))
    call.start_music(MUSIC)
    assert call.release(commands.Release(C, ("bye",))) is False
    assert desk.told() == []
    call.announce(commands.Announce(C, ("one",)))
    assert desk.told() == [PLAYED]
    assert call.ring(RING) is False
    assert desk.told() == [events.RingEnded(C, RingResult.CANCELLED, caller_there=False)]


async def test_sessions_that_exchanged_their_channels_speak_for_each_other() -> None:
    call, caller, desk = a_call()
    other = InboundCall(CallId("a/18.1"), "PJSIP/1002-00000002", Caller().session, desk.post)
    call.exchange(other)
    assert (call.call, call.channel) == ("a/18.1", "PJSIP/1002-00000002")
    assert (other.call, other.channel) == (C, "PJSIP/trunk-00000001")
    await caller.hangs_up()
    assert desk.told() == [events.SessionLost(CallId("a/18.1"))]


async def test_a_prompt_that_cannot_be_sent_is_passed_over_and_costs_nothing_else() -> None:
    call, caller, desk = a_call()
    call.announce(commands.Announce(C, ("one\ntwo",)))
    assert desk.told() == [PLAYED]
    call.release(commands.Release(C, ("bye\r",), "cti-fallback,s,1"))
    assert await caller.answers_all() == [
        ACCEPT,
        "SET VARIABLE CTI_NEXT cti-fallback,s,1",
        "SET VARIABLE CTI_DONE 1",
    ]


# --- what must never hold a caller ------------------------------------------------------------------------------------


class Alarms:
    """The loop's call_later, by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.set: list[tuple[float, asyncio.Handle]] = []
        monkeypatch.setattr(asyncio.get_running_loop(), "call_later", self._call_later)

    def _call_later(self, delay_s: float, callback: Callable[..., None], *args: object) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, asyncio.get_running_loop())
        self.set.append((delay_s, handle))
        return handle

    async def ring(self) -> None:
        """Every deadline that still stands has come."""
        for _, handle in self.set:
            if not handle.cancelled():
                handle._run()
        await settle()


async def test_a_command_without_an_answer_gives_the_caller_back_to_the_dialplan(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    alarms = Alarms(monkeypatch)
    call, caller, desk = a_call()
    call.start_music(MUSIC)
    assert [delay_s for delay_s, _ in alarms.set] == [ANSWER_S]
    await alarms.ring()
    assert caller.closed
    assert desk.told() == [LOST]


async def test_an_answer_in_time_ends_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    alarms = Alarms(monkeypatch)
    call, caller, _ = a_call()
    call.start_music(MUSIC)
    await caller.answers()
    assert [handle.cancelled() for _, handle in alarms.set] == [True]
    await alarms.ring()
    assert not caller.closed


async def test_a_talk_has_no_deadline_nor_has_what_waits_behind_it(monkeypatch: pytest.MonkeyPatch) -> None:
    alarms = Alarms(monkeypatch)
    call, caller, desk = a_call()
    call.ring(RING)
    call.answered = OfferId("o1")
    call.save_ticket(commands.SaveTicket(C, TICKET))
    await alarms.ring()
    assert not caller.closed
    assert desk.told() == []


async def test_a_ring_that_does_not_end_gives_the_caller_back_to_the_dialplan(monkeypatch: pytest.MonkeyPatch) -> None:
    alarms = Alarms(monkeypatch)
    call, caller, desk = a_call()
    call.ring(RING)
    assert [delay_s for delay_s, _ in alarms.set] == [RING.ring_timeout_s + STUCK_RING_S]
    await alarms.ring()
    assert caller.closed
    assert desk.told() == [LOST]


async def test_a_ring_that_ended_is_not_stuck(monkeypatch: pytest.MonkeyPatch) -> None:
    alarms = Alarms(monkeypatch)
    call, caller, _ = a_call()
    call.ring(RING)
    await caller.answers()
    await caller.answers("NOANSWER,19,")
    await alarms.ring()
    assert not caller.closed


async def test_a_flood_of_commands_costs_the_session_and_raises_nothing() -> None:
    call, caller, desk = a_call()
    for _ in range(MAX_QUEUED_COMMANDS + 1):
        call.start_music(MUSIC)
    await settle()
    assert desk.told() == []
    call.start_music(MUSIC)
    await settle()
    assert (desk.told(), caller.closed) == ([LOST], True)


async def test_a_ring_on_a_full_session_is_answered() -> None:
    call, _, desk = a_call()
    for _ in range(MAX_QUEUED_COMMANDS + 1):
        call.start_music(MUSIC)
    call.ring(RING)
    await settle()
    assert desk.told() == [events.RingEnded(C, RingResult.CANCELLED, caller_there=False), LOST]
