"""What happens when, in a simulated world? Virtual time and its heap; must not know what the entries do."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Protocol


class Timer:
    """Something that will happen; `cancel()` makes it not happen (any number of times, also afterwards)."""

    __slots__ = ("action", "at")

    def __init__(self, at: float, action: Callable[[], object]) -> None:
        self.at = at
        self.action: Callable[[], object] | None = action

    def cancel(self) -> None:
        self.action = None


class Cancellable(Protocol):
    def cancel(self) -> None: ...


class Agenda(Protocol):
    """The time as the exchange and its people see it: virtual here, the event loop's over TCP."""

    @property
    def now(self) -> float:
        """Seconds; only differences mean something."""

    def after(self, delay_s: float, action: Callable[[], object]) -> Cancellable:
        """Do `action` in `delay_s` seconds. Same instant: in the order asked for."""


class VirtualAgenda:
    """A heap of timers; time passes only by `step()`."""

    def __init__(self, start: float = 0.0) -> None:
        self.now = start
        self._heap: list[tuple[float, int, Timer]] = []
        self._count = 0

    def after(self, delay_s: float, action: Callable[[], object]) -> Timer:
        timer = Timer(self.now + max(0.0, delay_s), action)
        self._count += 1
        heapq.heappush(self._heap, (timer.at, self._count, timer))
        return timer

    def next_at(self) -> float | None:
        """When the next entry is due, None if there is none."""
        heap = self._heap
        while heap and heap[0][2].action is None:
            heapq.heappop(heap)
        return heap[0][0] if heap else None

    def step(self) -> None:
        """Go to the next entry's time and do it. Raises IndexError on an empty heap: ask `next_at` first."""
        at, _, timer = heapq.heappop(self._heap)
        self.now = max(self.now, at)
        action, timer.action = timer.action, None
        if action is not None:
            action()

    def pass_to(self, at: float) -> None:
        """Let time pass without an entry."""
        self.now = max(self.now, at)
