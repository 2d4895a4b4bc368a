"""What does Prometheus see of promises and campaigns? Callbacks by state, leads in hand, results, and the legal share.

A reader of the stream of facts, and of how campaigns stand; labels are campaigns and closed sets, never a number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from cti.model.changes import Changed, Kind
from cti.model.dialling import OPEN_CALLBACKS, CallbackState, CampaignState, campaign_of
from cti.model.lead import CampaignNow
from cti.model.words import DialResult
from cti.ports import told_of

ENDED_CALLBACKS = tuple(state for state in CallbackState if state not in OPEN_CALLBACKS)
STAGES = ("at_hand", "due", "planned", "dialling", "connected")
_RESULTS = frozenset(DialResult)


class OutboundCounts(Collector):
    """Register it beside the others and feed it every fact. `campaigns` tells how each stands now."""

    def __init__(self, campaigns: Callable[[], Sequence[CampaignNow]]) -> None:
        self._campaigns = campaigns
        self._open: dict[str, str] = {}  # promise -> its state
        self._ended: Counter[str] = Counter()
        self._results: Counter[tuple[str, str]] = Counter()  # (campaign, result)

    def describe(self) -> list[Metric]:
        """Nothing is read at registration."""
        return []

    @told_of(Kind.CALLBACK, Kind.ATTEMPT)
    def apply(self, changed: Changed) -> None:
        """Take in one fact. Never raises."""
        if changed.kind is Kind.CALLBACK:
            if changed.new in OPEN_CALLBACKS:
                self._open[changed.id] = changed.new
            else:
                self._open.pop(changed.id, None)
                self._ended[changed.new] += 1
        elif changed.kind is Kind.ATTEMPT and changed.new in _RESULTS:
            self._results[campaign_of(changed.id), changed.new] += 1

    def collect(self) -> Iterator[Metric]:
        """Yield the families as they stand now."""
        stand = Counter(self._open.values())
        callbacks = GaugeMetricFamily("cti_callbacks", "Promised callbacks that are open, by state", labels=("state",))
        for state in OPEN_CALLBACKS:
            callbacks.add_metric((state.value,), stand[state])
        yield callbacks
        ended = CounterMetricFamily("cti_callbacks_ended", "Promised callbacks that are over", labels=("state",))
        for state in ENDED_CALLBACKS:
            ended.add_metric((state.value,), self._ended[state])
        yield ended
        results = CounterMetricFamily("cti_campaign_attempts", "Attempts that ended", labels=("campaign", "result"))
        for labels, count in sorted(self._results.items()):
            results.add_metric(labels, count)
        yield results
        yield from _of_campaigns(self._campaigns())


def _of_campaigns(campaigns: Sequence[CampaignNow]) -> Iterator[Metric]:
    state = GaugeMetricFamily("cti_campaign_state", "1 for the state it is in", labels=("campaign", "state"))
    leads = GaugeMetricFamily("cti_campaign_leads", "Leads in our hands, by stage", labels=("campaign", "stage"))
    ratio = GaugeMetricFamily(
        "cti_dialer_abandon_ratio", "Abandoned of those a person answered, in the legal window", labels=("campaign",)
    )
    cap = GaugeMetricFamily("cti_dialer_abandon_cap_ratio", "At most so much of it may be", labels=("campaign",))
    for each in campaigns:
        for word in CampaignState:
            state.add_metric((each.name, word.value), each.state is word)
        for stage in STAGES:
            leads.add_metric((each.name, stage), getattr(each, stage))
        cap.add_metric((each.name,), each.abandon_cap_percent / 100)
        if each.answered:
            ratio.add_metric((each.name,), each.abandoned / each.answered)
    yield from (state, leads, ratio, cap)
