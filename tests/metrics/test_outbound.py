"""How do customers whom we call look to the readers: live view, Prometheus, queue_log, explain?"""

from __future__ import annotations

import pytest

from cti.metrics.live import LiveView
from cti.metrics.prometheus import PrometheusReader
from cti.metrics.queue_log import QueueLogLines
from cti.metrics.reasons import fact_phrase
from cti.model.changes import Changed
from cti.model.words import DialResult, RingResult
from tests.calling_scene import AGENT, CallingScene

pytestmark = pytest.mark.unit


def facts(scene: CallingScene) -> list[Changed]:
    return [told for told in scene.told if isinstance(told, Changed)]


def view_of(scene: CallingScene) -> LiveView:
    view = LiveView(scene.policy)
    for fact in facts(scene):
        view.apply(fact)
    assert view.inconsistent == 0
    return view


def log_of(scene: CallingScene) -> list[str]:
    log = QueueLogLines(scene.policy)
    return [line.split("|", 1)[1] for fact in facts(scene) for line in log.lines(fact)]


@pytest.fixture
def talked() -> CallingScene:
    """Ten minutes of waiting at home, eight seconds of ringing at his, three at the agent's."""
    scene = CallingScene()
    scene.due(since=scene.now - 600)
    scene.wait(8)
    scene.connects()
    scene.wait(3)
    scene.answer("anna")
    return scene


def test_waits_at_home_are_in_no_service_level(talked: CallingScene) -> None:
    counts = view_of(talked).queues["sales"].counts
    assert (counts.called, counts.called_outcomes) == (1, {"answered": 1})
    assert (counts.offered, counts.ended("answered"), counts.waits.count) == (0, 0, 0)


def test_a_customer_who_is_called_is_no_offer_of_a_caller() -> None:
    scene = CallingScene()
    scene.due()
    view = view_of(scene)
    assert view.agents["anna"].activity == "dialling"
    assert len(view.in_the_air) == 1
    assert not view.offers
    scene.fails("x1", DialResult.BUSY)
    view = view_of(scene)
    assert view.offers == {"not_reached": 1}
    assert view.attempts == {"busy": 1}
    assert not view.in_the_air
    assert not view.contacts


def test_prometheus_counts_them_apart(talked: CallingScene) -> None:
    view = view_of(talked)
    reader = PrometheusReader(talked.policy, view, lambda: talked.now)
    for fact in facts(talked):
        reader.apply(fact)
    text = reader.render().decode()
    assert 'cti_queue_callouts_total{outcome="answered",queue="sales"} 1.0' in text
    assert 'cti_queue_contacts_total{outcome="answered",queue="sales"} 0.0' in text
    assert 'cti_attempts_total{result="human"} 1.0' in text
    assert 'cti_queue_wait_seconds_count{queue="sales"} 0.0' in text


def test_in_the_queue_log_he_enters_when_he_has_answered(talked: CallingScene) -> None:
    entered, connected = log_of(talked)
    assert entered.startswith("cti-x1|sales|NONE|ENTERQUEUE||+49301234567|")
    assert connected.startswith("cti-x1|sales|anna|CONNECT|3|")


def test_the_queue_log_knows_nothing_of_who_was_not_reached() -> None:
    scene = CallingScene()
    scene.due(first=AGENT)
    scene.agent_does_not_wait("anna", RingResult.NO_ANSWER)
    scene.wait(60)
    scene.agent_waits("anna")
    scene.fails()
    assert scene.ends() == ["not_reached"]
    assert log_of(scene) == []


def test_it_reads_as_a_story(talked: CallingScene) -> None:
    told = [phrase for fact in facts(talked) if fact.contact and (phrase := fact_phrase(fact))]
    assert told == [
        "is to be called",
        "waits in sales, position 1",
        "anna is kept for the customer",
        "is being called from node1",
        "answers our call",
        "attempt over: human",
        "rings at anna",
        "anna answers after 3 s of ringing; waited 11 s",
    ]
