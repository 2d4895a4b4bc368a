"""Over real AMI and FastAGI bytes: who comes in beyond the limit, and who is let in all the same?"""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from cti.center import ContactCenter
from cti.engine import Engine
from cti.model import policy
from cti.model.changes import Changed, Kind
from cti.model.words import AgentId, NodeId
from cti.sim.channels import Call, Leg
from cti.sim.tcp import Address, TcpSwitch
from cti.switch.admission import CALLS, LAG, LOOKS, Admission, Limits
from cti.switch.asterisk import AsteriskSwitch, NodeAddress
from tests.waiting import until

pytestmark = pytest.mark.contract

HOST, TOKEN = "127.0.23.11", "token-of-the-test"
POLICY = policy.Center.model_validate(
    {
        "queues": {"sales": {"wrap_up_s": 0}},
        "agents": {"anna": {"phone": "PJSIP/1001", "queues": {"sales": {}}}},
        "entries": {"6001": {"queue": "sales"}},
        "settle_s": 0.1,
    }
)


class Nobody:
    """exchange.People who do nothing."""

    def phone_rings(self, leg: Leg) -> None: ...
    def phone_stops(self, leg: Leg) -> None: ...
    def talk_begins(self, call: Call, leg: Leg) -> None: ...
    def talk_ends(self, call: Call, leg: Leg) -> None: ...
    def call_over(self, call: Call) -> None: ...


class Place:
    """A simulated Asterisk and an engine that holds two callers at most."""

    def __init__(self) -> None:
        self.changes: list[Changed] = []
        self.admission = Admission(Limits(2, 1.0, ("all-circuits-busy-now",), "cti-fallback,s,1"))
        self.heard: list[str] = []
        with socket.socket() as free:
            free.bind((HOST, 0))
            self.agi_port = int(free.getsockname()[1])
        agi = Address(HOST, self.agi_port)
        login = {"username": "cti", "secret": "secret", "token": TOKEN}
        self.tcp = TcpSwitch({"node1": Address(HOST, 0)}, agi, ["PJSIP/1001"], **login)
        self.tcp.exchange.people = Nobody()
        self.tcp.exchange.no_sound = self._hear

    def _hear(self, name: str) -> bool:
        self.heard.append(name)
        return True  # nowhere: no time is lost

    async def start(self) -> None:
        await self.tcp.start()
        address = NodeAddress(HOST, self.tcp.nodes["node1"].port, "cti", "secret")
        self.switch = AsteriskSwitch(
            {NodeId("node1"): address},
            {"PJSIP/1001": AgentId("anna")},
            listen=(HOST, self.agi_port),
            allow=(ipaddress.ip_network("127.0.0.0/8"),),
            token=TOKEN,
            admission=self.admission,
            most_sessions=self.admission.most_sessions,
        )
        center = ContactCenter(POLICY, [NodeId("node1")], strict=True)
        await self.switch.start(Engine(center, self.switch, [self.changes.append], clock=time.time))

    def call(self) -> Call:
        return self.tcp.exchange.new_call("node1", "6001", "+4912345")

    def waiting(self) -> int:
        return sum(change.kind is Kind.VISIT and change.new == "waiting" for change in self.changes)


@pytest_asyncio.fixture
async def place() -> AsyncIterator[Place]:
    place = Place()
    await place.start()
    try:
        yield place
    finally:
        await place.tcp.close()
        await place.switch.close()


async def test_beyond_the_limit_callers_hear_why_and_cost_the_core_nothing(place: Place) -> None:
    first, _second = place.call(), place.call()
    await until(lambda: place.waiting() == 2)
    third = place.call()
    await until(lambda: third.place == "cti-fallback")
    assert place.heard == ["all-circuits-busy-now"]
    assert place.waiting() == 2 and place.admission.turned_away == {CALLS: 1}
    place.tcp.exchange.hang_up_call(first)
    await until(lambda: len(place.switch.calls) == 1)
    place.call()
    await until(lambda: place.waiting() == 3)


async def test_a_late_loop_turns_new_callers_away_and_keeps_those_who_wait(place: Place) -> None:
    first = place.call()
    await until(lambda: place.waiting() == 1 and first.variables.get("CTI_TICKET"))
    for _ in range(LOOKS):
        place.admission.watch(1.5)
    second = place.call()
    await until(lambda: second.place == "cti-fallback")
    assert place.admission.turned_away == {LAG: 1} and first.place == "cti-inbound"
    first.agi.transport.abort()  # his connection breaks, and he comes back with his ticket
    await until(lambda: [each for each in place.changes if each.cause == "resumed"] or len(place.switch.calls) == 1)
    assert place.admission.turned_away == {LAG: 1} and first.up and first.place == "cti-inbound"
