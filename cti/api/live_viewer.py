"""How is a message written to one viewer, so that a slow one costs nobody else anything? Knows a transport, no topic.

A message is framed once for all who get it (RFC 6455, 5.2: a server's frames are not masked, so they are the same for
everybody). Who does not read gets nothing more until he does; then one snapshot makes up for all he has missed.
"""

from __future__ import annotations

import asyncio
import struct

TEXT = 0x81  # FIN, opcode 1
ROOM_BYTES = 256 * 1024
"""What may lie unsent beside the newest snapshot. A page of an office line is never that far behind."""
FROZEN_S = 10.0


def text_frame(payload: bytes) -> bytes:
    """Return `payload` as one WebSocket frame of a server."""
    size = len(payload)
    if size < 126:
        return struct.pack("!BB", TEXT, size) + payload
    if size < 65_536:
        return struct.pack("!BBH", TEXT, 126, size) + payload
    return struct.pack("!BBQ", TEXT, 127, size) + payload


class Viewer:
    """One connection. `behind_since` (epoch seconds) is set while messages are dropped because he does not read."""

    def __init__(self, transport: asyncio.WriteTransport) -> None:
        self._transport = transport
        self._room_bytes = ROOM_BYTES
        self.behind_since: float | None = None

    @property
    def is_gone(self) -> bool:
        return self._transport.is_closing()

    @property
    def unsent_bytes(self) -> int:
        return self._transport.get_write_buffer_size()

    def tell(self, frame: bytes, now: float) -> bool:
        """Write a change; False where it is dropped, and a snapshot is owed."""
        if self.behind_since is not None or self.is_gone:
            return False
        if self.unsent_bytes > self._room_bytes:
            self.behind_since = now
            return False
        self._transport.write(frame)
        return True

    def wait(self, now: float) -> None:
        """A snapshot will come: changes before that are nothing for him."""
        self.behind_since = now

    def show(self, frame: bytes) -> None:
        """Write a snapshot: it holds all that was dropped before."""
        if not self.is_gone:
            self.behind_since = None
            self._room_bytes = ROOM_BYTES + len(frame)
            self._transport.write(frame)

    def has_caught_up(self) -> bool:
        """Whether he has read everything that he was sent, after he was behind."""
        return self.behind_since is not None and self.unsent_bytes == 0

    def is_frozen(self, now: float) -> bool:
        """Whether he has not read for so long that nobody waits for him any more."""
        return self.behind_since is not None and now - self.behind_since >= FROZEN_S

    def abort(self) -> None:
        """Close at once; what is unsent is lost."""
        self._transport.abort()
