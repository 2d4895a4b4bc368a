"""A caller on a whole engine, behind it the simulator over TCP or a real Asterisk.

The engine is in the test's own process; only the bytes and who stands behind them differ.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Sequence
from ipaddress import ip_network
from typing import Any, Protocol

from cti.center import ContactCenter
from cti.demo.rtp import Sender
from cti.model import events
from cti.model.changes import Changed, Kind
from cti.model.words import AgentId, NodeId
from cti.sim.channels import Call, Leg
from cti.sim.tcp import Address, TcpSwitch
from cti.switch.asterisk import AsteriskSwitch, NodeAddress
from tests.acceptance.crowd import Crowd, Dialog
from tests.contract.flow_lines import AGENT, CALLER, COLLEAGUE, DIALLED, GONE, POLICY, Scene, Spy, Wiretap
from tests.waiting import until

SIM_HOST = "127.0.25.1"
SPOKEN_PACKETS, PACKET_S = 100, 0.02
KEY_GAP_S = 0.2
TOKEN = "token-of-the-test"


class Street(Protocol):
    """Who is behind the switch."""

    async def call(self) -> None: ...
    async def press(self, key: str, *, is_heard: bool) -> None: ...
    async def speak(self) -> None: ...
    async def answer(self, phone: str) -> None: ...
    async def hang_up_phone(self, phone: str) -> None: ...
    async def hang_up(self) -> None: ...


class OnEngine:
    """flow_lines.Line. `async with` it."""

    def __init__(self, scene: Scene, tap: Wiretap, street: Street, address: NodeAddress, listen: Address, token: str):
        self.tap, self.desk, self._street = tap, scene.desk(), street
        self.changes: list[Changed] = []
        self.switch = AsteriskSwitch(
            {NodeId("node1"): address},
            {f"PJSIP/{AGENT}": AgentId("anna")},
            listen=(listen.host, listen.port),
            allow=(ip_network("127.0.0.0/8"),),
            token=token,
            flows=self.desk,
        )
        center = ContactCenter(POLICY, [NodeId("node1")], strict=True)
        self.engine = Spy(center, self.switch, [self.changes.append], clock=time.time)

    async def __aenter__(self) -> OnEngine:
        await self.switch.start(self.engine)
        await until(lambda: self.told(Kind.NODE, "up"), "the node is up")
        return self

    async def __aexit__(self, *_: object) -> None:
        self.engine.stop()
        await self.switch.close()

    def told(self, kind: Kind, new: str) -> bool:
        return any((changed.kind, changed.new) == (kind, new) for changed in self.changes)

    @property
    def posted(self) -> Sequence[events.AnyEvent]:
        return self.engine.posted

    async def calls(self) -> None:
        await self._street.call()

    async def until(self, name: str, word: str = "") -> None:
        def goes_on() -> bool:
            now = self.tap.now
            return now is not None and now.name == name and word in ("", now.words[2])

        await until(goes_on, f"{name} {word}; heard: {self.tap.sounds()}")

    async def presses(self, keys: str) -> None:
        for key in keys:
            await until(lambda: (now := self.tap.now) and key in now.keys, f"{key} ends something")  # noqa: B023
            now = self.tap.now
            await self._street.press(key, is_heard=True)
            await until(lambda: now is None or now.answer.done(), f"{key} has ended it")  # noqa: B023

    async def hammers(self, keys: str) -> None:
        for key in keys:
            await self._street.press(key, is_heard=False)

    async def speaks(self) -> None:
        await self.until("RECORD FILE")
        await self._street.speak()

    async def talks(self) -> None:
        await self._talk(AGENT)

    async def colleague_talks(self) -> None:
        await self._talk(COLLEAGUE)

    async def waits_too_long(self) -> None:
        await until(lambda: self.told(Kind.VISIT, "timed_out"), "he has waited too long")

    async def hangs_up(self) -> None:
        await self._street.hang_up()
        await self._nobody_is_left()

    async def is_let_go(self) -> None:
        await until(lambda: any(isinstance(told, events.FlowEnded) for told in self.posted), "the flow's end")
        await self._nobody_is_left()

    async def _talk(self, phone: str) -> None:
        await self._street.answer(phone)
        if phone == AGENT:
            await until(lambda: self.told(Kind.CONTACT, "talking"), "they talk")
        await self._street.hang_up_phone(phone)

    async def _nobody_is_left(self) -> None:
        await until(lambda: not self.engine.center.contacts and not self.desk.calls, "nobody is left")
        assert not self.told(Kind.BUG, ""), "no bug"


class SimStreet:
    """The simulated exchange, and hands that do what the test says."""

    def __init__(self) -> None:
        self.ringing: list[Leg] = []
        with socket.socket() as free:
            free.bind((SIM_HOST, 0))
            self.listen = Address(SIM_HOST, int(free.getsockname()[1]))
        phones = [f"PJSIP/{phone}" for phone in (AGENT, COLLEAGUE)]
        given: dict[str, Any] = {"username": "cti", "secret": "secret", "token": TOKEN}
        self.tcp = TcpSwitch({"node1": Address(SIM_HOST, 0)}, self.listen, phones, **given)
        self.tcp.exchange.people = self
        self.tcp.exchange.no_sound = lambda name: GONE in name
        self._call: Call

    async def call(self) -> None:
        self._call = self.tcp.exchange.new_call("node1", DIALLED, CALLER)

    async def press(self, key: str, *, is_heard: bool) -> None:
        if is_heard:
            await until(lambda: self._call.ear, "somebody listens for a key")
        self.tcp.exchange.press(self._call, key)

    async def speak(self) -> None:
        """Whoever is asked to speak does so there, see tcp_agi.py."""

    async def answer(self, phone: str) -> None:
        await until(lambda: self.ringing, f"{phone} rings")
        assert self.ringing[0].phone.dial == f"PJSIP/{phone}"
        self.tcp.exchange.answer(self.ringing[0])

    async def hang_up_phone(self, phone: str) -> None:
        self.tcp.exchange.hang_up_leg(next(iter(self.tcp.exchange.legs.values())))

    async def hang_up(self) -> None:
        self.tcp.exchange.hang_up_call(self._call)

    def phone_rings(self, leg: Leg) -> None:
        self.ringing.append(leg)

    def phone_stops(self, leg: Leg) -> None:
        self.ringing.remove(leg)

    def talk_begins(self, call: Call, leg: Leg) -> None:
        self.ringing.remove(leg)

    def talk_ends(self, call: Call, leg: Leg) -> None: ...
    def call_over(self, call: Call) -> None: ...


class SipStreet:
    """Bare SIP user agents on a real Asterisk; keys go as SIP INFO.

    They send no sound, and a key that comes too soon after another waits in Asterisk for the next frame of the caller
    (channel.c, AST_MIN_DTMF_GAP): so they press slowly.
    """

    def __init__(self, node: dict[str, Any], callers: Crowd, phones: Crowd) -> None:
        self._exchange, self._callers, self._phones = (node["host"], node["sip_port"]), callers, phones
        self._heard = len(phones.order)
        self._call: Dialog

    async def call(self) -> None:
        self._call = self._callers.call(*self._exchange, DIALLED, CALLER.lstrip("+"))

    async def press(self, key: str, *, is_heard: bool) -> None:
        if is_heard:
            await asyncio.sleep(KEY_GAP_S)
        self._callers.press(self._call, key)
        await asyncio.sleep(0)

    async def speak(self) -> None:
        """Silence is sound enough to be recorded."""
        sender = Sender(1)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as media:
            media.bind((self._callers.address, 0))
            for _ in range(SPOKEN_PACKETS):
                media.sendto(sender.silence(), (self._exchange[0], self._call.media_port))
                await asyncio.sleep(PACKET_S)

    async def answer(self, phone: str) -> None:
        await until(lambda: self._at(phone), f"{phone} rings")
        self._phones.answer(self._at(phone)[-1])
        await until(lambda: self._at(phone)[-1].talking, f"{phone} talks")

    async def hang_up_phone(self, phone: str) -> None:
        self._phones.hang_up(self._at(phone)[-1])

    async def hang_up(self) -> None:
        self._callers.hang_up(self._call)

    def _at(self, phone: str) -> list[Dialog]:
        return [dialog for dialog in self._phones.order[self._heard :] if dialog.user == phone]
