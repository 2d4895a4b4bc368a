"""What does the next engine make of a promise whose try an earlier one has made? In whichever order it hears of it."""

from __future__ import annotations

import msgspec
import pytest

from cti.model import commands as do
from cti.model import events as ev
from cti.model.changes import Kind
from cti.model.dialling import CALLBACKS, AttemptResult, CallbackKind, CallbackState, CampaignName, LeadId
from cti.model.policy import Center
from cti.model.promise import Number, Promise, Tried
from cti.model.words import AttemptId, CallId, ContactId, NodeId
from tests.calling.test_promises import BERLIN, Keeping
from tests.calling_scene import NUMBER, office

pytestmark = pytest.mark.unit

DAY_S = 86_400.0


def left(scene: Keeping, result: AttemptResult | None) -> None:
    """An earlier engine has died over the first try."""
    tried = Tried(scene.now - 20.0, CALLBACKS, LeadId(1), NUMBER, 1, result)
    promise = Promise(
        LeadId(1),
        CallbackKind.VIRTUAL_HOLD,
        Number(NUMBER, BERLIN),
        "sales",
        scene.now - 60.0,
        scene.now - 60.0,
        state=CallbackState.DIALLING,
        tries=(tried,),
    )
    scene.post(ev.CallbackPromised(promise, resumed=True))


def test_a_result_that_is_known_is_followed_at_once() -> None:
    scene = Keeping()
    left(scene, AttemptResult.BUSY)
    assert scene.states() == ["promised"]
    assert scene.kept()[-1].due_at == scene.now + 180.0


def test_who_had_answered_and_is_gone_is_not_called_again() -> None:
    scene = Keeping()
    left(scene, AttemptResult.ANSWERED)
    assert scene.states() == []
    scene.wait(16.0)
    assert scene.states() == ["kept"]
    assert not scene.placed()


def test_who_comes_back_into_the_line_is_served_and_his_attempt_is_over() -> None:
    scene = Keeping()
    before = Keeping()
    before.promise()
    before.agent_waits("anna")
    ticket = before.commands(do.PlaceCall)[-1].ticket
    left(scene, None)
    scene.post(
        ev.CallArrived(CallId("node1/cti-callbacks-1-1"), NodeId("node1"), "PJSIP/trunk-1", "", NUMBER, ticket=ticket)
    )
    assert [told.new for told in scene.changes(Kind.ATTEMPT, id="callbacks-1-1")] == ["human"], "nobody else tells it"
    scene.answer("anna")
    assert scene.states()[-1] == "kept"


def test_a_later_promise_is_not_called_while_an_earlier_engine_s_customer_is_rung() -> None:
    """Found on real Asterisk: who answered waited on music, since all agents had been given to later promises."""
    before = Keeping()
    before.promise(since=before.now - 60.0)
    before.agent_waits("anna")
    ticket = before.commands(do.PlaceCall)[-1].ticket
    leg = ev.SnapshotLeg("node1/cti-callbacks-1-1", "PJSIP/trunk-1", "PJSIP/trunk", ticket=ticket)
    scene = Keeping(nodes=())
    left(scene, None)
    later = Promise(LeadId(2), CallbackKind.VIRTUAL_HOLD, Number("+4930222", BERLIN), "sales", scene.now, scene.now)
    scene.post(ev.CallbackPromised(later, resumed=True))
    scene.post(ev.NodeUp(NodeId("node1"), (leg,)))
    scene.wait(20.0)
    assert not scene.changes(Kind.OFFER)
    scene.connects("callbacks-1-1", ticket=ticket)
    assert scene.offered("anna") == "cti-callbacks-1-1"
    scene.answer("anna")
    assert (scene.states()[-1], scene.states(2)[-1]) == ("kept", "in_line")


def test_who_answers_while_the_engine_starts_is_before_promises_of_the_same_second() -> None:
    """Found on real Asterisk: callbacks from the spool have whole seconds, and those read anew counted as earlier."""
    before = Keeping()
    before.promise(since=before.now - 60.0)
    before.agent_waits("anna")
    ticket = before.commands(do.PlaceCall)[-1].ticket
    assert ticket is not None
    scene = Keeping(office(), nodes=())
    left(scene, None)
    scene.pause("anna")
    number = Number("+4930222", BERLIN)
    words = Promise(
        LeadId(2), CallbackKind.VIRTUAL_HOLD, number, "sales", ticket.since, ticket.since, since=ticket.since
    )
    scene.post(ev.CallbackPromised(words, resumed=True))
    scene.wait(0.0)
    scene.post(ev.NodeUp(NodeId("node1")))
    call = CallId("node1/cti-callbacks-1-1")
    attempt = AttemptId("callbacks-1-1")
    scene.post(ev.CallArrived(call, NodeId("node1"), "PJSIP/trunk-1", "", NUMBER, attempt=attempt, ticket=ticket))
    first, second = (scene.center.contacts[ContactId(f"callbacks/{name}-1")] for name in (1, 2))
    assert first.since == second.since
    scene.unpause("anna")
    assert scene.offered("anna") == "cti-callbacks-1-1"


def test_what_campaigns_have_tried_counts_for_the_gap() -> None:
    scene = Keeping(gap_s=3600.0)
    tried = Tried(scene.now - 60.0, CampaignName("spring"), LeadId(7), NUMBER, 1, AttemptResult.NO_ANSWER)
    words = Promise(LeadId(1), CallbackKind.VIRTUAL_HOLD, Number(NUMBER, BERLIN), "sales", scene.now, scene.now)
    scene.post(ev.CallbackPromised(words, history=(tried,)))
    scene.wait(3000.0)
    assert not scene.changes(Kind.OFFER)
    scene.wait(700.0)
    assert scene.changes(Kind.OFFER)


def test_no_agent_is_rung_for_a_number_that_no_trunk_leads_to() -> None:
    trunk = {"dial": "PJSIP/{number}@carrier", "numbers": ["+43"]}
    scene = Keeping()
    written = scene.center.policy.model_dump(exclude_unset=True)
    written["outbound"] |= {"trunks": {"carrier": trunk}}
    assert scene.reload(Center.model_validate(written)) is None
    scene.promise()
    scene.wait(4 * 3600.0)
    assert not scene.changes(Kind.OFFER)
    assert scene.states()[-1] == "promised"
    assert msgspec.structs.asdict(scene.kept()[-1])["tries"] == ()
