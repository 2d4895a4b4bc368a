"""When did a datagram arrive? One UDP socket whose receive times are the kernel's, not this process's.

So a busy or descheduled instrument does not lengthen what it measures.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from collections.abc import Callable

SO_TIMESTAMPNS = 35  # asm-generic/socket.h; Python's socket module does not name it
BUFFER_BYTES = 8 * 1024 * 1024
MAX_AT_ONCE = 200

Receive = Callable[[bytes, float], None]


class Wire:
    """A bound UDP socket that talks to one Asterisk. `receive(data, stamp_s)`: epoch seconds of its arrival."""

    def __init__(self, here: tuple[str, int], there: tuple[str, int], receive: Receive) -> None:
        self.here = f"{here[0]}:{here[1]}"
        self.host = here[0]
        self._receive = receive
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
            self._socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
            self._socket.setblocking(False)
            self._socket.bind(here)
            self._socket.connect(there)
        except OSError:
            self._socket.close()
            raise
        asyncio.get_running_loop().add_reader(self._socket, self._readable)

    def send(self, data: bytes) -> None:
        """Send now; a datagram that the kernel does not take is lost, as on any network, and sent again later."""
        try:
            self._socket.send(data)
        except (BlockingIOError, ConnectionRefusedError):
            return

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._socket)
        self._socket.close()

    def _readable(self) -> None:
        for _ in range(MAX_AT_ONCE):
            try:
                data, ancillary, _, _ = self._socket.recvmsg(8192, 64)
            except (BlockingIOError, ConnectionRefusedError):
                return
            self._receive(data, arrived_s(ancillary))


def arrived_s(ancillary: list[tuple[int, int, bytes]]) -> float:
    """Epoch seconds of a datagram's arrival, from what came beside it; now, where the kernel has not said."""
    for level, kind, value in ancillary:
        if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS:
            seconds, nanoseconds = struct.unpack("qq", value[:16])
            return float(seconds + nanoseconds / 1e9)
    return time.time()
