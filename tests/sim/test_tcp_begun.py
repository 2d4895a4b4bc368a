"""Do call-outs work on the simulated Asterisk, over real AMI and FastAGI bytes? Our own switch and core upon it."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from cti.center import ContactCenter
from cti.engine import Engine
from cti.model import events, policy
from cti.model.callout import Callout, Listening, OnMachine
from cti.model.changes import Changed, Kind
from cti.model.commands import PlaceCall
from cti.model.words import AgentId, AttemptId, ContactId, DialFirst, DialResult, NodeId, QueueName
from cti.sim.channels import Call, Leg
from cti.sim.outgoing import Outgoing
from cti.sim.tcp import Address, TcpSwitch
from cti.switch.asterisk import AsteriskSwitch, NodeAddress
from cti.switch.trunks import Trunk
from tests.sim.test_tcp import until

pytestmark = pytest.mark.contract

HOST = "127.0.23.11"
TOKEN = "token-of-the-test"
NUMBER = "+4930123456"
POLICY = policy.Center.model_validate(
    {
        "queues": {"sales": {"ring_timeout_s": 2}},
        "agents": {
            "anna": {"phone": "PJSIP/1001", "queues": {"sales": {}}, "starts": "available"},
            "ben": {"phone": "PJSIP/1002", "queues": {"sales": {}}},
        },
        "entries": {"6001": {"queue": "sales"}},
        "settle_s": 0.0,
    }
)
REACHED = ["placed", "answered", "human"]


class Ledger:
    """Takes everything in."""

    async def intend(self, call: PlaceCall) -> bool:
        return True

    def sent(self, attempt: AttemptId) -> None: ...

    def not_sent(self, attempt: AttemptId, result: DialResult) -> None: ...


class Hands:
    """Agents and customers who do only what the test says."""

    def __init__(self) -> None:
        self.phones: list[Leg] = []
        self.customers: list[Outgoing] = []

    def phone_rings(self, leg: Leg) -> None:
        self.phones.append(leg)

    def phone_stops(self, leg: Leg) -> None: ...
    def talk_begins(self, call: Call, leg: Leg) -> None: ...
    def talk_ends(self, call: Call, leg: Leg) -> None: ...
    def call_over(self, call: Call) -> None: ...

    def customer_rings(self, outgoing: Outgoing) -> None:
        self.customers.append(outgoing)

    def customer_over(self, outgoing: Outgoing) -> None: ...


class Place:
    """A simulated Asterisk with a real engine on it; `engine_dies` and `start_engine` give it another one."""

    def __init__(self) -> None:
        self.hands = Hands()
        self.changes: list[Changed] = []
        self.switch: AsteriskSwitch
        self.engine: Engine
        with socket.socket() as free:
            free.bind((HOST, 0))
            port = int(free.getsockname()[1])
        self.agi = Address(HOST, port)
        self.tcp = TcpSwitch(
            {"node1": Address(HOST, 0)},
            self.agi,
            ["PJSIP/1001", "PJSIP/1002"],
            username="cti",
            secret="secret",
            token=TOKEN,
        )
        self.tcp.exchange.people = self.hands
        self.calls = self.tcp.begun.calls
        self.calls.callees = self.hands

    async def start_engine(self) -> None:
        address = NodeAddress(HOST, self.tcp.nodes["node1"].port, "cti", "secret")
        self.switch = AsteriskSwitch(
            {NodeId("node1"): address},
            {agent.phone: AgentId(name) for name, agent in POLICY.agents.items()},
            listen=(HOST, self.agi.port),
            allow=(ipaddress.ip_network("127.0.0.0/8"),),
            token=TOKEN,
            trunks={"out": Trunk("PJSIP/{number}@trunk1", ("+49",))},
            ledger=Ledger(),
        )
        center = ContactCenter(POLICY, [NodeId("node1")], strict=True)
        self.engine = Engine(center, self.switch, [self.changes.append], clock=time.time)
        await self.switch.start(self.engine)

    async def engine_dies(self) -> None:
        self.engine.stop()
        await self.switch.close()
        self.changes.clear()

    def due(self, **more: Any) -> None:
        """A customer is to be called."""
        callout = Callout(AttemptId("x-1"), NUMBER, **more)
        self.engine.post(events.CalloutDue(ContactId("promise"), QueueName("sales"), callout))

    def states(self, kind: Kind) -> list[str]:
        return [str(changed.new) for changed in self.changes if changed.kind is kind]

    async def agent_rung(self) -> Leg:
        await until(lambda: self.hands.phones)
        return self.hands.phones.pop(0)

    async def customer_rung(self) -> Outgoing:
        await until(lambda: self.hands.customers)
        return self.hands.customers.pop(0)

    async def agent_waits(self) -> Leg:
        """He has been rung first, and has picked up."""
        leg = await self.agent_rung()
        ring = self.calls.ring_of(leg)
        assert ring is not None
        self.calls.answer(ring)
        return leg

    async def joined(self) -> tuple[Leg, Call]:
        self.due()
        leg = await self.agent_waits()
        customer = await self.customer_rung()
        self.calls.pick_up(customer)
        await until(lambda: "talking" in self.states(Kind.CONTACT))
        await until(lambda: leg.dial is not None)
        assert customer.call is not None
        return leg, customer.call

    async def over(self) -> None:
        await until(lambda: "ended" in self.states(Kind.CONTACT))
        await until(lambda: not self.tcp.exchange.calls and not self.tcp.exchange.legs)


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
        assert "bug" not in [changed.kind.value for changed in place.changes]


@pytest.mark.parametrize("who", ["agent", "customer"])
async def test_the_agent_first_and_joined(place: Place, who: str) -> None:
    leg, call = await place.joined()
    if who == "agent":
        place.tcp.exchange.hang_up_leg(leg)
    else:
        place.tcp.exchange.hang_up_call(call)
    await place.over()
    assert place.states(Kind.ATTEMPT) == REACHED
    assert place.states(Kind.VISIT) == ["waiting", "answered"]
    assert place.states(Kind.ACTIVITY) == ["ringing", "dialling", "talking", "idle"]


async def test_the_customer_first(place: Place) -> None:
    place.due(first=DialFirst.CUSTOMER)
    place.calls.pick_up(await place.customer_rung())
    leg = await place.agent_rung()
    place.tcp.exchange.answer(leg)
    await until(lambda: "talking" in place.states(Kind.CONTACT))
    place.tcp.exchange.hang_up_leg(leg)
    await place.over()
    assert place.states(Kind.ATTEMPT) == REACHED


@pytest.mark.parametrize(
    ("status", "result"),
    [
        ("BUSY", "busy"),
        ("REJECT", "rejected"),
        ("INVALID", "invalid"),
        ("CONGESTION", "congestion"),
        ("NOANSWER", "no_answer"),
    ],
)
async def test_he_is_not_reached(place: Place, status: str, result: str) -> None:
    place.due(first=DialFirst.CUSTOMER)
    place.calls.end(await place.customer_rung(), status)
    await place.over()
    assert place.states(Kind.ATTEMPT) == ["placed", result]
    assert place.states(Kind.VISIT) == ["waiting", "not_reached"]
    assert place.states(Kind.ACTIVITY)[-1] == "idle"


async def test_the_agent_is_told_that_nobody_was_reached(place: Place) -> None:
    place.due()
    leg = await place.agent_waits()
    place.calls.end(await place.customer_rung(), "BUSY")
    await until(lambda: not leg.up, within_s=8.0)
    await place.over()


async def test_the_agent_leaves_and_the_dial_is_taken_back(place: Place) -> None:
    place.due()
    leg = await place.agent_waits()
    await place.customer_rung()
    place.tcp.exchange.hang_up_leg(leg)
    await until(lambda: place.states(Kind.ATTEMPT) == ["placed", "cancelled"])
    assert not place.calls.ringing


async def test_a_phone_that_is_not_there(place: Place) -> None:
    place.tcp.exchange.phones["PJSIP/1001"].registered = False
    place.due()
    await until(lambda: "unreachable" in place.states(Kind.OFFER))


@pytest.mark.parametrize(("status", "cause", "state"), [("BUSY", 17, "busy"), ("CHANUNAVAIL", 21, "rejected")])
async def test_an_agent_who_is_not_to_be_had(place: Place, status: str, cause: int, state: str) -> None:
    place.due()
    ring = place.calls.ring_of(await place.agent_rung())
    assert ring is not None
    place.calls.refuse(ring, status, cause)
    await until(lambda: state in place.states(Kind.OFFER))


async def test_a_machine(place: Place) -> None:
    message = OnMachine(("custom/message",), 5.0)
    place.due(first=DialFirst.CUSTOMER, listen=Listening(), on_machine=message)
    place.calls.pick_up(await place.customer_rung(), "machine", listens_s=0.05)
    await until(lambda: "idle" in place.states(Kind.ACTIVITY))
    assert place.tcp.exchange.calls, "the message is still to be left"
    await until(lambda: not place.tcp.exchange.calls, within_s=10.0)
    assert place.states(Kind.ATTEMPT) == ["placed", "answered", "machine"]


async def test_who_hangs_up_while_he_is_listened_for(place: Place) -> None:
    place.due(first=DialFirst.CUSTOMER, listen=Listening())
    customer = await place.customer_rung()
    place.calls.pick_up(customer, "human", listens_s=5.0)
    await until(lambda: "answered" in place.states(Kind.ATTEMPT))
    assert customer.call is not None
    place.tcp.exchange.hang_up_call(customer.call)
    await place.over()
    assert place.states(Kind.ATTEMPT) == REACHED


async def test_joined_then_sent_into_a_queue(place: Place) -> None:
    leg, _ = await place.joined()
    place.tcp.exchange.transfer(leg, "cti-inbound", "6001")
    await until(lambda: place.states(Kind.VISIT) == ["waiting", "answered", "waiting"])
    assert len({changed.contact for changed in place.changes if changed.kind is Kind.VISIT}) == 1


async def test_dead_while_it_rings(place: Place) -> None:
    """The next process finds the attempt in the air, and hears how it ends."""
    place.due(first=DialFirst.CUSTOMER)
    customer = await place.customer_rung()
    await place.engine_dies()
    await place.start_engine()
    place.calls.pick_up(customer)
    leg = await place.agent_rung()
    place.tcp.exchange.answer(leg)
    await until(lambda: "talking" in place.states(Kind.CONTACT))
    assert not place.hands.customers, "dialled once"


async def test_dead_while_they_talk(place: Place) -> None:
    leg, _ = await place.joined()
    await place.engine_dies()
    await place.start_engine()
    place.tcp.exchange.hang_up_leg(leg)
    await until(lambda: not place.tcp.exchange.calls)
    assert "waiting" not in place.states(Kind.VISIT), "he has been served"


async def test_an_agent_who_waits_for_a_dead_engine_is_let_go(place: Place) -> None:
    place.due()
    leg = await place.agent_waits()
    await place.customer_rung()
    await place.engine_dies()
    await until(lambda: not leg.up)
    await place.start_engine()


async def test_what_our_dialplan_does_not_have_is_refused(place: Place) -> None:
    reader, writer = await asyncio.open_connection(HOST, place.tcp.nodes["node1"].port)
    writer.write(b"Action: Login\r\nUsername: cti\r\nSecret: secret\r\n\r\n")
    await reader.readuntil(b"Fully Booted\r\n\r\n")
    writer.write(b"Action: Originate\r\nChannel: PJSIP/1001\r\nContext: default\r\nExten: 1\r\nAsync: true\r\n\r\n")
    assert b"Extension does not exist" in await reader.readuntil(b"\r\n\r\n")
    writer.close()
