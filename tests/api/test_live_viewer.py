"""A slow viewer, a frozen one, one who comes back."""

from __future__ import annotations

import asyncio

import pytest

from cti.api.live_viewer import FROZEN_S, ROOM_BYTES, Viewer, text_frame

pytestmark = pytest.mark.unit


class Line(asyncio.WriteTransport):
    """A transport whose peer reads only when a test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.unsent = 0
        self.closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written.append(bytes(data))
        self.unsent += len(data)

    def get_write_buffer_size(self) -> int:
        return self.unsent

    def is_closing(self) -> bool:
        return self.closed

    def abort(self) -> None:
        self.closed = True


@pytest.mark.parametrize(
    ("size", "head"),
    [(0, b"\x81\x00"), (125, b"\x81\x7d"), (126, b"\x81\x7e\x00\x7e"), (65_536, b"\x81\x7f" + (65_536).to_bytes(8))],
)
def test_a_frame_is_what_rfc_6455_says(size: int, head: bytes) -> None:
    assert text_frame(b"x" * size) == head + b"x" * size


def test_who_does_not_read_gets_nothing_more_until_a_snapshot() -> None:
    line = Line()
    viewer = Viewer(line)
    frame = b"x" * (ROOM_BYTES // 2 + 1)
    assert [viewer.tell(frame, 0.0) for _ in range(3)] == [True, True, False]
    assert viewer.behind_since == 0.0
    line.unsent = 10
    assert not viewer.tell(b"y", 1.0)
    assert not viewer.has_caught_up()
    line.unsent = 0
    assert viewer.has_caught_up()
    viewer.show(b"snapshot")
    assert viewer.tell(b"y", 2.0)
    assert line.written[-2:] == [b"snapshot", b"y"]


def test_a_large_snapshot_does_not_by_itself_put_anybody_behind() -> None:
    viewer = Viewer(Line())
    viewer.show(b"x" * (3 * ROOM_BYTES))
    assert viewer.tell(b"y", 0.0)


def test_who_has_not_read_for_ten_seconds_is_frozen() -> None:
    viewer = Viewer(Line())
    assert not viewer.is_frozen(100.0)
    for _ in range(3):
        viewer.tell(b"x" * ROOM_BYTES, 5.0)
    assert not viewer.is_frozen(5.0 + FROZEN_S - 0.1)
    assert viewer.is_frozen(5.0 + FROZEN_S)


def test_nothing_is_written_to_who_has_gone() -> None:
    line = Line()
    viewer = Viewer(line)
    line.closed = True
    assert not viewer.tell(b"x", 0.0)
    viewer.show(b"x")
    assert line.written == []
    assert viewer.behind_since is None
