"""Keys go out as RFC 4733 to the port that SIPp told, after the caller was answered."""

from __future__ import annotations

import asyncio
import socket
import struct
from pathlib import Path

import pytest

from cti.demo.fingers import END_PACKETS, LEARN_PACKETS, Fingers, connected

HOST = "127.0.24.1"


@pytest.mark.unit
@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("447700900001 connected 10042\n", ("447700900001", 10042)),
        ("447700900001 connected ", ("", 0)),
        ("447700900001 connected", ("", 0)),
        ("447700900001 calls", ("", 0)),
        ("447700900001 ended 5", ("", 0)),
        ("", ("", 0)),
    ],
)
def test_what_sipp_says(line: str, found: tuple[str, int]) -> None:
    assert connected(line) == found


@pytest.mark.contract
async def test_his_keys_are_on_the_wire(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asterisk:
        asterisk.bind((HOST, 0))
        port = asterisk.getsockname()[1]
        said = tmp_path / "callers-0.said"
        fingers = Fingers(HOST)
        fingers.ahead("1", HOST, ((0.0, "1"), (0.1, "#")), said)
        fingers.ahead("2", HOST, ((0.0, "2"),), said)
        following = asyncio.create_task(fingers.follow())
        said.write_text(f"1 calls\n1 connected {port}\n2 connec")
        async with asyncio.timeout(5.0):
            while not fingers.done:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        following.cancel()
        assert fingers.done == {"1"}, "half a line is no line"
        packets = [asterisk.recv(1000) for _ in range(LEARN_PACKETS + 2 * (1 + END_PACKETS))]
    keys = [struct.unpack("!BB", packet[12:14]) for packet in packets if packet[1] & 0x7F == 101]
    assert [(key, bool(flags & 0x80)) for key, flags in keys] == [
        (1, False), *[(1, True)] * END_PACKETS, (11, False), *[(11, True)] * END_PACKETS,
    ]  # fmt: skip
