"""Are the names those of the contract, the numbers those of the live view, and is nobody named in a label?"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from cti.metrics.live import LiveView
from cti.metrics.prometheus import MAX_KINDS, PrometheusReader
from cti.model.changes import Changed, Kind
from cti.model.words import Outcome

from .streams import AGENTS, CENTER, START, Story

pytestmark = pytest.mark.unit

NAMES = {
    "cti_queue_waiting",
    "cti_queue_longest_wait_seconds",
    "cti_queue_contacts_total",
    "cti_queue_wait_seconds_bucket",
    "cti_ewt_announced_total",
    "cti_ewt_kept_total",
    "cti_agents",
    "cti_offer_total",
    "cti_assign_seconds_bucket",
    "cti_calls_active",
    "cti_ami_connected",
    "cti_ami_events_total",
    "cti_ami_lag_seconds_bucket",
    "cti_reconcile_corrections_total",
    "cti_loop_lag_seconds_bucket",
    "cti_bugs_total",
    "cti_late_events_total",
}


class Scene:
    def __init__(self, now: float = START) -> None:
        self.view = LiveView(CENTER)
        self.ami: dict[str, int] = {}
        self.reader = PrometheusReader(CENTER, self.view, lambda: now, lambda: self.ami)

    def play(self, *changes: Changed) -> None:
        for changed in changes:
            self.view.apply(changed)
            self.reader.apply(changed)

    def samples(self) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
        return {
            (sample.name, tuple(sorted(sample.labels.items()))): sample.value
            for family in text_string_to_metric_families(self.reader.render().decode())
            for sample in family.samples
        }

    def value(self, name: str, **labels: str) -> float:
        return self.samples()[name, tuple(sorted(labels.items()))]


def test_the_names_are_those_of_the_contract() -> None:
    scene = Scene()
    scene.play(
        Changed(Kind.NODE, "node1", "down", "up", START, "Test"),
        Changed(Kind.REPAIR, "x", "", "leg_gone", START, "Test"),
    )
    scene.ami = {"Hangup": 1}
    assert {name for name, _ in scene.samples()} >= NAMES


@given(st.integers(0, 2**32))
@settings(max_examples=25, deadline=None)
def test_prometheus_and_the_live_view_agree(seed: int) -> None:
    story = Story(seed)
    scene = Scene()
    changes = story.run(15)
    scene.play(*changes[: len(changes) * 2 // 3])
    samples = scene.samples()
    for queue in scene.view.snapshot(START)["queues"]:
        label = ("queue", queue["name"])
        assert samples["cti_queue_waiting", (label,)] == queue["waiting"]
        assert samples["cti_queue_wait_seconds_count", (label,)] == queue["answered"]
        for outcome in Outcome:
            key = ("cti_queue_contacts_total", (("outcome", outcome.value), label))
            assert samples[key] == queue[outcome.value]
    assert samples["cti_calls_active", ()] == len(scene.view.contacts)
    agents = {key: value for key, value in samples.items() if key[0] == "cti_agents"}
    assert sum(agents.values()) == len(AGENTS)


@given(st.integers(0, 2**32))
@settings(max_examples=10, deadline=None)
def test_no_label_names_a_person_or_a_number(seed: int) -> None:
    scene = Scene()
    scene.play(*Story(seed).run(8))
    labels = {value for _, pairs in scene.samples() for _, value in pairs}
    assert not [value for value in labels if "4930123" in value or value in AGENTS or value.startswith("node1/")]


def test_the_wait_buckets_contain_every_target_and_count_the_answered_in_it() -> None:
    scene = Scene()
    for number, wait_s in enumerate((17.5, 17.6)):
        call = f"n/{number}"
        more = {"queue": "support", "contact": call}
        scene.play(
            Changed(Kind.CONTACT, call, "", "waiting", START, "Test", **more),  # type: ignore[arg-type]
            Changed(Kind.VISIT, call, "", "waiting", START, "Test", **more),  # type: ignore[arg-type]
            Changed(Kind.VISIT, call, "waiting", "answered", START, "Test", **more, wait_s=wait_s),  # type: ignore[arg-type]
        )
    assert scene.value("cti_queue_wait_seconds_bucket", queue="support", le="17.5") == 1
    assert scene.value("cti_queue_wait_seconds_bucket", queue="support", le="+Inf") == 2
    assert scene.view.queues["support"].counts.count("answered_in_target") == 1


def test_label_sets_are_bounded() -> None:
    scene = Scene()
    scene.ami = {"Hangup": 3, **{f"Strange{n}": 1 for n in range(500)}}
    scene.play(*[Changed(Kind.REPAIR, "x", "", f"kind{n}", START, "Test") for n in range(MAX_KINDS + 10)])
    assert scene.value("cti_ami_events_total", event="Hangup") == 3
    assert scene.value("cti_ami_events_total", event="other") == 500
    kinds = {pairs for name, pairs in scene.samples() if name == "cti_reconcile_corrections_total"}
    assert len(kinds) == MAX_KINDS + 1
    assert scene.value("cti_reconcile_corrections_total", kind="other") == 10


def test_a_node_is_connected_or_not() -> None:
    scene = Scene()
    scene.play(
        Changed(Kind.NODE, "node1", "down", "up", START, "Test"), Changed(Kind.NODE, "node2", "up", "down", 0, "T")
    )
    assert scene.value("cti_ami_connected", node="node1") == 1
    assert scene.value("cti_ami_connected", node="node2") == 0


def test_lags_are_observed_in_seconds() -> None:
    scene = Scene()
    scene.reader.observe_loop_lag(0.004)
    scene.reader.observe_ami_lag(0.2)
    assert scene.value("cti_loop_lag_seconds_bucket", le="0.005") == 1
    assert scene.value("cti_ami_lag_seconds_sum") == pytest.approx(0.2)


def test_assign_is_observed_once_per_sample() -> None:
    scene = Scene()
    who = {"queue": "sales", "contact": "n/1", "agent": "anna"}
    scene.play(
        Changed(Kind.STATUS, "anna", "logged_out", "available", START - 9, "Test"),
        Changed(Kind.CONTACT, "n/1", "", "waiting", START - 5, "Test", contact="n/1"),  # type: ignore[arg-type]
        Changed(Kind.ACTIVITY, "anna", "wrapup", "idle", START, "Test"),
        Changed(Kind.OFFER, "n/1#1", "", "ringing", START, "Test", **who),  # type: ignore[arg-type]
        Changed(Kind.PHONE, "anna", "free", "ringing", START + 0.004, "Test"),
        Changed(Kind.PHONE, "ben", "free", "engaged", START + 0.004, "Test"),
    )
    assert scene.value("cti_assign_seconds_count") == 1
    assert scene.value("cti_assign_seconds_bucket", le="0.005") == 1
