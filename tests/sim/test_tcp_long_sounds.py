"""Does the simulated caller hear long sounds to their end, and leave? Real AGI bytes, no socket, virtual time."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from cti.model import commands
from cti.model.words import CallId
from cti.sim import tcp_agi
from cti.sim.exchange import Exchange
from cti.sim.tcp import LoopAgenda
from cti.sim.tcp_agi import AgiClient
from cti.switch.agi_session import AgiSession
from cti.switch.inbound_call import InboundCall
from tests.switch.in_memory import Doorkeeper, settle
from tests.virtual_time import live, passes

pytestmark = pytest.mark.simulation

LONG_S = 40.0


class Pipe(asyncio.Transport):
    """One end of a connection in memory: what is written here, `other` reads."""

    def __init__(self, mine: asyncio.Protocol, other: asyncio.Protocol) -> None:
        super().__init__()
        self._mine, self._other = mine, other
        self.far: Pipe
        self._closed = False

    def write(self, data: bytes | bytearray | memoryview[Any]) -> None:
        if not self._closed:
            asyncio.get_running_loop().call_soon(self._other.data_received, bytes(data))

    def is_closing(self) -> bool:
        return self._closed

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            asyncio.get_running_loop().call_soon(self._mine.connection_lost, None)
            self.far.close()

    abort = close


def joined(one: asyncio.Protocol, two: asyncio.Protocol) -> None:
    there, back = Pipe(one, two), Pipe(two, one)
    there.far, back.far = back, there
    one.connection_made(there)
    two.connection_made(back)


class Alone:
    """exchange.Wire and People of one caller; writes down how his AGI ended."""

    def __init__(self) -> None:
        self.ended: list[bool] = []

    def agi_open(self, call: object) -> bool:
        return True

    def over(self, client: AgiClient, done: bool) -> None:
        self.ended.append(done)

    def __getattr__(self, name: str) -> Any:
        return lambda *_: None


@pytest.mark.parametrize(
    "command",
    [
        commands.Release(CallId("a/17.1"), ("closed", "closed")),
        commands.LeaveMessage(CallId("a/17.1"), ("hello", "hello"), beep_wait_s=20.0),
    ],
    ids=lambda command: type(command).__name__,
)
def test_he_is_let_go_for_good(
    monkeypatch: pytest.MonkeyPatch, command: commands.Release | commands.LeaveMessage
) -> None:
    monkeypatch.setattr(tcp_agi, "PROMPT_S", LONG_S)

    async def story() -> list[bool]:
        alone: Any = Alone()
        exchange = Exchange(LoopAgenda(), ["a"], [])
        exchange.wire = exchange.people = alone
        session = AgiSession(Doorkeeper())
        client = AgiClient(
            exchange, exchange.new_call("a", "6001", ""), "agi://a/inbound/t", alone.over, lambda *_: None
        )
        joined(session, client)
        await settle()
        call = InboundCall(CallId("a/17.1"), session.channel, session, lambda _: None)
        call.release(command) if isinstance(command, commands.Release) else call.leave_message(command)
        await passes(4 * LONG_S)
        return alone.ended

    assert live(story) == [True], "CTI_DONE was set: the dialplan does not bring him back"
