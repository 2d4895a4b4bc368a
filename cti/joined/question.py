"""How is something asked that may never answer? In a thread of its own, and who asks waits as long as he wants.

Of the store it has the threads, since no stop and no end of the process waits for them; knows neither it nor Redis.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

from cti.store.threads import StoreThreads

T = TypeVar("T")


class NotInTime(Exception):
    """There is no answer yet."""


class Question(Generic[T]):
    """Asked again and again, never twice at a time; `clock` gives seconds."""

    def __init__(self, ask: Callable[[], T], clock: Callable[[], float], name: str) -> None:
        self._ask, self._clock = ask, clock
        self._thread = StoreThreads(1, name)
        self._under_way: Future[tuple[float, T]] | None = None

    def answer(self, within_s: float) -> tuple[float, T]:
        """The answer, and when it was asked for: perhaps by an earlier asking that has gone on since.

        Raises NotInTime (also when it is closed), and whatever the asking raises.
        """
        if self._under_way is None or self._under_way.done():
            try:
                self._under_way = self._thread.submit(self._asked)
            except RuntimeError:
                raise NotInTime from None
        try:
            return self._under_way.result(timeout=within_s)
        except TimeoutError:
            raise NotInTime from None

    def close(self) -> None:
        """Ask no more. What is under way is left to itself."""
        self._thread.shutdown(wait=False)

    def _asked(self) -> tuple[float, T]:
        asked_at = self._clock()
        return asked_at, self._ask()
