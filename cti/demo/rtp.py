"""What is on the wire of a caller who presses keys and says nothing? Just enough RTP (RFC 3550, 4733). PURE.

Bytes only: no socket, no clock.
"""

from __future__ import annotations

import struct

PCMU, EVENTS = 0, 101
VERSION, MARKER, END = 0x80, 0x80, 0x80
VOLUME = 10  # dBm0, negative
CLOCK_HZ = 8000
KEYS = "0123456789*#"  # in the order of RFC 4733
HEADER = struct.Struct("!BBHII")
EVENT = struct.Struct("!BBH")


class Sender:
    """One caller's stream."""

    def __init__(self, source: int) -> None:
        self._source, self._sequence, self._stamp = source, 0, 0

    def silence(self) -> bytes:
        """20 ms; Asterisk learns from it where the caller is."""
        self._stamp += 160
        return self._packet(PCMU, b"\xff" * 160)

    def begin(self, key: int) -> bytes:
        """A key goes down: its place in KEYS."""
        self._stamp += CLOCK_HZ
        return self._packet(EVENTS | MARKER, EVENT.pack(key, VOLUME, 160))

    def end(self, key: int, seconds: float) -> bytes:
        """The key is up again, after `seconds`."""
        return self._packet(EVENTS, EVENT.pack(key, END | VOLUME, int(seconds * CLOCK_HZ)))

    def _packet(self, kind: int, payload: bytes) -> bytes:
        self._sequence = (self._sequence + 1) & 0xFFFF
        return HEADER.pack(VERSION, kind, self._sequence, self._stamp, self._source) + payload
