"""What is on the wire of a caller who presses keys and listens? Just enough RTP (RFC 3550, 4733) to measure a menu.

Pure bytes: no socket, no clock. Every prompt of the benchmark is one byte, over and over: whatever packet arrives says
which prompt it belongs to.
"""

from __future__ import annotations

from cti.demo.rtp import CLOCK_HZ, EVENTS, HEADER, PCMU, VERSION, Sender

__all__ = ["Sender", "heard", "port_of", "prompt", "sdp"]

FIRST_BYTE = 0x30  # of the first prompt; far from silence (0x7f and 0xff)


def prompt(number: int, seconds: float) -> bytes:
    """The sound of prompt `number`, as Asterisk's .ulaw file."""
    return bytes([FIRST_BYTE + number]) * int(seconds * CLOCK_HZ)


def heard(packet: bytes) -> int | None:
    """Which prompt `packet` is of; None where it is no sound."""
    if len(packet) <= HEADER.size or packet[0] & 0xC0 != VERSION or packet[1] & 0x7F != PCMU:
        return None
    return packet[HEADER.size] - FIRST_BYTE


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
