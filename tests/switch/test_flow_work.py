"""Is a message kept by whoever has to keep it, also when the caller just hangs up behind his last word?"""

from __future__ import annotations

import asyncio

import pytest

from cti.ivr import verbs
from cti.model import events
from cti.switch.flow_desk import FlowDesk
from tests.ivr.flows import flow
from tests.switch.in_flow import C, InFlow
from tests.switch.in_memory import settle
from tests.switch.test_flow_call_verbs import BYE, END, VOICEMAIL

pytestmark = pytest.mark.unit


class Keeper:
    """Who keeps messages."""

    def __init__(self, *, deaf: bool = False) -> None:
        self.kept: list[tuple[str, str, float, str]] = []
        self.deaf = deaf

    async def __call__(self, verb: verbs.Record, file: str, seconds: float, call: str) -> bool:
        await asyncio.sleep(0)
        self.kept.append((verb.queue, file, seconds, call))
        return not self.deaf


HANGS_UP = [("HANGUP", "200 result=-1 (hangup) endpos=24000"), ("200 result=-1 (hangup) endpos=24000", "HANGUP")]


@pytest.mark.parametrize("lines", HANGS_UP, ids=["told first", "told last"])
async def test_a_message_that_a_hangup_ended_is_kept(lines: tuple[str, str]) -> None:
    keeper = Keeper()
    at = InFlow(flow(VOICEMAIL), desk=FlowDesk(take_message=keeper))
    await at.run()
    await at.answer()
    await at.caller.says(*lines)
    await settle()
    [(queue, file, seconds, call)] = keeper.kept
    assert (queue, seconds, call) == ("sales", 3.0, C) and file.endswith("-t-a-1")
    assert at.is_over and at.told() == [events.SessionLost(C)] and at.caller.closed


async def test_a_hangup_behind_the_beep_is_no_message() -> None:
    keeper = Keeper()
    at = InFlow(flow(VOICEMAIL), desk=FlowDesk(take_message=keeper))
    await at.run()
    await at.answer()
    await at.caller.says("200 result=-1 (hangup) endpos=4000", "HANGUP")
    await settle()
    assert not keeper.kept and at.is_over and at.told() == [events.SessionLost(C)]


async def test_who_hangs_up_before_he_could_speak_has_left_nothing() -> None:
    keeper = Keeper()
    at = InFlow(flow(VOICEMAIL), desk=FlowDesk(take_message=keeper))
    await at.run()
    await at.caller.says("HANGUP", "200 result=-1 endpos=100", "511 Command Not Permitted on a dead channel")
    await settle()
    assert not keeper.kept and at.is_over and at.told() == [events.SessionLost(C)]


@pytest.mark.parametrize("deaf", [False, True])
async def test_a_message_that_cannot_be_kept_is_none(deaf: bool) -> None:
    keeper = Keeper(deaf=deaf)
    at = InFlow(flow(f"a: {{voicemail: sales, ask: Speak, then: e, on: {{failed: f}}}}\nf: {{hangup: Sorry}}\n{END}"))
    at.desk.take_message = keeper
    await at.run()
    await at.answer()
    assert await at.answer(35, " endpos=24000") == (BYE.replace("/e", "/f") if deaf else BYE)
    assert len(keeper.kept) == 1
