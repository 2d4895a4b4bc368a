"""What is the result of a demo? Its figures, as text and as an exit code. PURE."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cti.demo.called import Called
from cti.demo.outcomes import Tally
from cti.model.words import Outcome

OUTCOMES = tuple(outcome.value for outcome in Outcome if outcome is not Outcome.LOST)
SENT_ON = tuple(name for name in OUTCOMES if name not in ("answered", "abandoned"))  # by a rule, or by a person
DONE, FAILED = 0, 1
WIDTH = 80


@dataclass(frozen=True)
class Summary:
    """The figures at the moment when the callers were stopped. `callers` is None where nobody counted them."""

    title: str
    seconds: float
    counts: Mapping[str, int]
    waiting: int
    talking: int
    level: float | None
    free_to_ring: Mapping[str, float | int | None]
    lost_engine: int
    bugs: int = 0
    flows: Mapping[str, int] = field(default_factory=dict)  # callers whom a flow received, by how they came out
    at_home: int = 0  # in a line, too, and to be called when it is their turn
    refused: int = 0  # sessions with another token or node name than ours
    callers: Tally | None = None
    called: Called = field(default_factory=lambda: Called({}))
    failures: tuple[str, ...] = field(default=())

    @property
    def lost(self) -> int:
        return max(self.lost_engine, self.callers.lost if self.callers else 0) + self.called.broken

    @property
    def exit_code(self) -> int:
        return FAILED if self.lost or self.failures else DONE

    def lines(self) -> list[str]:
        """The summary, one line a string."""
        counts = self.counts
        found = [
            f"Ran on {self.title} for {self.seconds:.0f} s.",
            f"  offered    {counts.get('offered', 0)}",
            f"  answered   {counts.get('answered', 0)}{self._level()}",
            f"  abandoned  {counts.get('abandoned', 0)}",
        ]
        others = [f"{name.replace('_', ' ')} {counts[name]}" for name in SENT_ON if counts.get(name)]
        found += [f"  sent on    {', '.join(others)}"] if others else []
        found += self._flows()
        found += [
            f"  waiting    {self.waiting} still, at the end (and {self.talking} talking{self._at_home()})",
            f"  lost       {self.lost}  ({self._witnesses()})",
            *self._seen_by_callers(),
            *(text for line in self.called.lines() for text in _wrapped(line)),
            f"  agent free -> his phone rings: {self._ring()}",
        ]
        if self.refused:
            found.append(f"  refused    {self.refused} sessions: CTI_TOKEN or CTI_NODE differs? see engine.log")
        found += [f"  bugs       {self.bugs}: see engine.log"] if self.bugs else []
        return found + [f"FAILED: {failure}" for failure in self.failures]

    def _flows(self) -> list[str]:
        """Those who dialled a flow; who went on to a queue is among the offered, too."""
        flows = self.flows
        if not flows.get("came"):
            return []
        ways = [f"self-service {flows['self_service']}", f"offered {flows['to_queue']}"]
        ways += [f"hung up {flows['hung_up']}"] if flows["hung_up"] else []
        ways += [f"still in it {flows['inside']}"] if flows["inside"] else []
        return [f"  in flow    {flows['came']}: {', '.join(ways)}"]

    def _at_home(self) -> str:
        return f", {self.at_home} in line to be called" if self.at_home else ""

    def _level(self) -> str:
        return "" if self.level is None else f"  ({self.level:.0%} within the target)"

    def _witnesses(self) -> str:
        if self.callers is None:
            return f"the engine's count is {self.lost_engine}; nobody counted at the callers' side"
        return f"the engine's count is {self.lost_engine}, the callers' own {self.callers.lost}"

    def _seen_by_callers(self) -> list[str]:
        seen = self.callers
        if seen is None:
            return []
        parts = [f"{seen.served} served"]
        parts += [f"{seen.self_served} by self-service"] if seen.self_served else []
        parts += [f"{seen.to_be_called} promised a call"] if seen.to_be_called else []
        parts += [f"{seen.left} hung up waiting", f"{seen.waiting} in line or flow"]
        parts += [f"{seen.sent_on} sent on"] if seen.sent_on else []
        text = f"  callers    {seen.called}, as they saw it: {', '.join(parts)}"
        return _wrapped(text)

    def _ring(self) -> str:
        ring = self.free_to_ring
        if not ring.get("count"):
            return "not measured, nobody waited for one"
        return f"p50 {_ms(ring.get('p50_s'))}, p99 {_ms(ring.get('p99_s'))} of {ring['count']}"


def to_be_called(queues: Sequence[Mapping[str, Any]]) -> int:
    """How many stand in a line and are at home: an agent who is free is not always one for them."""
    return sum(queue.get("called", 0) - sum(queue.get("called_outcomes", {}).values()) for queue in queues)


def summarize(
    snapshot: Mapping[str, Any],
    *,
    title: str,
    seconds: float,
    callers: Tally | None = None,
    called: Called | None = None,
    failures: tuple[str, ...] = (),
) -> Summary:
    """Add up a snapshot of the live view (docs/metrics.md) over all queues."""
    queues, status = snapshot.get("queues", []), snapshot.get("status", {})
    counts = {name: sum(queue.get(name, 0) for queue in queues) for name in ("offered", *OUTCOMES)}
    at_home = to_be_called(queues)
    return Summary(
        title=title,
        seconds=seconds,
        counts=counts,
        waiting=status.get("waiting", 0) - at_home,
        at_home=at_home,
        talking=status.get("talking", 0),
        level=overall_level(queues),
        free_to_ring=status.get("free_to_ring", {}),
        lost_engine=sum(queue.get("lost", 0) for queue in queues),
        bugs=status.get("bugs", 0),
        refused=status.get("errors", {}).get("session_refused", 0),
        flows=status.get("flows", {}),
        callers=callers,
        called=called or Called({}),
        failures=failures,
    )


def overall_level(queues: list[Mapping[str, Any]]) -> float | None:
    """The default service level over all queues: each queue's, weighted by the contacts it was computed from."""
    weighed = [
        (queue["service_level"], queue["answered"] + queue["abandoned"] - queue.get("short_abandoned", 0))
        for queue in queues
        if queue.get("service_level") is not None
    ]
    total = sum(weight for _, weight in weighed)
    return sum(level * weight for level, weight in weighed) / total if total > 0 else None


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, subsequent_indent=" " * 13)


def _ms(seconds: float | int | None) -> str:
    return "-" if seconds is None else f"{seconds * 1000:.1f} ms"
