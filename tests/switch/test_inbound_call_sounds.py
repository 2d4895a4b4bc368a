"""Sounds may be long: none of them, nor what waits behind it, is taken for a wedged Asterisk. In virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from cti.model import commands, events
from cti.model.words import CallId
from cti.switch.admission import Limits, turn_away
from cti.switch.agi_session import ANSWER_S, PROMPT_S
from cti.switch.inbound_call import InboundCall
from tests.switch.in_memory import Caller, Desk, settle
from tests.virtual_time import live, passes

pytestmark = pytest.mark.unit

C = CallId("a/17.1")
LONG_S = 40.0  # one sound
DONE = "SET VARIABLE CTI_DONE 1"


async def plays_on(caller: Caller) -> list[str]:
    """Answer until nothing more comes, each sound after its time; every command that was heard."""
    heard: list[str] = []
    while lines := caller.heard():
        heard += lines
        if lines[0].startswith(("STREAM FILE", "EXEC WaitForSilence")):
            await passes(LONG_S)
        await caller.answers()
    return heard


def a_call() -> tuple[InboundCall, Caller, Desk]:
    desk, caller = Desk(), Caller()
    return InboundCall(C, "PJSIP/trunk-00000001", caller.session, desk.post), caller, desk


def says_good_bye(call: InboundCall) -> None:
    call.release(commands.Release(C, ("closed", "bye"), "cti-fallback,s,1"))


def leaves_a_message(call: InboundCall) -> None:
    call.leave_message(commands.LeaveMessage(C, ("hello", "call us"), beep_wait_s=20.0))


@pytest.mark.parametrize("act", [says_good_bye, leaves_a_message])
def test_who_is_let_go_behind_long_sounds_does_not_come_back(act: Callable[[InboundCall], None]) -> None:
    async def story() -> list[str]:
        call, caller, _ = a_call()
        act(call)
        return await plays_on(caller)

    assert live(story)[-1] == DONE


def test_a_long_announcement_keeps_his_place() -> None:
    async def story() -> None:
        call, caller, desk = a_call()
        call.start_music(commands.StartMusic(C, "default"))
        await caller.answers_all()
        call.announce(commands.Announce(C, ("one", "two")))
        assert await plays_on(caller) == ['STREAM FILE one ""', 'STREAM FILE two ""', "SET MUSIC ON default"]
        await passes(PROMPT_S)
        assert desk.told() == [events.AnnouncementEnded(C)] and not caller.closed

    live(story)


def test_who_is_turned_away_hears_a_long_sound_to_its_end() -> None:
    async def story() -> list[str]:
        caller = Caller()
        going = asyncio.ensure_future(turn_away(caller.session, Limits(1, 1.0, ("full",), "cti-fallback,s,1")))
        await settle()
        heard = await plays_on(caller)
        await going
        return heard

    assert live(story)[-1] == DONE


@pytest.mark.parametrize(
    ("begins", "limit_s"),
    [
        (lambda call: call.start_music(commands.StartMusic(C, "default")), ANSWER_S),
        (lambda call: call.announce(commands.Announce(C, ("one",))), PROMPT_S),
    ],
    ids=["command", "sound"],
)
def test_what_is_never_answered_gives_the_caller_back(begins: Callable[[InboundCall], object], limit_s: float) -> None:
    async def story() -> None:
        call, caller, _ = a_call()
        begins(call)
        await passes(limit_s - 1)
        assert not caller.closed
        await passes(2)
        assert caller.closed and call.ended.done()

    live(story)


def test_a_sound_that_was_cut_off_and_is_never_answered_gives_him_back_too() -> None:
    async def story() -> None:
        call, caller, _ = a_call()
        call.announce(commands.Announce(C, ("one",)))
        call.release(commands.Release(C))
        await passes(PROMPT_S + 1)
        assert caller.closed

    live(story)
