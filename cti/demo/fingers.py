"""Who presses the keys of SIPp's callers, as RFC 4733?

SIPp itself would need root for it (raw sockets); it tells where each one's sound goes. Knows numbers, keys and
seconds; what the flow says is not heard.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from pathlib import Path
from typing import NamedTuple

from cti.demo.errands import Press
from cti.demo.rtp import KEYS, Sender

LOOK_S = 0.2
LEARN_PACKETS, PACKET_S = 6, 0.02  # Asterisk believes an address after four packets in a row (rtp.conf, probation)
KEY_S = 0.1
END_PACKETS = 3  # RFC 4733 section 2.5.1.4: the last packet is sent three times


class _Hand(NamedTuple):
    host: str
    keys: tuple[Press, ...]


class Fingers:
    """`ahead` names who will press what; `follow` reads what SIPp's callers say and presses until it is cancelled."""

    def __init__(self, asterisk: str) -> None:
        """`asterisk` is the host that their sound goes to."""
        self._asterisk = asterisk
        self._hands: dict[str, _Hand] = {}
        self._read: dict[Path, int] = {}
        self._pressing: set[asyncio.Task[None]] = set()
        self.done: set[str] = set()  # numbers that have pressed all their keys

    def ahead(self, number: str, host: str, keys: tuple[Press, ...], said: Path) -> None:
        """Caller `number` will call from `host`, and `said` will tell when he is connected."""
        self._hands[number] = _Hand(host, keys)
        self._read.setdefault(said, 0)

    async def follow(self) -> None:
        """Look for callers who have been answered, for ever."""
        try:
            while True:
                for said in list(self._read):
                    self._look(said)
                await asyncio.sleep(LOOK_S)
        finally:
            for task in self._pressing:
                task.cancel()

    def _look(self, said: Path) -> None:
        with contextlib.suppress(FileNotFoundError), said.open("rb") as file:
            file.seek(self._read[said])
            new, newline, _ = file.read().rpartition(b"\n")
            self._read[said] += len(new) + len(newline)
            for line in new.decode(errors="replace").splitlines():
                number, port = connected(line)
                hand = self._hands.pop(number, None) if port else None
                if hand is not None:
                    task = asyncio.get_running_loop().create_task(self._press(number, hand, port))
                    self._pressing.add(task)
                    task.add_done_callback(self._pressing.discard)

    async def _press(self, number: str, hand: _Hand, port: int) -> None:
        loop = asyncio.get_running_loop()
        began, sender = loop.time(), Sender(port)
        with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as media:
            media.bind((hand.host, 0))
            media.connect((self._asterisk, port))
            for _ in range(LEARN_PACKETS):
                media.send(sender.silence())
                await asyncio.sleep(PACKET_S)
            for at_s, key in hand.keys:
                await asyncio.sleep(max(0.0, began + at_s - loop.time()))
                place = KEYS.index(key)
                media.send(sender.begin(place))
                await asyncio.sleep(KEY_S)
                end = sender.end(place, KEY_S)
                for _ in range(END_PACKETS):
                    media.send(end)
            self.done.add(number)


def connected(line: str) -> tuple[str, int]:
    """Return who was connected, and to which port his sound goes; ("", 0) where `line` says something else."""
    number, _, rest = line.strip().partition(" ")
    word, _, port = rest.partition(" ")
    return (number, int(port)) if word == "connected" and port.isdecimal() else ("", 0)
