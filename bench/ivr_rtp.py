"""What is on the wire of a caller who presses keys and listens? Just enough RTP (RFC 3550, 4733) to measure a menu.

Pure bytes: no socket, no clock. Every prompt of the benchmark is one byte, over and over: whatever packet arrives says
which prompt it belongs to.
"""

from __future__ import annotations

import struct

PCMU, EVENTS = 0, 101
VERSION, MARKER, END = 0x80, 0x80, 0x80
VOLUME = 10  # dBm0, negative
CLOCK_HZ = 8000
FIRST_BYTE = 0x30  # of the first prompt; far from silence (0x7f and 0xff)
HEADER = struct.Struct("!BBHII")
EVENT = struct.Struct("!BBH")


def prompt(number: int, seconds: float) -> bytes:
    """The sound of prompt `number`, as Asterisk's .ulaw file."""
    return bytes([FIRST_BYTE + number]) * int(seconds * CLOCK_HZ)


def heard(packet: bytes) -> int | None:
    """Which prompt `packet` is of; None where it is no sound."""
    if len(packet) <= HEADER.size or packet[0] & 0xC0 != VERSION or packet[1] & 0x7F != PCMU:
        return None
    return packet[HEADER.size] - FIRST_BYTE


class Sender:
    """One caller's stream. It says nothing but keys."""

    def __init__(self, source: int) -> None:
        self._source, self._sequence, self._stamp = source, 0, 0

    def silence(self) -> bytes:
        """20 ms; Asterisk learns from it where the caller is."""
        self._stamp += 160
        return self._packet(PCMU, b"\xff" * 160)

    def begin(self, digit: int) -> bytes:
        """A key goes down."""
        self._stamp += CLOCK_HZ
        return self._packet(EVENTS | MARKER, EVENT.pack(digit, VOLUME, 160))

    def end(self, digit: int, seconds: float) -> bytes:
        """The key is up again, after `seconds`."""
        return self._packet(EVENTS, EVENT.pack(digit, END | VOLUME, int(seconds * CLOCK_HZ)))

    def _packet(self, kind: int, payload: bytes) -> bytes:
        self._sequence = (self._sequence + 1) & 0xFFFF
        return HEADER.pack(VERSION, kind, self._sequence, self._stamp, self._source) + payload


def sdp(host: str, port: int) -> str:
    """One G.711 stream with keys in it."""
    return (
        f"v=0\r\no=- 1 1 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\n"
        f"m=audio {port} RTP/AVP {PCMU} {EVENTS}\r\na=rtpmap:{PCMU} PCMU/8000\r\n"
        f"a=rtpmap:{EVENTS} telephone-event/8000\r\na=fmtp:{EVENTS} 0-15\r\n"
    )


def port_of(message: bytes) -> int:
    """Where the SDP in a SIP message wants the sound; 0 where there is none."""
    _, found, rest = message.partition(b"\r\nm=audio ")
    return int(rest.split(b" ", 1)[0]) if found else 0
