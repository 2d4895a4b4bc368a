"""How fast can FastAGI alone hand a waiting caller to a free phone? The least that can be done: one line, no rules.

The yardstick of bench.assign. No priorities, no skills, no tickets, no AMI, no limits; it knows nothing of the engine.
Run: `.venv/bin/python -m bench.floor --listen 127.0.0.1:4573 --phones 1001-1050` (ends on SIGTERM or Ctrl-C).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
from collections import deque

WAITING: deque[Caller] = deque()
FREE: deque[str] = deque()


class Caller(asyncio.Protocol):
    """One FastAGI connection: environment, music, a place in the line, a Dial, good-bye."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport
        self.received = b""
        self.state = "environment"
        self.phone = ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.received += data
        if self.state == "environment":
            if self.received.endswith(b"\n\n"):
                self.received, self.state = b"", "music"
                self.transport.write(b"SET MUSIC ON\n")
            return
        *lines, self.received = self.received.split(b"\n")
        for line in lines:
            self.take(line)

    def take(self, line: bytes) -> None:
        """An answer to the one command under way, or HANGUP."""
        if line.startswith(b"HANGUP"):
            self.transport.close()
        elif self.state == "music":
            self.state = "waiting"
            WAITING.append(self)
            serve()
        elif self.state == "dialled":
            self.state = "asked"
            self.transport.write(b"GET VARIABLE DIALSTATUS\n")
            self.free()
        elif b"(BUSY)" in line:  # the phone had not yet heard that its last caller is gone
            self.state = "waiting"
            WAITING.appendleft(self)
            serve()
        else:
            self.transport.close()

    def connection_lost(self, _: Exception | None) -> None:
        if self.state == "waiting":
            WAITING.remove(self)
        self.state = "gone"
        self.free()

    def dial(self, phone: str) -> None:
        """Ring the phone with this caller; any answer to it means that the phone is free again."""
        self.phone, self.state = phone, "dialled"
        self.transport.write(f'EXEC Dial "PJSIP/{phone},20,g"\n'.encode())

    def free(self) -> None:
        """Give the phone back."""
        phone, self.phone = self.phone, ""
        if phone:
            FREE.append(phone)
            serve()


def serve() -> None:
    """First come, first served; the phone that has been free longest."""
    while WAITING and FREE:
        WAITING.popleft().dial(FREE.popleft())


async def listen(host: str, port: int) -> None:
    """Serve until cancelled."""
    server = await asyncio.get_running_loop().create_server(Caller, host, port, backlog=4096)
    await server.serve_forever()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--listen", required=True, metavar="HOST:PORT")
    parser.add_argument("--phones", required=True, metavar="FIRST-LAST")
    words = parser.parse_args()
    first, last = words.phones.split("-")
    FREE.extend(str(number) for number in range(int(first), int(last) + 1))
    with contextlib.suppress(KeyboardInterrupt, asyncio.CancelledError):
        asyncio.run(listen(words.listen.rpartition(":")[0], int(words.listen.rpartition(":")[2])))
