"""Does the engine live on where its log cannot be written?"""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
import structlog

from cti import log

pytestmark = pytest.mark.unit


class FullDisk(io.StringIO):
    """Says what a full disk says, as long as it is full."""

    full = True

    def write(self, text: str) -> int:
        if self.full:
            raise OSError(28, "No space left on device")
        return super().write(text)

    def flush(self) -> None:
        if self.full:
            raise OSError(28, "No space left on device")


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[FullDisk]:
    disk = FullDisk()
    monkeypatch.setattr("sys.stderr", disk)
    before = structlog.get_config()
    log.configure()
    try:
        yield disk
    finally:
        structlog.configure(**before)


def test_a_full_disk_raises_nothing_and_lines_come_again(disk: FullDisk) -> None:
    logger = structlog.get_logger("test")
    logger.error("nobody can read this")
    disk.full = False
    logger.error("the disk has room again", free=1)
    assert "has room again" in disk.getvalue() and "nobody" not in disk.getvalue()
