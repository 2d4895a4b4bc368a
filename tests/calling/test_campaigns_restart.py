"""What does the next engine make of a lead whose dial an earlier one has made?"""

from __future__ import annotations

import pytest

from cti.model import events as ev
from cti.model.changes import Kind
from cti.model.dialling import AttemptResult, CampaignState, LeadId, LeadOutcome
from cti.model.promise import Tried
from cti.model.ticket import Ticket
from cti.model.words import AttemptId, CallId, ContactId, DialResult, NodeId, QueueName
from tests.campaigns import SPRING, Campaigning, number

pytestmark = pytest.mark.unit

NODE1 = NodeId("node1")


def left(scene: Campaigning, result: AttemptResult | None) -> None:
    scene.post(ev.CampaignRestored(SPRING, CampaignState.RUNNING))
    scene.held.add(1)
    scene.post(ev.LeadLeft(scene.stored[1], Tried(scene.now - 10.0, SPRING, LeadId(1), number(1), 1, result)))


def talks(scene: Campaigning) -> tuple[ev.SnapshotLeg, ...]:
    ticket = Ticket(ContactId("campaign/spring-1-1"), QueueName("sales"), scene.now - 60, scene.now, queued=True)
    caller = ev.SnapshotLeg("node1/cti-spring-1-1", "PJSIP/trunk-1", "PJSIP/trunk", "b1", ours=True, ticket=ticket)
    return caller, ev.SnapshotLeg("node1/a.9", "PJSIP/1001-9", "PJSIP/1001", "b1")


def test_a_result_that_is_known_is_followed_at_once_and_told_once() -> None:
    scene = Campaigning(leads=1)
    left(scene, AttemptResult.BUSY)
    assert [(each.outcome, each.result, each.attempt) for each in scene.settled()] == [(None, "busy", "spring-1-1")]
    scene.wait(60.0)
    assert scene.story("spring-1-1") == []


def test_who_had_answered_and_is_gone_is_reached() -> None:
    scene = Campaigning(leads=1)
    left(scene, AttemptResult.ANSWERED)
    assert not scene.settled()
    scene.wait(16.0)
    assert scene.done == {1: "reached"}
    assert not scene.placed()


@pytest.mark.parametrize("result", [None, AttemptResult.ANSWERED])
def test_a_talk_that_outlives_its_engine_ends_as_reached(result: AttemptResult | None) -> None:
    scene = Campaigning(leads=1)
    left(scene, result)
    scene.post(ev.NodeChecked(NODE1, talks(scene)))
    scene.wait(30.0)
    assert not scene.settled(), "he is talking"
    scene.post(ev.LegDown("node1/a.9"))
    scene.post(ev.CallGone(CallId("node1/cti-spring-1-1")))
    scene.wait(60.0)
    assert scene.done == {1: "reached"}


def test_a_dial_that_ends_soon_after_the_start_is_told_once() -> None:
    scene = Campaigning(leads=1)
    left(scene, None)
    ticket = talks(scene)[0].ticket
    leg = ev.SnapshotLeg("node1/cti-spring-1-1", "PJSIP/trunk-1", "PJSIP/trunk", ticket=ticket)
    scene.post(ev.NodeChecked(NODE1, (leg,)))
    scene.post(ev.AttemptEnded(AttemptId("spring-1-1"), DialResult.BUSY))
    scene.wait(60.0)
    assert scene.story("spring-1-1") == ["placed", "busy"]
    assert [each.result for each in scene.settled()] == ["busy"]


def test_a_node_that_has_not_come_back_is_waited_for() -> None:
    scene = Campaigning(leads=1)
    scene.post(ev.NodeDown(NODE1))
    left(scene, None)
    scene.wait(600.0)
    assert not scene.settled()
    scene.post(ev.NodeUp(NODE1))
    scene.wait(16.0)
    assert [each.result for each in scene.settled()] == ["unknown"]


def test_a_quota_is_as_full_as_it_was() -> None:
    scene = Campaigning(leads=2, quotas=[{"at_most": 3}])
    scene.post(ev.CampaignRestored(SPRING, CampaignState.RUNNING, reached=((3, 1),)))
    scene.wait(5.0)
    assert scene.done == {1: "quota_full", 2: "quota_full"}
    assert not scene.changes(Kind.ATTEMPT)


def test_a_drained_engine_dials_no_further_lead() -> None:
    scene = Campaigning("anna", "bert", leads=5)
    scene.start()
    assert scene.placed() == ["spring-1-1", "spring-2-1"]
    scene.post(ev.EngineLeaves())
    scene.fails("spring-1-1", DialResult.INVALID)
    scene.wait(120.0)
    assert scene.placed() == ["spring-1-1", "spring-2-1"]
    assert [each.outcome for each in scene.settled(1)] == [LeadOutcome.WRONG_NUMBER], "no lead pays for it"
    assert not [told for told in scene.changes(Kind.ATTEMPT) if told.new == DialResult.NOT_DIALLED]
