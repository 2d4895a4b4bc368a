"""How do queue_log lines reach the disk and stay whole under logrotate, a full disk and missing rights?

Writes lines, knows no event. One unbuffered write per line (the page cache keeps it through our death); nothing here
raises into the engine. While the file cannot be written, lines are kept up to a bound, counted, and said out loud.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

import structlog

from cti.metrics.queue_log import LOGGED, QueueLogLines
from cti.model.changes import Changed
from cti.model.policy import Center
from cti.ports import told_of

MAX_KEPT_LINES = 10_000
RETRY_S = 1.0
LOOK_S = 0.1  # so often at most it is looked whether the file is another one

_log = structlog.get_logger(__name__)


class QueueLogFile:
    """A ports.Reader that writes a queue_log like Asterisk's at `path`. `at` is the start in epoch seconds.

    The file is found again by device and inode, within LOOK_S of a line, so both ways of logrotate (move, copytruncate)
    work: a line that comes in the moment of a move stands at the end of the old file.
    `errors` counts failed writes, `dropped` lines lost because the trouble lasted too long.
    """

    def __init__(
        self, path: Path, policy: Center, at: float, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.path = path
        self.errors = self.dropped = 0
        self._lines = QueueLogLines(policy)
        self._monotonic = monotonic
        self._kept: deque[bytes] = deque()
        self._fd: int | None = None
        self._identity = (0, 0)
        self._looked_at = 0.0
        self._retry_at: float | None = None  # set while in trouble
        self._write(QueueLogLines.start(at))

    @told_of(*LOGGED)
    def apply(self, changed: Changed) -> None:
        """Take in one fact. Never raises; blocks no longer than one write to a local file."""
        for line in self._lines.lines(changed):
            self._write(line)

    def reload(self, policy: Center) -> None:
        """Take over a changed policy, before the core tells what came of it."""
        self._lines.reload(policy)

    def close(self) -> None:
        """Write what is kept, if that is possible now, and close."""
        self._retry_at = None if self._retry_at is None else self._monotonic()
        self._drain()
        self._close_file()

    def _write(self, line: str) -> None:
        if len(self._kept) >= MAX_KEPT_LINES:
            self._kept.popleft()
            self.dropped += 1
        self._kept.append(line.encode("utf-8", "replace") + b"\n")
        self._drain()

    def _drain(self) -> None:
        if self._retry_at is not None and self._monotonic() < self._retry_at:
            return
        try:
            while self._kept:
                written = os.write(self._open(), self._kept[0])
                if written == len(self._kept[0]):
                    self._kept.popleft()
                else:  # a disk that fills up takes half a line; the other half must follow it, nothing else
                    self._kept[0] = self._kept[0][written:]
        except OSError as error:
            self._failed(error)
            return
        if self._retry_at is not None:
            self._retry_at = None
            _log.warning("queue_log_written_again", dropped=self.dropped, errors=self.errors)

    def _failed(self, error: OSError) -> None:
        self.errors += 1
        if self._retry_at is None:
            reason = os.strerror(error.errno or 0)
            _log.error("queue_log_not_written", path=str(self.path), reason=reason, kept=len(self._kept))
        self._retry_at = self._monotonic() + RETRY_S
        self._close_file()

    def _open(self) -> int:
        """The file at `path`, opened again when it is another one than before."""
        now = self._monotonic()
        if self._fd is not None:
            if now - self._looked_at < LOOK_S:
                return self._fd
            self._looked_at = now
            try:
                found = os.stat(self.path)
                if (found.st_dev, found.st_ino) == self._identity:
                    return self._fd
            except FileNotFoundError:
                pass
            self._close_file()
        # O_NONBLOCK: a FIFO without a reader must be an error, not a loop that stands still
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK
        self._fd = os.open(self.path, flags, 0o640)
        opened = os.fstat(self._fd)
        self._identity, self._looked_at = (opened.st_dev, opened.st_ino), now
        return self._fd

    def _close_file(self) -> None:
        if self._fd is not None:
            fd, self._fd = self._fd, None
            os.close(fd)
