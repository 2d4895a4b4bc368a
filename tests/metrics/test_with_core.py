"""Do the readers understand what the real core says? One centre, a few calls, every reader behind it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cti.center import ContactCenter
from cti.metrics.live import LiveView
from cti.metrics.prometheus import PrometheusReader
from cti.metrics.queue_log_file import QueueLogFile
from cti.model import events
from cti.model.changes import Changed
from cti.model.commands import Ring
from cti.model.policy import Agent, Center, Entry, Membership, Queue
from cti.model.words import AgentAction, AgentId, CallId, NodeId, OfferId, QueueName, RingResult

pytestmark = pytest.mark.simulation

NODE = NodeId("node1")
POLICY = Center(
    queues={"sales": Queue(target_s=20, wrap_up_s=5)},
    agents={"anna": Agent(name="Anna", phone="PJSIP/1001", queues={"sales": Membership()})},
    entries={"6001": Entry(queue="sales")},
    settle_s=0,
)


class Scene:
    def __init__(self, folder: Path) -> None:
        self.now = 1_700_000_000.0
        self.center = ContactCenter(POLICY, strict=True)
        self.view = LiveView(POLICY)
        self.prometheus = PrometheusReader(POLICY, self.view, lambda: self.now)
        self.log = QueueLogFile(folder / "queue_log", POLICY, self.now)
        self.rings: list[OfferId] = []

    def at(self, later_s: float, event: events.AnyEvent) -> None:
        self.now += later_s
        for output in self.center.handle(self.now, event):
            if isinstance(output, Changed):
                for reader in (self.view, self.prometheus, self.log):
                    reader.apply(output)
            elif isinstance(output, Ring):
                self.rings += [leg.offer for leg in output.legs]

    def arrives(self, later_s: float, number: int) -> CallId:
        call = CallId(f"node1/100.{number}")
        self.at(later_s, events.CallArrived(call, NODE, f"PJSIP/trunk-{number}", "6001", caller=f"+49{number}"))
        return call

    def agent(self, later_s: float, action: AgentAction, reason: str = "") -> None:
        self.at(later_s, events.AgentRequest(AgentId("anna"), action, reason))


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    scene = Scene(tmp_path)
    scene.at(0, events.NodeUp(NODE))
    return scene


def test_a_day_in_one_minute(scene: Scene) -> None:
    first = scene.arrives(0, 1)
    second = scene.arrives(1, 2)
    scene.agent(4, AgentAction.LOGIN)
    scene.at(0.01, events.OfferRinging(scene.rings[0], "node1/200.1", "PJSIP/1001-1"))
    scene.at(2, events.OfferAnswered(scene.rings[0]))
    scene.at(1, events.CallGone(second))
    scene.at(30, events.LegDown("node1/200.1"))
    scene.at(0, events.RingEnded(first, RingResult.ANSWERED, 31.0, True, scene.rings[0]))
    scene.at(0, events.CallGone(first))
    scene.agent(60, AgentAction.PAUSE, "lunch")

    queue = scene.view.snapshot(scene.now)["queues"][0]
    assert (queue["offered"], queue["answered"], queue["abandoned"], queue["waiting"]) == (2, 1, 1, 0)
    assert queue["asa_s"] == pytest.approx(7.01)
    status = scene.view.snapshot(scene.now)["status"]
    assert status["free_to_ring"]["p50_s"] == pytest.approx(0.01, abs=1e-6)
    assert (status["calls_active"], status["inconsistent"], status["bugs"]) == (0, 0, 0)
    assert 'cti_queue_contacts_total{outcome="answered",queue="sales"} 1.0' in scene.prometheus.render().decode()
    events_logged = [line.split("|")[1:] for line in scene.log.path.read_text().splitlines()]
    assert events_logged == [
        ["NONE", "NONE", "NONE", "QUEUESTART", ""],
        ["100.1", "sales", "NONE", "ENTERQUEUE", "", "+491", "1"],
        ["100.2", "sales", "NONE", "ENTERQUEUE", "", "+492", "2"],
        ["MANAGER", "sales", "anna", "ADDMEMBER", ""],
        ["100.1", "sales", "anna", "CONNECT", "7", "200.1", "2"],
        ["100.2", "sales", "NONE", "ABANDON", "1", "2", "7"],
        ["100.1", "sales", "anna", "COMPLETEAGENT", "7", "31", "1"],
        ["NONE", "NONE", "anna", "PAUSEALL", "lunch"],
        ["NONE", "sales", "anna", "PAUSE", "lunch"],
    ]


def test_a_missed_ring_gives_the_place_back(scene: Scene) -> None:
    scene.agent(0, AgentAction.LOGIN)
    call = scene.arrives(1, 1)
    scene.at(0.01, events.OfferRinging(scene.rings[0], "node1/200.1", "PJSIP/1001-1"))
    scene.at(15, events.OfferEnded(scene.rings[0], RingResult.NO_ANSWER))
    scene.at(0, events.RingEnded(call, RingResult.NO_ANSWER, 0.0, True))
    snapshot = scene.view.snapshot(scene.now)
    assert [place["wait_s"] for place in snapshot["queues"][0]["position"]] == [pytest.approx(15.01)]
    assert (snapshot["agents"][0]["missed"], snapshot["queues"][0]["offered"]) == (1, 1)
    assert "|anna|RINGNOANSWER|15010\n" in scene.log.path.read_text()
    assert snapshot["decisions"][0]["text"].startswith(
        "sales: caller waited 0 s, urgency 0, nobody else to serve; longest idle"
    )


def test_a_rest_by_the_rules_is_no_delay_from_free_to_ring(scene: Scene) -> None:
    """He rejects a call, and waits out his rest with a caller in the line: he is free when the rest is over."""
    scene.agent(0, AgentAction.LOGIN)
    first = scene.arrives(1, 1)
    scene.at(0.01, events.OfferRinging(scene.rings[0], "node1/200.1", "PJSIP/1001-1"))
    scene.at(3, events.OfferEnded(scene.rings[0], RingResult.REJECTED))
    scene.at(0.001, events.LegDown("node1/200.1"))
    scene.at(0, events.RingEnded(first, RingResult.REJECTED, 0.0, True))
    scene.arrives(1, 2)
    scene.at(POLICY.missed_offers.rest_after_busy_s, events.TimePassed())
    assert len(scene.rings) == 2
    scene.at(0.01, events.OfferRinging(scene.rings[1], "node1/200.2", "PJSIP/1001-2"))
    late_s = scene.now - 0.01 - 1_700_000_000.0 - 4.01 - POLICY.missed_offers.rest_after_busy_s
    assert scene.view.free_to_ring.percentiles_s(1.0) == [pytest.approx(0.01 + late_s, abs=1e-6)]


def test_the_calibration_told_is_the_one_the_estimate_keeps(scene: Scene) -> None:
    scene.agent(0, AgentAction.LOGIN)
    calls = [scene.arrives(1, number) for number in range(25)]
    for number, call in enumerate(calls):
        if call in calls[5::7]:
            scene.at(3, events.CallGone(call))  # gives up, or hangs up while it rings
            continue
        offer = scene.rings[-1]
        scene.at(1, events.OfferAnswered(offer))
        scene.at(5 if number < 35 else 90, events.RingEnded(call, RingResult.ANSWERED, 5.0, True, offer))
        scene.at(0, events.CallGone(call))
        calls += [scene.arrives(1, 100 + number)] if number < 25 else []
        scene.at(5, events.TimePassed())  # the wrap-up is over
    counts = scene.view.queues["sales"].counts
    kept = scene.center._floor.estimate.calibration(QueueName("sales"))
    assert (counts.ewt_announced, counts.ewt_kept) == kept
    assert 0 < counts.ewt_kept < counts.ewt_announced
