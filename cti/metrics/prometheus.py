"""What does Prometheus see? The live view's numbers under the names of the metric contract, plus four histograms.

Gauges and counters are read from the live view when Prometheus asks, so that no number is counted twice. Labels hold
names from the configuration or from closed sets: never an agent, a number or a caller.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping

from prometheus_client import CollectorRegistry, Histogram, disable_created_metrics
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import generate_latest
from prometheus_client.registry import Collector

from cti.metrics.live import LiveView
from cti.metrics.wait_histogram import WaitHistogram
from cti.model.changes import Changed, Kind
from cti.model.policy import Center
from cti.model.words import Activity, AgentStatus, DialResult, OfferState, Outcome
from cti.ports import told_of

WAIT_BUCKETS_S = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 90.0, 120.0, 180.0, 300.0, 600.0, 1200.0, 1800.0, 3600.0)
FAST_BUCKETS_S = (0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)

_NO_RESULTS = (OfferState.PREVIEW, OfferState.RINGING, OfferState.DIALLING, OfferState.ENDED)
OFFER_RESULTS = tuple(state for state in OfferState if state not in _NO_RESULTS)
AMI_EVENTS = frozenset(
    (
        *(
            "FullyBooted",
            "Newchannel",
            "Hangup",
            "DialBegin",
            "DialEnd",
            "DTMFEnd",
            "BlindTransfer",
            "AttendedTransfer",
        ),
        *("Hold", "Unhold", "OriginateResponse", "BridgeEnter", "BridgeLeave", "Rename", "Shutdown", "ContactStatus"),
        *("DeviceStateChange", "Status", "StatusComplete", "CoreShowChannel", "CoreShowChannelsComplete"),
    )
)
# A `_created` series beside each histogram says nothing that `up` does not
disable_created_metrics()  # type: ignore[no-untyped-call]

MAX_KINDS = 32  # of corrections; what comes after is "other": a label set has a bound

Families = Iterator[GaugeMetricFamily | CounterMetricFamily | HistogramMetricFamily]


class PrometheusReader:
    """A ports.Reader and what /metrics shows. Feed it after `view` (it reads what `view` has counted).

    `clock` gives epoch seconds. `errors` returns failures by kind.
    `ami_events`, if given, returns the events read so far by AMI event name; names outside
    AMI_EVENTS are added up as `other`. The `observe_*` take seconds, from whoever can measure them.
    """

    def __init__(
        self,
        policy: Center,
        view: LiveView,
        clock: Callable[[], float],
        ami_events: Callable[[], Mapping[str, int]] | None = None,
        errors: Callable[[], Mapping[str, int]] | None = None,
    ) -> None:
        self.registry = CollectorRegistry()
        self._waits = WaitHistogram(WAIT_BUCKETS_S)
        self.reload(policy)
        self._view = view
        self._assign = self._histogram("cti_assign_seconds", "Agent free to the leg of his phone, somebody waiting")
        self._assign_seen = 0
        self.observe_ami_lag = self._histogram("cti_ami_lag_seconds", "Round trip of the AMI ping").observe
        self.observe_loop_lag = self._histogram("cti_loop_lag_seconds", "How late the event loop ran a timer").observe
        self.registry.register(_Scrape(view, self._waits, clock, ami_events or dict, errors or dict))

    def reload(self, policy: Center) -> None:
        """Take over a changed policy: every queue has its histogram, every target is a bucket."""
        self._waits.cover(policy.queues, (queue.target_s for queue in policy.queues.values()))

    def _histogram(self, name: str, meaning: str) -> Histogram:
        return Histogram(name, meaning, buckets=FAST_BUCKETS_S, registry=self.registry)

    @told_of(Kind.VISIT, Kind.CONFIG, Kind.PHONE)
    def apply(self, changed: Changed) -> None:
        """Take in one fact. Never raises."""
        answered = changed.kind is Kind.VISIT and changed.new == Outcome.ANSWERED and not changed.outbound
        if answered and changed.wait_s is not None:
            self._waits.observe(changed.queue or "", changed.wait_s)
        elif changed.kind is Kind.CONFIG:
            self._waits.keep(self._view.queues)
        elif changed.kind is Kind.PHONE and self._view.free_to_ring.count != self._assign_seen:
            self._assign_seen = self._view.free_to_ring.count
            self._assign.observe(self._view.free_to_ring.newest_s())

    def render(self) -> bytes:
        """The text of /metrics."""
        return generate_latest(self.registry)


class _Scrape(Collector):
    """The live view as metric families, at the moment somebody asks."""

    def __init__(
        self,
        view: LiveView,
        waits: WaitHistogram,
        clock: Callable[[], float],
        ami_events: Callable[[], Mapping[str, int]],
        errors: Callable[[], Mapping[str, int]],
    ) -> None:
        self._view, self._waits, self._clock = view, waits, clock
        self._ami_events, self._errors = ami_events, errors

    def describe(self) -> Iterable[GaugeMetricFamily | CounterMetricFamily | HistogramMetricFamily]:
        return []  # nothing is read at registration

    def collect(self) -> Families:
        yield from self._queues(self._clock())
        yield self._waits.family()
        yield from self._agents_and_calls()
        yield from self._engine()

    def _queues(self, now: float) -> Families:
        waiting = GaugeMetricFamily("cti_queue_waiting", "Contacts that wait or ring", labels=["queue"])
        longest = GaugeMetricFamily(
            "cti_queue_longest_wait_seconds", "Wait of the contact that waits longest, 0 if none", labels=["queue"]
        )
        contacts = CounterMetricFamily(
            "cti_queue_contacts", "Contacts whose wait ended, by outcome", labels=["queue", "outcome"]
        )
        called = CounterMetricFamily(
            "cti_queue_callouts", "Customers to be called whose wait ended, by outcome", labels=["queue", "outcome"]
        )
        target = GaugeMetricFamily(
            "cti_queue_target_seconds", "Service target from the configuration", labels=["queue"]
        )
        announced = CounterMetricFamily(
            "cti_ewt_announced", "Answered contacts with an expected wait (P90) at the door", labels=["queue"]
        )
        kept = CounterMetricFamily("cti_ewt_kept", "Of these, answered within it; 90 % is right", labels=["queue"])
        for name, row in self._view.queues.items():
            announced.add_metric([name], row.counts.ewt_announced)
            kept.add_metric([name], row.counts.ewt_kept)
            waiting.add_metric([name], len(row.line))
            longest.add_metric([name], row.longest_wait_s(now) or 0.0)
            target.add_metric([name], row.counts.target_s)
            for outcome in Outcome:
                contacts.add_metric([name, outcome.value], row.counts.ended(outcome))
                called.add_metric([name, outcome.value], row.counts.ended_called(outcome.value))
        yield from (waiting, longest, contacts, called, target, announced, kept)

    def _agents_and_calls(self) -> Families:
        agents = GaugeMetricFamily("cti_agents", "Agents by status and activity", labels=["status", "activity"])
        found = Counter((row.status, row.activity) for row in self._view.agents.values())
        for status in AgentStatus:
            for activity in Activity:
                agents.add_metric([status.value, activity.value], found[status, activity])
        yield agents
        offers = CounterMetricFamily("cti_offer", "Offers to agents by result", labels=["result"])
        for result in OFFER_RESULTS:
            offers.add_metric([result.value], self._view.offers[result])
        yield offers
        attempts = CounterMetricFamily("cti_attempts", "Attempts to reach a customer by result", labels=["result"])
        for dialled in DialResult:
            attempts.add_metric([dialled.value], self._view.attempts[dialled])
        yield attempts
        yield GaugeMetricFamily("cti_attempts_in_the_air", "Customers being called", value=len(self._view.in_the_air))
        yield GaugeMetricFamily("cti_calls_active", "Contacts in our hands", value=len(self._view.contacts))

    def _engine(self) -> Families:
        connected = GaugeMetricFamily("cti_ami_connected", "1 while the node's AMI is live", labels=["node"])
        for node, state in self._view.nodes.items():
            connected.add_metric([node], float(state == "up"))
        yield connected
        drained = GaugeMetricFamily("cti_node_drained", "1 while nothing new begins on the node", labels=["node"])
        calls = GaugeMetricFamily("cti_node_calls", "Calls of ours on the node", labels=["node"])
        counts = self._view.node_book.calls(self._view.contacts.values())
        for node in self._view.nodes:
            drained.add_metric([node], float(node in self._view.node_book.drains))
            calls.add_metric([node], counts[node])
        yield from (drained, calls)
        events = CounterMetricFamily("cti_ami_events", "AMI events read", labels=["event"])
        for event, count in _bounded(self._ami_events(), lambda name: name in AMI_EVENTS).items():
            events.add_metric([event], count)
        yield events
        repairs = CounterMetricFamily("cti_reconcile_corrections", "Repairs of our memory by kind", labels=["kind"])
        kept = set(list(self._view.repairs)[:MAX_KINDS])
        for kind, count in _bounded(self._view.repairs, lambda name: name in kept).items():
            repairs.add_metric([kind], count)
        yield repairs
        errors = CounterMetricFamily("cti_errors", "What went wrong and was survived, by kind", labels=["kind"])
        for kind, count in self._errors().items():
            errors.add_metric([kind], count)
        yield errors
        yield CounterMetricFamily("cti_bugs", "Broken promises of our own code", value=self._view.bugs)
        yield CounterMetricFamily("cti_late_events", "Events for something that was over", value=self._view.late)


def _bounded(counts: Mapping[str, float], known: Callable[[str], bool]) -> Counter[str]:
    bounded: Counter[str] = Counter()
    for name, count in counts.items():
        bounded[name if known(name) else "other"] += int(count) if math.isfinite(count) else 0
    return bounded
