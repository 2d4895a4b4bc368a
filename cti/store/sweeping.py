"""What is too old of all that is kept, and goes now? A portion of everything at a time, in the history's own thread.

Which rows those are: history_retention.py, outbound_retention.py. Blocks for the disk.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import structlog

from cti.model.policy import Center
from cti.store.database import Store
from cti.store.history_retention import PORTION, steps, sweep_sums
from cti.store.outbound_retention import (
    counted_for_ever,
    counts_for_ever,
    recordings_kept_s,
    sweep_attempts,
    sweep_recordings,
)
from cti.store.owner import gravity

FILES_EVERY_S = 3_600.0  # a folder may have many

_log = structlog.get_logger(__name__)


class Further(NamedTuple):
    """How long it is kept what is no history of contacts. `recordings`: where flows' are, if on this machine."""

    promises_s: float | None = None  # None: as the history
    attempts_s: float | None = None  # None: for ever
    recordings: Path | None = None
    sums_s: float | None = None  # of quarter hours, for reports; None: for ever. Those of days stay


NOTHING_FURTHER = Further()


class Sweeper:
    """`facts_s`: how long the history of contacts and agents is kept. `errors`: steps that failed, tried again.

    `begins` is called before each step.
    """

    def __init__(
        self, store: Store, facts_s: float, further: Further, begins: Callable[[], None] = lambda: None
    ) -> None:
        self.errors = 0
        self._store, self._facts_s, self._further, self._begins = store, facts_s, further, begins
        self._files_at = 0.0
        self._more: set[str] = set()  # which steps found a full portion

    def sweep(self, now: float, version: str, center: Center) -> int:
        """Delete up to PORTION rows of each kind; how many of the most. One that fails holds up no other.

        What found a full portion goes on alone, until it is through: others may walk through a whole table in vain.
        """
        deleted = 0
        wanted, self._more = self._more, set()
        for what, step in self._steps(now, version, center).items():
            if wanted and what not in wanted:
                continue
            self._begins()
            try:
                found = step()
                deleted = max(deleted, found)
                if found >= PORTION:
                    self._more.add(what)
            except Exception as error:
                self.errors += 1
                _log.log(gravity(error), "too_old_and_not_deleted", what=what, error=type(error).__name__)
        return deleted

    def _steps(self, now: float, version: str, center: Center) -> dict[str, Callable[[], int]]:
        further, store = self._further, self._store
        promises_s = self._facts_s if further.promises_s is None else further.promises_s
        recorded_before = now - max(promises_s, recordings_kept_s(center))
        found = steps(store, now - self._facts_s, version, now - promises_s, recorded_before)
        if further.attempts_s is not None and not counts_for_ever(center):
            before, counted = now - further.attempts_s, counted_for_ever(center)
            found["attempts"] = partial(sweep_attempts, store, before, counted, PORTION)
        sums_before = None if further.sums_s is None else now - further.sums_s
        found["sums of reports"] = partial(sweep_sums, store, now, center.zone, sums_before)
        if further.recordings is not None and now - self._files_at >= FILES_EVERY_S:
            found["recordings"] = partial(self._files, further.recordings, now, recorded_before)
        return found

    def _files(self, folder: Path, now: float, before: float) -> int:
        gone = sweep_recordings(self._store, folder, before, PORTION)
        if gone:
            _log.info("recordings_deleted", files=gone, why="older than history.callbacks_keep_days, and in no row")
        if gone < PORTION:
            self._files_at = now
        return 0
