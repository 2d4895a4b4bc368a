"""How long will it take? The expected wait of one who stands in the line.

First form: the mean time between services of this queue while somebody waited, times the position (head-of-line view).
The full estimate (QLm with patience, P50 to P90, its calibration) takes this room's place and keeps its two doors.
"""

from __future__ import annotations

from dataclasses import dataclass

from cti.model.words import QueueName

SMOOTHING = 0.1  # weight of the newest gap; about the last 20 services count
LEAST_SERVICES = 3  # before that we do not know, and say nothing


@dataclass(slots=True)
class _Pace:
    last_at: float | None = None
    gap_s: float = 0.0
    services: int = 0


class WaitEstimate:
    """Learns from services, answers for positions."""

    def __init__(self) -> None:
        self._paces: dict[QueueName, _Pace] = {}

    def served(self, queue: QueueName, now: float, *, still_waiting: int) -> None:
        """Somebody of `queue` was answered; a gap counts only if someone waited all through it."""
        pace = self._paces.setdefault(queue, _Pace())
        if pace.last_at is not None:
            gap_s = now - pace.last_at
            pace.services += 1
            pace.gap_s = gap_s if pace.services == 1 else pace.gap_s + SMOOTHING * (gap_s - pace.gap_s)
        pace.last_at = now if still_waiting else None

    def expect_s(self, queue: QueueName, position: int) -> float | None:
        """Expected seconds until the contact at `position` is answered, or None where we do not know."""
        pace = self._paces.get(queue)
        if pace is None or pace.services < LEAST_SERVICES:
            return None
        return position * pace.gap_s
