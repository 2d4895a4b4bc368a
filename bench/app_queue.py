"""Whom would Asterisk's app_queue serve next? A model of its rules where queues with `weight` share their members.

Written from the behaviour of Asterisk 22's apps/app_queue.c, defaults of queues.conf (autofill=yes, retry=5):

- A caller is his own thread. While it is not his turn he looks again every second, counted from when he came
  (wait_our_turn, RECHECK 1). It is his turn when fewer callers stand before him in *his* queue than members are
  available (is_our_turn, num_available_members); nobody wakes him when a member becomes free.
- At his turn he tries the members. A member is refused him while another queue of that member has a higher weight and
  at least as many callers as available members (can_ring_entry, compare_weight).
- If all refuse, he sleeps `retry` seconds (wait_a_bit), then checks his turn again: he is deaf meanwhile.
- A caller counts in his queue until he is answered (leave_queue). Phones are answered at once, as in the other orders.

Left out because nothing here uses it: penalties, ring-all, joinempty, announcements, timeouts, wrap-up.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import NamedTuple

RECHECK_S = 1.0
RETRY_S = 5.0


@dataclass(slots=True, eq=False)
class _Entry:
    """One caller in a queue."""

    queue: str
    came_at: float
    talk_s: float
    gives_up_at: float


class Stay(NamedTuple):
    """How one caller fared: where, when he came, how long he waited, whether he was answered."""

    queue: str
    came_at: float
    wait_s: float
    answered: bool


class WeightedQueues:
    """Queues by name with their weight; every one of `members` is in all of them."""

    def __init__(self, weights: dict[str, int], members: int) -> None:
        self._weights = weights
        self._lines: dict[str, list[_Entry]] = {name: [] for name in weights}
        self._available = members
        self._agenda: list[tuple[float, int, str, _Entry]] = []
        self._entries = 0
        self._stays: list[Stay] = []

    def call(self, at: float, queue: str, talk_s: float, patience_s: float) -> None:
        """Somebody will call `queue` at `at` and wait at most `patience_s`."""
        self._at(at, "joins", _Entry(queue, at, talk_s, at + patience_s))

    def run(self) -> list[Stay]:
        """Play it to the end; everybody's stay, in the order they ended."""
        while self._agenda:
            now, _, what, entry = heapq.heappop(self._agenda)
            if what == "joins":
                self._lines[entry.queue].append(entry)
                self._at(entry.gives_up_at, "gives up", entry)
                self._looks(now, entry)
            elif what == "member free":
                self._available += 1
            elif entry in self._lines[entry.queue]:
                if what == "gives up":
                    self._leaves(entry, now, answered=False)
                else:
                    self._looks(now, entry)
        return self._stays

    def _at(self, at: float, what: str, entry: _Entry) -> None:
        self._entries += 1
        heapq.heappush(self._agenda, (at, self._entries, what, entry))

    def _looks(self, now: float, entry: _Entry) -> None:
        """The caller's thread wakes up."""
        if self._lines[entry.queue].index(entry) >= self._available:
            self._at(now + RECHECK_S, "looks", entry)
        elif self._held_back(entry.queue):
            self._at(now + RETRY_S, "looks", entry)
        else:
            self._leaves(entry, now, answered=True)
            self._available -= 1
            self._at(now + entry.talk_s, "member free", entry)

    def _held_back(self, queue: str) -> bool:
        """Whether another queue takes precedence. All members are in all queues, so it is all of them or none."""
        return any(
            weight > self._weights[queue] and self._lines[other] and len(self._lines[other]) >= self._available
            for other, weight in self._weights.items()
        )

    def _leaves(self, entry: _Entry, now: float, *, answered: bool) -> None:
        self._lines[entry.queue].remove(entry)
        self._stays.append(Stay(entry.queue, entry.came_at, now - entry.came_at, answered))
