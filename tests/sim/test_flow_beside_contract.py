"""A flow beside the line, over TCP on the simulated Asterisk: keys, a ring that cuts it off, the end of the wait."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from cti.center import ContactCenter
from cti.ivr.book import FlowBook
from cti.model import events
from cti.model.changes import Kind
from cti.model.policy import Exit
from cti.model.words import AgentId, NodeId
from cti.sim import tcp_agi
from cti.switch.asterisk import AsteriskSwitch, NodeAddress
from tests.ivr.flows import flow
from tests.sim.test_flow_contract import FLOW, FLOW_POLICY, OverTcp, Spy, desk
from tests.sim.test_tcp import _LOOPBACK, HOST, TOKEN
from tests.waiting import until

pytestmark = pytest.mark.contract

LONG_S = 60.0
SIDE = flow(
    """
a: {menu: Choose, keys: {'1': b, '2': e}, tries: 1, first_digit_s: 9, on: {failed: return}}
b: {set: {n: '1'}, then: return}
e: {hangup: Bye}
""",
    name="side",
    head="variables: {n: number}",
)
SALES = FLOW_POLICY.queues["sales"].model_copy(update={"keys": {"7": Exit(flow="side", keep_place=True)}})
POLICY = FLOW_POLICY.model_copy(update={"queues": {**FLOW_POLICY.queues, "sales": SALES}})


class Beside(OverTcp):
    async def start_engine(self) -> None:
        address = NodeAddress(HOST, self.tcp.nodes["node1"].port, "cti", "secret")
        phones = {agent.phone: AgentId(name) for name, agent in POLICY.agents.items()}
        self.desk = desk()
        self.desk.book = FlowBook({"t": FLOW, "side": SIDE})
        nodes = {NodeId("node1"): address}
        door = {"listen": (HOST, self.agi_port), "allow": (_LOOPBACK,), "token": TOKEN}
        self.switch = AsteriskSwitch(nodes, phones, **door, flows=self.desk)  # type: ignore[arg-type]
        center = ContactCenter(POLICY, [NodeId("node1")], strict=True)
        self.spy = self.engine = Spy(center, self.switch, [self.changes.append], clock=time.time)
        await self.switch.start(self.engine)

    async def begins(self) -> None:
        """He waits, presses the line's key, and hears the flow."""
        await self.calls()
        await self.presses("142")
        await until(lambda: self.told(Kind.VISIT, "waiting"))
        await asyncio.sleep(0.6)  # longer than keys of the flow before count as its own
        self.tcp.exchange.press(self.call, "7")
        await until(lambda: self.call.ear is not None)

    def side(self) -> list[str]:
        return [told.new for told in self.changes if told.kind is Kind.FLOW and told.reason == "beside"]


@pytest_asyncio.fixture
async def place(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Beside]:
    monkeypatch.setattr(tcp_agi, "PROMPT_S", LONG_S)
    place = Beside()
    await place.tcp.start()
    await place.start_engine()
    try:
        yield place
    finally:
        await place.tcp.close()
        await place.switch.close()


async def test_a_ring_cuts_it_off_in_the_middle_of_a_prompt(place: Beside) -> None:
    await place.begins()
    assert await place.tcp.feature_code("node1", "1001", "login") == "ok"
    await until(lambda: place.hands.ringing)
    place.tcp.exchange.answer(place.hands.ringing[0])
    await until(lambda: place.told(Kind.CONTACT, "talking"))
    assert place.side() == ["begun"] and place.desk.calls == 1, "the flow that led into the line waits for its end"
    assert not place.told(Kind.REPAIR, "") and not place.told(Kind.LATE, "")


async def test_back_from_it_he_waits_on_and_is_served(place: Beside) -> None:
    await place.begins()
    await place.presses("1")
    await until(lambda: place.side() == ["begun", "over"])
    assert len(place.told(Kind.VISIT, "waiting")) == 1
    await place.talks()
    await place.presses("5")
    await until(lambda: [told for told in place.spy.posted if isinstance(told, events.SurveyAnswered)])


async def test_its_good_bye_ends_the_wait_and_the_call(place: Beside) -> None:
    await place.begins()
    await place.presses("2")
    await until(lambda: place.told(Kind.VISIT, "key_exit") and place.desk.calls == 1)
    await until(lambda: place.call.play is not None)
    place.tcp.exchange.stop_play(place.call)
    await place.listens()
    await until(lambda: not place.spy.center.contacts and place.desk.calls == 0)
    assert place.desk.bugs == 0
