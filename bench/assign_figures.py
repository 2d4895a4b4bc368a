"""What do the records of a measured block say: how fast, how much CPU, who was lost, who was passed over?

Pure arithmetic over what the phones and callers saw. All times are seconds of one clock (kernel receive stamps).
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from bench.percentiles import percentile

# What the wire cannot order: the time from a caller's 200 OK until the other side has put him into its line ...
ARRIVAL_GRACE_S = 0.100
# ... and two rings that were decided at the same time and overtook each other on their way to the phones.
TOGETHER_S = 0.100


@dataclass
class CallerRecord:
    """One caller's life. `agent_free_s`: when the phone that got him had become free before."""

    answered_s: float | None = None
    offered_s: float | None = None
    agent_free_s: float | None = None
    left_s: float | None = None
    lost: bool = False  # ended without having been served and without having hung up, or was left hanging
    measured: bool = False  # offered within the measured window


@dataclass(frozen=True)
class Figures:
    """One side's figures of one block, or medians over blocks. `order_violations` counts services."""

    p50_ms: float
    p99_ms: float
    cpu_ms_per_call: float
    lost: int
    order_violations: int
    services: int

    def as_json(self) -> dict[str, float | int]:
        return {
            "p50_ms": round(self.p50_ms, 2),
            "p99_ms": round(self.p99_ms, 2),
            "cpu_ms_per_call": round(self.cpu_ms_per_call, 2),
            "lost": self.lost,
            "order_violations": self.order_violations,
        }


def violations(records: Sequence[CallerRecord]) -> int:
    """How many measured services passed over an older caller who provably waited and could have had that agent.

    Both queues have the same agents and the same target, so the older caller goes first. Counted only what the wire
    proves: he had been answered ARRIVAL_GRACE_S earlier, and he was not on his way to a phone already, that is the
    agent who got him later was not free yet, or he came TOGETHER_S later, or nobody got him at all.
    """
    waited = sorted((r for r in records if r.answered_s is not None), key=lambda r: r.answered_s or 0.0)
    return sum(1 for served in waited if served.measured and _passes_over(served, waited))


def _passes_over(served: CallerRecord, by_age: Sequence[CallerRecord]) -> bool:
    assert served.answered_s is not None and served.offered_s is not None
    for older in by_age:
        assert older.answered_s is not None
        if older.answered_s + ARRIVAL_GRACE_S >= served.answered_s:
            return False
        if older.offered_s is None:
            if older.left_s is None or older.left_s > served.offered_s:
                return True
        elif older.offered_s > served.offered_s:
            decided_later = older.agent_free_s is not None and older.agent_free_s > served.offered_s
            if decided_later or older.offered_s - served.offered_s > TOGETHER_S:
                return True
    return False


def of_block(records: Sequence[CallerRecord], cpu_s: float) -> Figures:
    """A block's figures; `cpu_s` is the CPU time of Asterisk and engine within the measured window."""
    measured = [record for record in records if record.measured]
    gaps_ms = [
        1000.0 * (record.offered_s - record.agent_free_s)
        for record in measured
        if record.offered_s is not None and record.agent_free_s is not None
    ]
    return Figures(
        p50_ms=percentile(gaps_ms, 0.50),
        p99_ms=percentile(gaps_ms, 0.99),
        cpu_ms_per_call=1000.0 * cpu_s / len(measured) if measured else math.nan,
        lost=sum(record.lost for record in records),
        order_violations=violations(records),
        services=len(measured),
    )


def over_rounds(blocks: Sequence[Figures]) -> Figures:
    """Medians over the rounds for times; sums for what must not happen at all."""
    return Figures(
        p50_ms=statistics.median(block.p50_ms for block in blocks),
        p99_ms=statistics.median(block.p99_ms for block in blocks),
        cpu_ms_per_call=statistics.median(block.cpu_ms_per_call for block in blocks),
        lost=sum(block.lost for block in blocks),
        order_violations=sum(block.order_violations for block in blocks),
        services=sum(block.services for block in blocks),
    )
