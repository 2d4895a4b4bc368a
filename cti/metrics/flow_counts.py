"""What does Prometheus see of flows? Callers inside, the version that holds, shares, troubles, answers of surveys.

A reader of the stream of facts; labels are names from the flows and closed sets, never a caller or an agent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from cti.metrics.flow_ways import FlowWays
from cti.model.changes import Changed, Kind
from cti.ports import told_of

MAX_SERIES = 2000  # of each counter: flows come and go with their versions, and a label set has a bound
OTHER = ("other", "other", "other")


class FlowCounts(Collector):
    """Register it beside the others and feed it every fact. `calls` are in a flow now; `version` 0: there are none.

    `ways` is fed by its owner.

    `splits`: (flow, split, share), `troubles`: (flow, what), `answers`: (survey, question, score) -> how often.
    """

    def __init__(self, calls: Callable[[], int], version: Callable[[], int], ways: FlowWays) -> None:
        self._calls, self._version, self._ways = calls, version, ways
        self.splits: Counter[tuple[str, ...]] = Counter()
        self.troubles: Counter[tuple[str, ...]] = Counter()
        self.answers: Counter[tuple[str, ...]] = Counter()

    @told_of(Kind.FLOW, Kind.SURVEY)
    def apply(self, changed: Changed) -> None:
        """Take in one fact. Never raises."""
        if changed.kind is Kind.FLOW:
            flow = changed.old.partition(".")[0]
            if changed.reason == "split":
                split, _, share = changed.new.partition("=")
                _count(self.splits, flow, split, share)
            elif changed.reason == "trouble":
                _count(self.troubles, flow, changed.new)
        elif changed.kind is Kind.SURVEY:
            survey, _, question = changed.old.partition(".")
            _count(self.answers, survey, question, changed.new)

    def collect(self) -> Iterator[CounterMetricFamily | GaugeMetricFamily]:
        """Yield the families as they stand now."""
        yield GaugeMetricFamily("cti_flow_calls", "Callers in a flow now", value=self._calls())
        yield GaugeMetricFamily(
            "cti_flow_version", "Version of the flows for new calls, 0: none", value=self._version()
        )
        ways = Counter({(way,): count for way, count in self._ways.counts.items()})
        for name, meaning, labels, counts in (
            ("cti_flow_callers", "Callers by how they came out of their flow first", ("way",), ways),
            ("cti_flow_splits", "Callers by the share they were sent to", ("flow", "split", "share"), self.splits),
            ("cti_flow_troubles", "What was not as it should be", ("flow", "what"), self.troubles),
            ("cti_survey_answers", "Answers of callers", ("survey", "question", "score"), self.answers),
        ):
            family = CounterMetricFamily(name, meaning, labels=labels)
            for values, count in sorted(counts.items()):
                family.add_metric(values, count)
            yield family


def _count(counts: Counter[tuple[str, ...]], *labels: str) -> None:
    known = labels in counts or len(counts) < MAX_SERIES
    counts[labels if known else OTHER[: len(labels)]] += 1
