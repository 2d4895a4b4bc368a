"""Is a flow the same on every switch? One story, told to the session objects in memory and over TCP to the simulator.

What is compared is what the core hears: lines asked for, answers of surveys, the end.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Protocol

import msgspec
import pytest
import pytest_asyncio

from cti.center import ContactCenter
from cti.engine import Engine
from cti.ivr import replies
from cti.ivr.book import FlowBook
from cti.model import events
from cti.model.changes import Kind
from cti.model.policy import Entry
from cti.model.words import AgentId, CallId, NodeId
from cti.sim import tcp_agi
from cti.sim.channels import Call
from cti.switch.asterisk import AsteriskSwitch, NodeAddress
from cti.switch.flow_desk import FlowDesk
from tests.ivr.flows import flow, opening
from tests.sim.test_tcp import _LOOPBACK, HOST, POLICY, TOKEN, Place, until
from tests.switch.in_flow import InFlow

pytestmark = pytest.mark.contract

FLOW = flow(
    """
a: {menu: Choose, keys: {'1': c, '2': v}, tries: 1, first_digit_s: 1, on: {failed: e}}
c: {collect: d, ask: Number, length: '2', then: o, on: {failed: e}}
o: {lookup: shop, get: '/x/{d}', into: {n: n}, then: q, on: {not_found: e, down: e}}
q: {queue: sales, head_start_s: 30, customer: {order: d, n: n}, then: s, on: {failed: e}}
s: {survey: after, questions: [{name: how, ask: How, scale: csat}], then: e}
v: {voicemail: sales, ask: Speak, then: t, on: {empty: e, failed: e}}
t: {split: ab, shares: {x: 1, y: 0}, on: {x: e, y: e}}
e: {hangup: Bye}
""",
    head="variables: {d: digits, n: number}",
)
FLOW_POLICY = POLICY.model_copy(update={"entries": {**POLICY.entries, "6100": Entry(flow="t")}})
OF_A_FLOW = (events.FlowEnqueues, events.FlowEnded, events.FlowTold, events.SurveyAnswered)
QUICK_S = 0.05


def desk() -> FlowDesk:
    async def ask(_verb: object) -> replies.AnyReply:
        return replies.Found({"n": 3})

    return FlowDesk(ask=ask, book=FlowBook({"t": FLOW}), hours=lambda _name, _now: opening())


class Teller(Protocol):
    """One way to live a story."""

    heard: list[events.AnyEvent]  # by the core, of the flow

    async def calls(self) -> None: ...
    async def presses(self, keys: str) -> None: ...
    async def listens(self) -> None: ...
    async def talks(self) -> None: ...
    async def breaks(self) -> None: ...
    async def hangs_up(self) -> None: ...


class InMemory:
    """The test is Asterisk and the line."""

    def __init__(self) -> None:
        self.heard: list[events.AnyEvent] = []
        self.at, self.line = InFlow(FLOW, desk=desk()), ""

    async def _take(self, line: str) -> None:
        self.line = line
        self.heard += [told for told in self.at.told() if isinstance(told, OF_A_FLOW)]

    async def calls(self) -> None:
        await self._take(await self.at.run())

    async def presses(self, keys: str) -> None:
        for key in keys:
            while not self.line.startswith(("STREAM", "WAIT")) or self.line.endswith('""'):
                await self._take(await self.at.answer())
            await self._take(await self.at.key(key))

    async def listens(self) -> None:
        while self.line:
            await self._take(await self.at.answer(0, " endpos=24000" if self.line.startswith("RECORD") else ""))

    async def talks(self) -> None:
        await self._take(await self.at.line_ends("talked"))

    async def breaks(self) -> None:
        """The connection is gone, and the dialplan brings him back with what is on his channel."""
        carried = self.at.saved_text
        await self.at.caller.breaks()
        self.at = InFlow(FLOW, desk=desk())
        await self._take(await self.at.run(at=carried))

    async def hangs_up(self) -> None:
        await self.at.caller.hangs_up()
        await self._take("")
        assert self.at.is_over


class Spy(Engine):
    """An engine that keeps what it was told."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.posted: list[events.AnyEvent] = []

    def post(self, event: events.AnyEvent) -> None:
        self.posted.append(event)
        super().post(event)


