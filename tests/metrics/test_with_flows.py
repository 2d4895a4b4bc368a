"""How do the readers see callers in flows? In no queue; counted; the log of queues knows only their visits."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest

from cti.cli.show import CALLS, DASH
from cti.metrics.live import LiveView
from cti.metrics.prometheus import PrometheusReader
from cti.metrics.queue_log import QueueLogLines
from cti.metrics.reasons import fact_phrase, who
from cti.model import events as ev
from cti.model.changes import Changed, Kind
from cti.store.database import open_store
from cti.store.history import History
from cti.store.history_writer import HistoryWriter
from tests.acd.flow_stories import enters, queues_up, scene_with_flow
from tests.kit import NODE, START, Queue, Scene, call_id

pytestmark = pytest.mark.unit

C = call_id("c1")


class Watched:
    """A centre with a flow, and a live view that follows it."""

    def __init__(self) -> None:
        self.scene = scene_with_flow({"sales": Queue(max_wait_s=30)}, nodes=[NODE])
        self.view = LiveView(self.scene.policy, [NODE])
        self._seen = 0

    def snapshot(self) -> dict[str, Any]:
        for told in self.scene.told[self._seen :]:
            if isinstance(told, Changed):
                self.view.apply(told)
        self._seen = len(self.scene.told)
        return self.view.snapshot(self.scene.now)

    def call(self) -> dict[str, Any]:
        [row] = self.snapshot()["calls"]
        found: dict[str, Any] = row
        return found


def story(scene: Scene) -> None:
    """Menu, line in vain, menu, talk, survey, good-bye."""
    scene.post(ev.NodeUp(NODE))
    scene.wait(3)
    enters(scene)
    scene.post(ev.FlowTold(C, "main", "ab", "split", "voice=b"))
    scene.wait(20)
    queues_up(scene)
    scene.wait(30)
    scene.wait(10)
    queues_up(scene)
    scene.login("anna")
    scene.talk("anna")
    scene.post(ev.SurveyAnswered(C, "main", "after", "how", "csat", 4))
    scene.post(ev.FlowTold(C, "main", "bye", "trouble", "prompt_missing"))
    scene.post(ev.FlowEnded(C))


def test_who_is_in_a_flow_is_counted_and_waits_in_no_queue() -> None:
    at = Watched()
    enters(at.scene)
    snapshot = at.snapshot()
    assert (snapshot["status"]["in_flow"], snapshot["status"]["waiting"], snapshot["status"]["talking"]) == (1, 0, 0)
    assert [queue["waiting"] for queue in snapshot["queues"]] == [0]
    row = at.call()
    assert (row["state"], row["queue"], row["wait_s"]) == ("in_flow", None, None)
    assert [column.text(row) for column in CALLS if column.title in ("queue", "state")] == [DASH, "in_flow"]


def test_who_comes_back_from_the_line_or_a_talk_is_in_no_queue_and_has_no_agent() -> None:
    at = Watched()
    enters(at.scene)
    queues_up(at.scene)
    assert (at.snapshot()["status"]["in_flow"], at.call()["queue"]) == (0, "sales")
    at.scene.wait(30)
    row = at.call()
    assert (row["state"], row["queue"], row["wait_s"]) == ("in_flow", None, 30.0)
    queues_up(at.scene)
    at.scene.login("anna")
    at.scene.talk("anna")
    row = at.call()
    assert (row["state"], row["queue"], row["agent"]) == ("in_flow", None, None)
    at.scene.post(ev.FlowEnded(C))
    snapshot = at.snapshot()
    assert (snapshot["status"]["in_flow"], snapshot["status"]["calls_active"], at.view.inconsistent) == (0, 0, 0)
    [queue] = snapshot["queues"]
    assert (queue["offered"], queue["answered"], queue["timed_out"]) == (2, 1, 1)


def test_prometheus_and_the_queue_log_know_only_the_visits() -> None:
    scene = scene_with_flow({"sales": Queue(max_wait_s=30)}, nodes=[NODE])
    view, log = LiveView(scene.policy, [NODE]), QueueLogLines(scene.policy)
    prometheus = PrometheusReader(scene.policy, view, clock=lambda: scene.now)
    story(scene)
    lines: list[str] = []
    for told in scene.changes():
        view.apply(told)
        prometheus.apply(told)
        lines += log.lines(told)
    words = [line.split("|")[4] for line in lines if "|sales|" in line and "ADDMEMBER" not in line]
    assert words == ["ENTERQUEUE", "EXITWITHTIMEOUT", "ENTERQUEUE", "CONNECT", "COMPLETEAGENT"]
    assert 'queue=""' not in prometheus.render().decode() and view.inconsistent == 0


def test_every_fact_of_a_flow_reads_as_a_sentence() -> None:
    scene = scene_with_flow({"sales": Queue(max_wait_s=30)}, nodes=[NODE])
    story(scene)
    told = [(fact_phrase(fact), who(fact)) for fact in scene.changes() if fact.contact]
    phrases = [(phrase, by) for phrase, by in told if phrase]
    assert phrases[:3] == [("calls", "caller"), ("in the flow main", "caller"), ("main.ab: split voice=b", "flow")]
    assert ("again in main", "time") in phrases
    assert ("survey after.how: 4 (csat)", "caller") in phrases
    assert ("main.bye: trouble prompt missing", "flow") in phrases
    assert phrases[-1] == ("over", "flow")


def test_the_history_keeps_what_a_flow_told() -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{Path(folder) / 'cti.db'}")
        scene = scene_with_flow({"sales": Queue(max_wait_s=30)}, nodes=[NODE])
        writer = HistoryWriter(store, scene.policy, "v1", now=START, keep_s=1e9, gather_s=0.0)
        story(scene)
        for told in scene.changes():
            writer.apply(told)
        assert (writer.close(), writer.errors) == (0, 0)
        facts = History(store, scene.policy, "v1").facts(str(C))
        kept = [(fact.kind, fact.old, fact.new) for fact in facts if fact.kind in (Kind.FLOW, Kind.SURVEY)]
        store.close()
    assert kept == [
        (Kind.FLOW, "main.ab", "voice=b"),
        (Kind.SURVEY, "after.how", "4"),
        (Kind.FLOW, "main.bye", "prompt_missing"),
    ]
