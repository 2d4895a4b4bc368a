"""Who hears of a key that a caller presses in a flow (IVR)? AMI tells of every one."""

from __future__ import annotations

from typing import cast

import pytest

from cti.ivr.book import FlowBook
from cti.model import commands, events
from cti.model.flow import Flow
from cti.model.flow_nodes import Queue
from cti.model.words import QueueName
from cti.switch.flow_call import KEY_LAG_S
from cti.switch.flow_desk import FlowDesk
from cti.switch.node import STOP_AGAIN_S, STOP_TRIES
from tests.switch.in_memory import Wire, settle
from tests.switch.test_node import Bench, C
from tests.virtual_time import live, passes

pytestmark = pytest.mark.unit


async def test_what_is_keyed_in_a_flow_is_told_to_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may be secret. The key that led into a line may come by AMI when he stands there already: it is none of it."""
    bench = Bench(monkeypatch)
    pressed = {"Uniqueid": "17.1", "Digit": "5", "Direction": "Received"}
    book = FlowBook({"f": Flow(name="f", start="a", on={"error": "hangup"}, nodes={"a": Queue(queue="sales")})})
    call = bench.a_call()
    call.run_flow(commands.RunFlow(C, "f"), FlowDesk(book), lambda: bench.now)
    assert bench.tells("DTMFEnd", **pressed) == []
    wire = cast(Wire, call._session._transport)
    while not (told := bench.desk.told()):
        await settle()
        if wire.lines:
            wire.lines.clear()
            call._session.data_received(b"200 result=0\n")
    assert told == [events.FlowEnqueues(C, QueueName("sales"), {}, 0.0, (), {})]
    bench.now += KEY_LAG_S - 0.1
    assert bench.tells("DTMFEnd", **pressed) == []
    bench.now += 0.2
    assert bench.tells("DTMFEnd", **pressed) == [events.DigitPressed(C, "5")]
    call.close()


def test_a_sound_that_plays_on_is_stopped_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """AMI's word may overtake the sound that AGI has just begun."""

    async def story() -> list[int]:
        bench, plays, said = Bench(monkeypatch), [True, True, False], list[int]()
        bench.node.stop_playback("PJSIP/trunk-00000001", lambda: plays.pop(0))
        for _ in range(6):
            said.append(len(bench.link.fired()))
            await passes(STOP_AGAIN_S)
        bench.node.stop_playback("PJSIP/trunk-00000001", lambda: True)
        await passes(3600)
        return [*said, len(bench.link.fired())]

    *said, at_last = live(story)
    assert said[0] == 1 and sum(said) == 3 and at_last == 1 + STOP_TRIES, "and not for ever"
