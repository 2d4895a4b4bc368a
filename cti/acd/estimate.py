"""How long will it take? The expected wait of one who stands in the line, as P50 and P90, and how honest that was.

QLm (Ibrahim and Whitt 2009): with q before him, the wait is a sum of q + 1 exponential times with rates r + i * theta,
r being the rate at which this queue is served while somebody waits, theta the rate at which a waiting caller gives up.
r is learned from the gaps between services, per staffed agent, so that it holds for shared agents and follows staffing;
the sum's distribution is taken as the gamma of the same mean and variance, that of the estimated rate included.

Where that is wrong (few agents have the skill that a caller needs, another tier or a steeper queue goes before), it is
stretched until nine of ten such callers are answered within it: each promise that held or did not moves it a little, so
that it follows the share of 0.9 (stochastic approximation of a quantile, Robbins and Monro 1951).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import NamedTuple

from cti.model.words import QueueName

SMOOTHING = 0.05  # weight of the newest gap; about the last 40 services count
PATIENCE_MEMORY = 200  # about so many visits make the estimate of patience
LEAST_SERVICES = 5  # before that we do not know, and say nothing
EXACT_TERMS = 8
NO_THETA = 1e-9
Z90 = 1.2815515655446004  # standard normal quantile
STRETCH_STEP = 0.08  # how fast a P90 that was too short or too long is corrected
STRETCH_LIMITS = (0.25, 20.0)
MOST_WANTS = 1000  # of one queue; more different ones share the queue's own

Wants = tuple[tuple[str, int], ...]  # the skills that a contact needs


class Expected(NamedTuple):
    """Seconds until the contact is answered: with even odds, and in nine of ten cases."""

    p50_s: float
    p90_s: float


@dataclass(slots=True)
class _Queue:
    last_at: float | None = None
    agent_gap_s: float = 0.0  # gap between services times staffed agents
    services: int = 0
    gave_up: float = 0.0
    waited_s: float = 0.0
    told: int = 0  # callers whose P90 was told and who were answered
    held: int = 0  # of these: answered within it
    stretch: dict[Wants, float] = field(default_factory=dict)  # by which the P90 of such callers has to be longer


def promise_kept(wait_s: float, told_p90_s: float | None, *, answered: bool) -> bool | None:
    """Whether the wait was within the P90 that was expected at the door: the one definition of the calibration.

    None where it says nothing: there was no estimate, or the caller did not stay to see (how long he would have waited
    nobody knows).
    """
    return wait_s <= told_p90_s if told_p90_s is not None and answered else None


class WaitEstimate:
    """Learns from services and from those who gave up, answers for positions."""

    def __init__(self) -> None:
        self._queues: dict[QueueName, _Queue] = {}

    def served(self, queue: QueueName, now: float, *, still_waiting: int, staffed: int) -> None:
        """Somebody of `queue` was answered; a gap counts only if someone waited all through it."""
        seen = self._queues.setdefault(queue, _Queue())
        if seen.last_at is not None:
            gap_s = (now - seen.last_at) * max(1, staffed)
            seen.services += 1
            seen.agent_gap_s += _weight(seen.services) * (gap_s - seen.agent_gap_s)
        seen.last_at = now if still_waiting else None

    def emptied(self, queue: QueueName) -> None:
        """Nobody waits any more: what comes after is no gap between services."""
        seen = self._queues.get(queue)
        if seen is not None:
            seen.last_at = None

    def left(
        self, queue: QueueName, wait_s: float, *, gave_up: bool, told_p90_s: float | None, wants: Wants = ()
    ) -> None:
        """A visit is over: answered, or given up. `wants`: the skills that it needed."""
        seen = self._queues.setdefault(queue, _Queue())
        keep = 1 - 1 / PATIENCE_MEMORY
        seen.gave_up = keep * seen.gave_up + gave_up
        seen.waited_s = keep * seen.waited_s + wait_s
        kept = promise_kept(wait_s, told_p90_s, answered=not gave_up)
        if kept is not None:
            seen.told += 1
            seen.held += kept
            if wants in seen.stretch or len(seen.stretch) < MOST_WANTS:
                stretch = seen.stretch.get(wants, 1.0) * math.exp(STRETCH_STEP * (0.9 - kept))
                seen.stretch[wants] = min(max(stretch, STRETCH_LIMITS[0]), STRETCH_LIMITS[1])

    def expect(self, queue: QueueName, position: int, staffed: int, wants: Wants = ()) -> Expected | None:
        """For the contact at `position` (1 is next) that needs the skills of `wants`; None where we do not know."""
        seen = self._queues.get(queue)
        if seen is None or seen.services < LEAST_SERVICES or seen.agent_gap_s <= 0 or staffed <= 0:
            return None
        rate = staffed / seen.agent_gap_s
        theta = seen.gave_up / seen.waited_s if seen.waited_s > 0 else 0.0
        mean, variance = _moments(rate, theta, position)
        weight = _weight(seen.services)
        variance += mean * mean * weight / (2 - weight)  # the pace itself is only an average of so many gaps
        shape = mean * mean / variance
        stretch = seen.stretch.get(wants, 1.0)
        return Expected(_gamma_quantile(mean, shape, 0.0) * stretch, _gamma_quantile(mean, shape, Z90) * stretch)

    def calibration(self, queue: QueueName) -> tuple[int, int]:
        """(callers who were told a P90 and answered, those of them answered within it)."""
        seen = self._queues.get(queue)
        return (seen.told, seen.held) if seen is not None else (0, 0)


def _weight(services: int) -> float:
    """Of the newest gap in the average: all count the same at first."""
    return max(SMOOTHING, 1 / services)


def _moments(rate: float, theta: float, terms: int) -> tuple[float, float]:
    """Sum of 1/(rate + i theta) and of its square over i < `terms`.

    The first few exactly, the rest by the midpoint integral: at the end of a line of thousands as quick as at its head.
    """
    exact = range(min(terms, EXACT_TERMS))
    mean = sum(1 / (rate + i * theta) for i in exact)
    variance = sum(1 / (rate + i * theta) ** 2 for i in exact)
    if terms > EXACT_TERMS:
        low, high = rate + (EXACT_TERMS - 0.5) * theta, rate + (terms - 0.5) * theta
        if theta < rate * NO_THETA:
            mean += (terms - EXACT_TERMS) / low
            variance += (terms - EXACT_TERMS) / low**2
        else:
            mean += math.log(high / low) / theta
            variance += (1 / low - 1 / high) / theta
    return mean, variance


def _gamma_quantile(mean: float, shape: float, z: float) -> float:
    """Quantile of a gamma distribution at the normal quantile `z` (Wilson and Hilferty 1931)."""
    cube = 1 - 1 / (9 * shape) + z / (3 * shape**0.5)
    return float(mean * max(0.0, cube) ** 3)
