"""When must something happen next? A heap of named deadlines with lazy deletion."""

from __future__ import annotations

import heapq
from collections.abc import Iterator

Key = tuple[str, str]  # (what is due, of whom)
OF_CONTACT = (  # what may be due for a contact
    *("ring", "max_wait", "announce", "widen", "aside", "talk", "parting", "closing", "ring_more", "offer_flow"),
    "preview",
)


class Deadlines:
    """At most one deadline per key; setting it again replaces it."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Key]] = []
        self._live: dict[Key, int] = {}
        self._count = 0  # breaks ties in the order of setting, so that the answer is the same every time

    def set(self, what: str, whom: str, at: float) -> None:
        self._count += 1
        key = (what, whom)
        self._live[key] = self._count
        heapq.heappush(self._heap, (at, self._count, key))
        if len(self._heap) > 64 and len(self._heap) > 4 * len(self._live):
            self._heap = [entry for entry in self._heap if self._live.get(entry[2]) == entry[1]]
            heapq.heapify(self._heap)

    def cancel(self, what: str, whom: str) -> None:
        self._live.pop((what, whom), None)

    def pending(self, what: str, whom: str) -> bool:
        return (what, whom) in self._live

    def next_at(self) -> float | None:
        """Epoch seconds of the earliest live deadline, or None."""
        heap, live = self._heap, self._live
        while heap and live.get(heap[0][2]) != heap[0][1]:
            heapq.heappop(heap)
        return heap[0][0] if heap else None

    def pop_all_due(self, now: float) -> Iterator[Key]:
        """Remove and give the deadlines due by `now`, the earliest first: those that were set before this call.

        What a rule sets while they fire waits for the next event, even if it is due at once: no event goes on for ever.
        """
        last = self._count
        later: list[tuple[float, int, Key]] = []
        try:
            while (at := self.next_at()) is not None and at <= now:
                entry = heapq.heappop(self._heap)
                if entry[1] > last:
                    later.append(entry)
                    continue
                del self._live[entry[2]]
                yield entry[2]
        finally:
            for entry in later:
                heapq.heappush(self._heap, entry)
