"""How does a thread write rows, one beside the other? What waits is told apart by keys; of each key the newest is kept.

How many may wait, and how a row that no database takes costs nobody but itself, is here; what a row is, is not.
"""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Iterable
from itertools import islice
from typing import TypeVar

from cti.store.writer_thread import WriterThread

MAX_PENDING = 10_000
AT_ONCE = 500  # rows of one commit
RETRY_S = 1.0

Row = TypeVar("Row")


class RowWriter(WriterThread[dict[Hashable, Row]]):
    """A row waits until it is stored, or lost: whoever looks into what waits sees those that are being written too.

    `most`: rows without a key of their own that may wait; the others are as many as what they tell of.
    """

    def __init__(self, what: str, retry_s: float, *, most: int = MAX_PENDING) -> None:
        super().__init__(what, retry_s)
        self._most, self._portion = most, AT_ONCE
        self._numbers = itertools.count()
        self._pending: dict[Hashable, Row] = {}

    def flush(self, timeout_s: float = 1.0) -> None:
        """Wait for what came before, at most so long; blocks."""
        with self._wake:
            self._wake.wait_for(lambda: not self._pending, timeout=timeout_s)

    def close(self, timeout_s: float = 5.0) -> int:
        """Write what is left (one last try, at most `timeout_s`); how much was not written."""
        self._end(timeout_s)
        return len(self._pending)

    def _put(self, row: Row, key: Hashable = None) -> None:
        """Take in one row, in place of the one that waits with the same key. Returns at once, never raises."""
        with self._wake:
            if key is None:
                if len(self._pending) >= self._most:
                    self.lost += 1
                    return
                key = next(self._numbers)
            self._pending.pop(key, None)
            self._pending[key] = row
            self._wake.notify_all()

    def _in_order(self) -> Iterable[tuple[Hashable, Row]]:
        """What waits, in the order in which it is to be written (under `_wake`)."""
        return self._pending.items()

    def _waits(self) -> bool:
        return bool(self._pending)

    def _take(self) -> dict[Hashable, Row] | None:
        return dict(islice(self._in_order(), self._portion)) or None

    def _give_back(self, work: dict[Hashable, Row]) -> None:
        """It has stayed where it was."""

    def _done_with(self, work: dict[Hashable, Row] | None) -> None:
        for key, row in (work or {}).items():
            if self._pending.get(key) is row:  # no newer one
                del self._pending[key]
        self._portion = min(AT_ONCE, 2 * self._portion)

    def _split(self, work: dict[Hashable, Row]) -> bool:
        """Until the bad one is alone; each portion that goes through lets the next one be larger again."""
        self._portion = max(1, len(work) // 2)
        return len(work) > 1

    def _size(self, work: dict[Hashable, Row]) -> int:
        return len(work)
