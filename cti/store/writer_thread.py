"""How does anything get into the store without the loop ever waiting for it? One thread tries until it works.

What is taken, how it is written and what becomes of it is the subclass's; here are the turns, the pauses and the end.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from typing import Generic, TypeVar

from sqlalchemy.exc import SQLAlchemyError

Work = TypeVar("Work")


class WriterThread(ABC, Generic[Work]):
    """`errors` counts failed tries. Whoever changes what waits does it under `_wake`, and notifies.

    A subclass calls `_begin` when it is ready to be asked.
    """

    def __init__(self, name: str, retry_s: float) -> None:
        self.errors = 0
        self._retry_s = retry_s
        self._wake = threading.Condition()
        self._closing = self._failing = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

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
            written = work is None or self._try(work)
            with self._wake:
                if written:
                    self._written(work)
                    self._wake.notify_all()
                else:
                    assert work is not None
                    self._give_back(work)
                    if not last:
                        self._wake.wait_for(lambda: self._closing, timeout=self._retry_s)
                over = last and not (written and self._waits())
            if written:
                self._afterwards(work)
            if over:
                return

    def _try(self, work: Work) -> bool:
        """Whether it is done with: stored, or given up for ever."""
        try:
            self._write(work)
        except Exception as error:
            self.errors += 1
            if self._give_up(work, error):
                return True
            if not isinstance(error, SQLAlchemyError):
                raise
            if not self._failing:
                self._tell_failed(work, error)
            self._failing = True
            return False
        if self._failing:
            self._tell_works_again()
        self._failing = False
        return True

    def _wait(self) -> None:
        """Until there is something to do."""
        self._wake.wait_for(lambda: self._waits() or self._closing)

    def _give_up(self, work: Work, error: Exception) -> bool:
        """Whether one more try would fail too, and hold up all that comes after."""
        return False

    def _written(self, work: Work | None) -> None:
        """It is stored, as far as those who wait for it are concerned (under `_wake`)."""

    def _afterwards(self, work: Work | None) -> None:
        """What is to be done once it is stored, without the lock."""

    @abstractmethod
    def _waits(self) -> bool:
        """Whether something waits to be written."""

    @abstractmethod
    def _take(self) -> Work | None:
        """What is written next, taken out of what waits; None where there is nothing."""

    @abstractmethod
    def _give_back(self, work: Work) -> None:
        """It could not be written: it waits again, before what has come since."""

    @abstractmethod
    def _write(self, work: Work) -> None:
        """In one transaction. Raises SQLAlchemyError."""

    @abstractmethod
    def _tell_failed(self, work: Work, error: SQLAlchemyError) -> None:
        """To the log, once until it works again."""

    @abstractmethod
    def _tell_works_again(self) -> None:
        """To the log."""
