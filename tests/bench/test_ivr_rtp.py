"""Does the benchmark of menus speak and understand RTP as RFC 3550 and 4733 have it?"""

from __future__ import annotations

import struct

import pytest

from bench import ivr_rtp

pytestmark = pytest.mark.unit


def test_a_prompt_is_known_by_any_of_its_packets() -> None:
    sound = ivr_rtp.prompt(3, 0.02)
    assert len(sound) == 160
    assert ivr_rtp.heard(struct.pack("!BBHII", 0x80, 0, 9, 160, 7) + sound) == 3
    assert ivr_rtp.heard(struct.pack("!BBHII", 0x80, 0x80, 9, 160, 7) + sound) == 3, "with the marker bit"


@pytest.mark.parametrize("packet", [b"", b"\x80\x00", b"\x80" * 12, b"\x00" * 40, b"\x80\x65" + b"\x00" * 40])
def test_what_is_no_sound_is_no_prompt(packet: bytes) -> None:
    assert ivr_rtp.heard(packet) is None


def test_a_key_is_one_event_of_two_packets() -> None:
    """The same timestamp, sequence numbers that go on, the end bit and the duration in the second."""
    sender = ivr_rtp.Sender(7)
    began = struct.unpack("!BBHIIBBH", sender.begin(1))
    ended = struct.unpack("!BBHIIBBH", sender.end(1, 0.1))
    assert began == (0x80, 0x80 | 101, 1, 8000, 7, 1, 10, 160)
    assert ended == (0x80, 101, 2, 8000, 7, 1, 0x80 | 10, 800)


def test_the_other_sides_port_is_read_from_its_sdp() -> None:
    assert ivr_rtp.port_of(b"SIP/2.0 200 OK\r\n\r\n" + ivr_rtp.sdp("127.0.0.1", 4711).encode()) == 4711
    assert ivr_rtp.port_of(b"SIP/2.0 200 OK\r\n\r\n") == 0
