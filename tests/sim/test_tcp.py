"""Does the production switch adapter work on the simulated Asterisk, over real AMI and FastAGI bytes?"""

from __future__ import annotations

import asyncio
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
from cti.sim.tcp_agi import words
from cti.switch.asterisk import AsteriskSwitch, NodeAddress
from tests.waiting import until

pytestmark = pytest.mark.contract

HOST = "127.0.23.10"
TOKEN = "token-of-the-test"
_LOOPBACK = ipaddress.ip_network("127.0.0.0/8")
POLICY = policy.Center.model_validate(
    {
        "queues": {"sales": {"wrap_up_s": 0, "ring_timeout_s": 2}, "other": {}},
        "agents": {
            "anna": {"phone": "PJSIP/1001", "queues": {"sales": {}}},
            "ben": {"phone": "PJSIP/1002", "queues": {"other": {}}},
        },
        "entries": {"6001": {"queue": "sales"}, "6002": {"queue": "other"}},
        "settle_s": 0.2,
    }
)


class Hands:
    """exchange.People who do only what the test says."""

    def __init__(self) -> None:
        self.ringing: list[Leg] = []

    def phone_rings(self, leg: Leg) -> None:
        self.ringing.append(leg)

    def phone_stops(self, leg: Leg) -> None:
        self.ringing.remove(leg)

    def talk_begins(self, call: Call, leg: Leg) -> None:
        self.ringing.remove(leg)

    def talk_ends(self, call: Call, leg: Leg) -> None: ...
    def call_over(self, call: Call) -> None: ...


class Place:
    """A simulated Asterisk and, started by `engine()`, a real engine on it."""

    def __init__(self) -> None:
        self.hands = Hands()
        self.changes: list[Changed] = []
        self.switch: AsteriskSwitch
        self.engine: Engine
        with socket.socket() as free:
            free.bind((HOST, 0))
            self.agi_port = int(free.getsockname()[1])
        self.tcp = TcpSwitch(
            {"node1": Address(HOST, 0)},
            Address(HOST, self.agi_port),
            ["PJSIP/1001", "PJSIP/1002"],
            username="cti",
            secret="secret",
            token=TOKEN,
        )
        self.tcp.exchange.people = self.hands

    async def start_engine(self) -> None:
        address = NodeAddress(HOST, self.tcp.nodes["node1"].port, "cti", "secret")
        phones = {agent.phone: AgentId(name) for name, agent in POLICY.agents.items()}
        self.switch = AsteriskSwitch(
            {NodeId("node1"): address}, phones, listen=(HOST, self.agi_port), allow=(_LOOPBACK,), token=TOKEN
        )
        self.engine = Engine(_center(), self.switch, [self.changes.append], clock=time.time)
        await self.switch.start(self.engine)

    def told(self, kind: Kind, new: str) -> list[Changed]:
        return [changed for changed in self.changes if (changed.kind, changed.new) == (kind, new)]


def _center() -> ContactCenter:
    return ContactCenter(POLICY, [NodeId("node1")], strict=True)


@pytest_asyncio.fixture
async def place() -> AsyncIterator[Place]:
    place = Place()
    await place.tcp.start()
    await place.start_engine()
    try:
        yield place
    finally:
        await place.tcp.close()
        await place.switch.close()


async def test_a_call_all_the_way(place: Place) -> None:
    exchange = place.tcp.exchange
    assert await place.tcp.feature_code("node1", "1001", "login") == "ok"
    call = exchange.new_call("node1", "6001", "+4912345")
    await until(lambda: place.hands.ringing)
    exchange.answer(place.hands.ringing[0])
    await until(lambda: place.told(Kind.CONTACT, "talking"))
    assert call.variables["CTI_TICKET"]
    exchange.hang_up_leg(next(iter(exchange.legs.values())))
    await until(lambda: place.told(Kind.CONTACT, "ended"))
    await until(lambda: not exchange.calls)
    assert [changed.new for changed in place.changes if changed.kind is Kind.VISIT] == ["waiting", "answered"]


async def test_missed_then_rejected_then_caller_leaves(place: Place) -> None:
    exchange = place.tcp.exchange
    await place.tcp.feature_code("node1", "1001", "login")
    call = exchange.new_call("node1", "6001", "+4912345")
    await until(lambda: place.hands.ringing)
    exchange.refuse(place.hands.ringing[0], "CHANUNAVAIL", 21)
    await until(lambda: place.told(Kind.OFFER, "rejected"))
    exchange.hang_up_call(call)
    await until(lambda: place.told(Kind.VISIT, "abandoned"))
    assert not place.told(Kind.BUG, "")


async def test_blind_transfer_into_another_queue(place: Place) -> None:
    exchange = place.tcp.exchange
    await place.tcp.feature_code("node1", "1001", "login")
    await place.tcp.feature_code("node1", "1002", "login")
    exchange.new_call("node1", "6001", "+4912345")
    await until(lambda: place.hands.ringing)
    leg = place.hands.ringing[0]
    exchange.answer(leg)
    await until(lambda: place.told(Kind.CONTACT, "talking"))
    exchange.transfer(leg, "cti-inbound", "6002")
    await until(lambda: place.hands.ringing)
    assert place.hands.ringing[0].phone.dial == "PJSIP/1002"
    assert len({changed.contact for changed in place.changes if changed.kind is Kind.VISIT}) == 1


async def test_another_engine_takes_over_who_waits(place: Place) -> None:
    exchange = place.tcp.exchange
    exchange.new_call("node1", "6001", "+4912345")
    await until(lambda: place.told(Kind.VISIT, "waiting"))
    await place.switch.close()
    place.changes.clear()
    await place.start_engine()
    await until(lambda: place.told(Kind.VISIT, "waiting"))
    (resumed,) = place.told(Kind.VISIT, "waiting")
    assert resumed.cause == "resumed"


async def test_wrong_secret_is_refused(place: Place) -> None:
    reader, writer = await asyncio.open_connection(HOST, place.tcp.nodes["node1"].port)
    assert (await reader.readline()).startswith(b"Asterisk Call Manager/")
    writer.write(b"Action: Login\r\nUsername: cti\r\nSecret: wrong\r\n\r\n")
    assert b"Response: Error" in await reader.read(1000)
    writer.close()


def test_words() -> None:
    assert words('EXEC Dial "PJSIP/1,5,g"') == ["EXEC", "Dial", "PJSIP/1,5,g"]
    assert words(r'SET VARIABLE X "a \"b\" \\"') == ["SET", "VARIABLE", "X", 'a "b" \\']
    assert words('STREAM FILE hello ""') == ["STREAM", "FILE", "hello", ""]