class OverTcp(Place):
    """The whole engine on the simulated Asterisk."""

    call: Call

    async def start_engine(self) -> None:
        address = NodeAddress(HOST, self.tcp.nodes["node1"].port, "cti", "secret")
        phones = {agent.phone: AgentId(name) for name, agent in POLICY.agents.items()}
        self.desk = desk()
        self.switch = AsteriskSwitch(
            {NodeId("node1"): address},
            phones,
            listen=(HOST, self.agi_port),
            allow=(_LOOPBACK,),
            token=TOKEN,
            flows=self.desk,
        )
        center = ContactCenter(FLOW_POLICY, [NodeId("node1")], strict=True)
        self.spy = self.engine = Spy(center, self.switch, [self.changes.append], clock=time.time)
        await self.switch.start(self.engine)

    @property
    def heard(self) -> list[events.AnyEvent]:
        return [told for told in self.spy.posted if isinstance(told, OF_A_FLOW)]

    async def calls(self) -> None:
        self.call = self.tcp.exchange.new_call("node1", "6100", "+4930123456")

    async def presses(self, keys: str) -> None:
        for key in keys:
            await until(lambda: self.call.ear is not None)
            ear = self.call.ear
            self.tcp.exchange.press(self.call, key)
            await until(lambda ear=ear: self.call.ear is not ear)

    async def listens(self) -> None:
        await until(lambda: not self.call.up)

    async def talks(self) -> None:
        exchange = self.tcp.exchange
        assert await self.tcp.feature_code("node1", "1001", "login") == "ok"
        await until(lambda: self.hands.ringing)
        exchange.answer(self.hands.ringing[0])
        await until(lambda: self.told(Kind.CONTACT, "talking"))
        exchange.hang_up_leg(next(iter(exchange.legs.values())))

    async def breaks(self) -> None:
        await until(lambda: self.call.ear is not None)
        came = len([told for told in self.spy.posted if isinstance(told, events.CallArrived)])
        self.call.agi.transport.abort()
        self.tcp.exchange.stop_play(self.call)
        await until(lambda: len([t for t in self.spy.posted if isinstance(t, events.CallArrived)]) > came)

    async def hangs_up(self) -> None:
        await until(lambda: self.call.ear is not None)
        self.tcp.exchange.hang_up_call(self.call)
        await until(lambda: self.told(Kind.CONTACT, "ended"))
        assert self.desk.calls == 0


@pytest_asyncio.fixture
async def place(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[OverTcp]:
    monkeypatch.setattr(tcp_agi, "PROMPT_S", QUICK_S)
    monkeypatch.setattr(tcp_agi, "SPEECH_S", QUICK_S)
    place = OverTcp()
    await place.tcp.start()
    await place.start_engine()
    try:
        yield place
    finally:
        await place.tcp.close()
        await place.switch.close()


# --- the stories ------------------------------------------------------------------------------------------------------

LINE = ("FlowEnqueues", {"queue": "sales", "head_start_s": 30.0, "customer": {"order": "42", "n": "3"}})
ANSWER = {"flow": "t", "survey": "after", "question": "how", "scale": "csat", "score": 5, "version": 1}
ASKED = ("FlowTold", {"flow": "t", "node": "s", "what": "asked", "detail": "after.how", "version": 1})
SURVEY = ("SurveyAnswered", ANSWER)
END = ("FlowEnded", {})


async def served(at: Teller) -> None:
    await at.calls()
    await at.presses("142")
    await at.talks()
    await at.presses("5")
    await at.listens()


async def silent(at: Teller) -> None:
    await at.calls()
    await at.listens()


async def message(at: Teller) -> None:
    await at.calls()
    await at.presses("2")
    await at.listens()


async def broken(at: Teller) -> None:
    """His session breaks where he is asked for his number: that is what he hears again."""
    await at.calls()
    await at.presses("1")
    await at.breaks()
    await at.presses("42")
    await at.talks()
    await at.presses("5")
    await at.listens()


async def gone(at: Teller) -> None:
    await at.calls()
    await at.presses("14")
    await at.hangs_up()


STORIES: dict[Callable[[Teller], Awaitable[None]], list[tuple[str, dict[str, Any]]]] = {
    served: [LINE, ASKED, SURVEY, END],
    silent: [END],
    message: [("FlowTold", {"flow": "t", "node": "t", "what": "split", "detail": "ab=x", "version": 1}), END],
    broken: [LINE, ASKED, SURVEY, END],
    gone: [],
}


def plain(heard: list[events.AnyEvent]) -> list[tuple[str, dict[str, Any]]]:
    """Without the call, whose name every switch makes up by itself."""
    found = []
    for told in heard:
        fields = msgspec.to_builtins(told)
        assert CallId(fields.pop("call"))
        fields.pop("due_in_s", None)
        found.append((fields.pop("type"), fields))
    return found


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
async def test_in_memory(story: Callable[[Teller], Awaitable[None]]) -> None:
    at = InMemory()
    await story(at)
    assert plain(at.heard) == STORIES[story]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
async def test_over_tcp(place: OverTcp, story: Callable[[Teller], Awaitable[None]]) -> None:
    await story(place)
    assert plain(place.heard) == STORIES[story]
    await until(lambda: not place.spy.center.contacts)
    assert place.desk.calls == 0 and place.desk.bugs == 0
    assert not place.told(Kind.BUG, "") and not place.told(Kind.REPAIR, "")


# --- another engine ---------------------------------------------------------------------------------------------------


async def dies(place: OverTcp) -> None:
    """The engine goes without a word, another one comes."""
    await place.switch.close()
    place.tcp.exchange.stop_play(place.call)
    place.changes.clear()
    await place.start_engine()


async def test_another_engine_goes_on_where_he_stood(place: OverTcp) -> None:
    await place.calls()
    await place.presses("1")
    await until(lambda: place.call.ear is not None)
    await dies(place)
    await place.presses("42")
    await until(lambda: place.heard)
    assert plain(place.heard) == [LINE], "he was asked for his number, not for his choice"


async def test_after_another_engine_took_the_line_over_the_survey_comes(place: OverTcp) -> None:
    await place.calls()
    await place.presses("142")
    await until(lambda: place.told(Kind.VISIT, "waiting"))
    await dies(place)
    await until(lambda: place.told(Kind.VISIT, "waiting"))
    await place.talks()
    await place.presses("5")
    await place.listens()
    assert plain(place.heard) == [ASKED, SURVEY, END]
