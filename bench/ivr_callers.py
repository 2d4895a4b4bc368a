"""Who walks through the menus in the benchmark? Callers who press a key every few seconds, some of them with an ear.

A bare SIP user agent on asyncio with the kernel's receive times. Only the ears read their sound: who has none lets it
pile up in a socket that nobody reads, which costs this process nothing.
"""

from __future__ import annotations

import asyncio
import random
import secrets
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from bench import ivr_rtp
from bench.assign_sip import Dialog, Message, parse, response, uri_of
from bench.assign_wire import SO_TIMESTAMPNS, Wire, arrived_s

KEY = 1
KEY_S = 0.1  # down; Asterisk makes a shorter one longer
THINK_S = (3.0, 7.0)
LEARN_PACKETS = 5
LOST_S = 5.0  # no prompt so long after a key: it is lost
MAX_AT_ONCE = 50


@dataclass(eq=False)
class Caller:
    """One call. `pressed_s`: when the key that waits for its prompt was up, epoch seconds."""

    dialog: Dialog
    wire: Wire
    media: socket.socket
    sender: ivr_rtp.Sender
    has_ear: bool
    there: tuple[str, int] = ("", 0)  # where Asterisk takes his sound
    at: int | None = None  # the prompt that he hears
    pressed_s: float = 0.0
    expected: int = -1
    over: bool = False
    sink: socket.socket | None = None


@dataclass(eq=False)
class Callers:
    """All of them. `latencies_s`: from a key to the first sound of the next prompt, of those with an ear."""

    asterisk: tuple[str, int]
    trunks: tuple[tuple[str, int], ...]
    dialled: str
    menus: int
    lot: random.Random
    people: dict[str, Caller] = field(default_factory=dict)
    latencies_s: list[float] = field(default_factory=list)
    keys: int = 0
    lost: int = 0
    ended: int = 0  # by the other side, or refused
    leaving: bool = False

    async def __aenter__(self) -> Callers:
        self._wires = [Wire(trunk, self.asterisk, self._received) for trunk in self.trunks]
        self._sinks = [_media(wire.host, reads=False) for wire in self._wires]
        self._tag = secrets.token_hex(6)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.leaving = True
        for caller in self.people.values():
            if caller.has_ear:
                asyncio.get_running_loop().remove_reader(caller.media)
                caller.media.close()
        for wire in self._wires:
            wire.close()
        for sink in self._sinks:
            sink.close()

    def dial(self, *, has_ear: bool) -> None:
        """A new caller, who presses keys until `hang_up`."""
        number = len(self.people) + 1
        trunk = number % len(self._wires)
        wire, media = self._wires[trunk], self._sinks[trunk]
        if has_ear:
            media = _media(wire.host, reads=True)
        uri = f"sip:{self.dialled}@{self.asterisk[0]}:{self.asterisk[1]}"
        call_id = f"{self._tag}-{number}"
        dialog = Dialog(call_id, wire.here, f"<sip:4930{number:06}@{wire.here}>;tag=c{number}", f"<{uri}>", uri)
        caller = self.people[call_id] = Caller(dialog, wire, media, ivr_rtp.Sender(number), has_ear)
        if has_ear:
            asyncio.get_running_loop().add_reader(media, self._listen, caller)
        wire.send(dialog.request("INVITE", f"{call_id}-1", ivr_rtp.sdp(wire.host, media.getsockname()[1])))

    @property
    def present(self) -> int:
        return sum(1 for caller in self.people.values() if caller.there[1] and not caller.over)

    async def hang_up(self, per_s: float) -> None:
        """Everybody leaves."""
        self.leaving = True
        for caller in self.people.values():
            if caller.there[1] and not caller.over:
                caller.dialog.cseq += 1
                caller.wire.send(caller.dialog.request("BYE", f"{caller.dialog.call_id}-bye"))
                await asyncio.sleep(1.0 / per_s)

    # --- signalling ---------------------------------------------------------------------------------------------------

    def _received(self, data: bytes, _stamp_s: float) -> None:
        message = parse(data)
        caller = self.people.get(message.call_id) if message else None
        if message is None or caller is None:
            return
        if message.method == "BYE":
            caller.wire.send(response(message, "200 OK"))
            self._gone(caller)
        elif message.method and message.method != "ACK":
            caller.wire.send(response(message, "200 OK", contact=f"sip:c@{caller.wire.here}"))
        elif message.cseq_method == "INVITE" and message.code >= 200:
            self._answered(caller, message, data)
        elif message.cseq_method == "BYE" and message.code >= 200:
            caller.over = True

    def _answered(self, caller: Caller, message: Message, data: bytes) -> None:
        dialog = caller.dialog
        dialog.remote = message.headers["to"]
        if message.code >= 300:
            caller.wire.send(dialog.request("ACK", f"{dialog.call_id}-1"))
            self._gone(caller)
            return
        dialog.target = uri_of(message.headers["contact"])
        caller.wire.send(dialog.request("ACK", f"{dialog.call_id}-ack"))
        if caller.there[1]:
            return
        caller.there = (self.asterisk[0], ivr_rtp.port_of(data))
        for _ in range(LEARN_PACKETS):
            self._say(caller, caller.sender.silence())
        self._later(THINK_S, self._press, caller)

    def _gone(self, caller: Caller) -> None:
        if not caller.over:
            caller.over = True
            self.ended += not self.leaving

    # --- keys and sound -----------------------------------------------------------------------------------------------

    def _later(self, within_s: tuple[float, float], what: Callable[[Caller], None], caller: Caller) -> None:
        asyncio.get_running_loop().call_later(self.lot.uniform(*within_s), what, caller)

    def _press(self, caller: Caller) -> None:
        if caller.over or self.leaving:
            return
        if caller.pressed_s:
            if time.time() - caller.pressed_s > LOST_S:
                self.lost += 1
                caller.pressed_s = 0.0
            self._later((1.0, 1.0), self._press, caller)
            return
        self._say(caller, caller.sender.begin(KEY))
        self._later((KEY_S, KEY_S), self._release, caller)

    def _release(self, caller: Caller) -> None:
        self.keys += 1
        if caller.has_ear and caller.at is not None:
            caller.expected, caller.pressed_s = (caller.at + 1) % self.menus, time.time()
        self._say(caller, caller.sender.end(KEY, KEY_S))
        self._later(THINK_S, self._press, caller)

    def _say(self, caller: Caller, packet: bytes) -> None:
        try:
            caller.media.sendto(packet, caller.there)
        except (BlockingIOError, ConnectionRefusedError):
            return

    def _listen(self, caller: Caller) -> None:
        for _ in range(MAX_AT_ONCE):
            try:
                packet, ancillary, _, _ = caller.media.recvmsg(512, 64)
            except (BlockingIOError, ConnectionRefusedError):
                return
            number = ivr_rtp.heard(packet)
            if number is None or number == caller.at:
                continue
            caller.at = number
            if caller.pressed_s and number == caller.expected:
                self.latencies_s.append(arrived_s(ancillary) - caller.pressed_s)
                caller.pressed_s = 0.0


def _media(host: str, *, reads: bool) -> socket.socket:
    """A socket for sound. One that nobody reads is as small as the kernel makes it."""
    media = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    media.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 18 if reads else 1)
    if reads:
        media.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    media.setblocking(False)
    media.bind((host, 0))
    return media
