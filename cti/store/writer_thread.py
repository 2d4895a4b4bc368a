"""How does anything get into the store without the loop ever waiting for it? One thread tries until it works.

What is taken, how it is written and what becomes of it is the subclass's; here are the turns, the pauses and the end.
Nothing that fails ends the thread: a database that is away is tried again, what no database takes is lost, and said.
"""

from __future__ import annotations

import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Generic, TypeVar

import structlog

from cti.store.database import reason
from cti.store.owner import gravity
from cti.store.row_fault import is_rows_fault

# Far longer than a batch of the history takes; who waits for a lock of SQLite's is refused after half of it.
SILENT_S = 10.0
NO_ANSWER = "the database gives no answer"

Work = TypeVar("Work")

_log = structlog.get_logger(__name__)


class WriterThread(ABC, Generic[Work]):
    """`errors` counts failed tries; `lost` what no database takes, and what a subclass has no room for.

    `what` names it in the log. Whoever changes what waits does it under `_wake`, and notifies.
    A subclass calls `_begin` when it is ready to be asked. `monotonic`: seconds, by which an answer is waited for.
    """

    def __init__(self, what: str, retry_s: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.errors = self.lost = 0
        self._what, self._retry_s = what, retry_s
        self._wake = threading.Condition()
        self._closing = self._failing = False
        self._why = ""
        self._monotonic = monotonic
        self._answer_by: float | None = None  # None: nothing is asked
        self._thread = threading.Thread(target=self._run, name=f"cti-{what}", daemon=True)

    @property
    def trouble(self) -> str:
        """Why nothing can be written now, in words without values; "" while it can.

        A server that hangs fails only after minutes (ANSWER_S of database.py): it is told long before.
        """
        silent = self._is_silent  # looked at first: it ends once it is known whether that failed
        return self._why if self._failing else NO_ANSWER if silent else ""

    @property
    def _is_silent(self) -> bool:
        answer_by = self._answer_by
        return answer_by is not None and self._monotonic() > answer_by

    def _begin(self) -> None:
        self._thread.start()

    def _end(self, timeout_s: float) -> None:
        """Write what is left (one last try), at most `timeout_s`."""
        with self._wake:
            self._closing = True
            self._wake.notify_all()
        self._thread.join(timeout_s)

    # --- the thread -------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wait()
                work, last = self._take(), self._closing
            done = work is None or self._try(work)
            with self._wake:
                if done:
                    self._done_with(work)
                    self._wake.notify_all()
                else:
                    assert work is not None
                    self._give_back(work)
                    if self._failing and not last:
                        self._wake.wait_for(lambda: self._closing, timeout=self._retry_s)
                over = last and (self._failing or not self._waits())
            if done:
                self._try_afterwards(work)
            if over:
                return

    def _asks(self, within_s: float) -> None:
        """The database is asked, and should have answered after so long; who is silent is so until something works."""
        if not self._is_silent:
            self._answer_by = self._monotonic() + within_s

    def _try(self, work: Work) -> bool:
        """Whether it is done with: stored, or lost for ever."""
        self._asks(SILENT_S)
        try:
            return self._try_now(work)
        finally:
            self._answer_by = None

    def _try_now(self, work: Work) -> bool:
        try:
            self._write(work)
        except Exception as error:
            self.errors += 1
            if is_rows_fault(error):
                self._failing = False
                if self._split(work):
                    return False
                self._lose(work, error)
                return True
            if not self._failing:
                _log.log(
                    gravity(error), f"{self._what}_not_written", waiting=self._size(work), error=type(error).__name__
                )
            self._why, self._failing = reason(error), True
            return False
        if self._failing:
            _log.warning(f"{self._what}_written_again", errors=self.errors, lost=self.lost)
        self._failing = False
        return True

    def _try_afterwards(self, work: Work | None) -> None:
        try:
            self._afterwards(work)
        except Exception as error:
            self.errors += 1
            _log.log(gravity(error), f"{self._what}_written_but_not_the_rest", error=type(error).__name__)

    def _lose(self, work: Work, error: Exception) -> None:
        """No database takes it."""
        size = self._size(work)
        self.lost += size
        _log.error(f"{self._what}_lost", lost=size, error=type(error).__name__)

    def _wait(self) -> None:
        """Until there is something to do."""
        self._wake.wait_for(lambda: self._waits() or self._closing)

    def _split(self, work: Work) -> bool:
        """Whether less than `work` is taken next time, so that a row that no database takes costs only itself."""
        return False

    def _done_with(self, work: Work | None) -> None:
        """It is stored, or lost, as far as those who wait for it are concerned (under `_wake`)."""

    def _afterwards(self, work: Work | None) -> None:
        """What is to be done then, without the lock."""

    @abstractmethod
    def _waits(self) -> bool:
        """Whether something waits to be written."""

    @abstractmethod
    def _take(self) -> Work | None:
        """What is written next; None where there is nothing."""

    @abstractmethod
    def _give_back(self, work: Work) -> None:
        """It could not be written: it waits again, before what has come since."""

    @abstractmethod
    def _write(self, work: Work) -> None:
        """Raises whatever the database and its driver raise. What is written before that may be written again."""

    @abstractmethod
    def _size(self, work: Work) -> int:
        """How many rows, or facts, it is."""
