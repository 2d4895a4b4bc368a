"""Is nobody dialled before the agent who sees him has said so, and what follows when he does not want to?"""

from __future__ import annotations

import random

import pytest

from cti.model import commands as do
from cti.model import events as ev
from cti.model.changes import Kind
from cti.model.words import AgentAction, AgentId, DialFirst, DialResult, RefusedReason
from tests.calling_scene import CallingScene, office
from tests.campaigns import Campaigning, number

pytestmark = pytest.mark.unit


def preview(*agents: str, leads: int = 2, **written: object) -> Campaigning:
    scene = Campaigning(*(agents or ("anna",)), mode="preview", leads=leads, preview_s=60.0, **written)
    scene.start()
    return scene


def seen(scene: CallingScene, agent: str = "anna") -> str:
    """The number that an agent sees; "": nobody's."""
    found = scene.center.preview_of(AgentId(agent))
    return "" if found is None else found.number


def test_nothing_rings_before_he_decides() -> None:
    scene = preview()
    scene.wait(30.0)
    assert scene.agent("anna").activity == "preview"
    assert not scene.commands(do.RingAgent) and not scene.placed()
    found = scene.center.preview_of(AgentId("anna"))
    assert found is not None
    assert (found.number, found.campaign, found.data) == (number(1), "spring", {"name": "N1"})
    assert scene.agent("anna").activity_until == found.until


def test_accepted_his_phone_rings_and_then_the_customers() -> None:
    scene = preview()
    assert scene.request("anna", AgentAction.ACCEPT) is None
    assert scene.agent("anna").activity == "ringing"
    assert len(scene.commands(do.RingAgent)) == 1 and not scene.placed()
    scene.wait(61.0)
    assert "skipped" not in [told.new for told in scene.changes(Kind.OFFER)], "he has decided"


def test_each_free_agent_sees_a_lead_of_his_own() -> None:
    scene = preview("anna", "bert", leads=5)
    scene.wait(3.0)
    assert {seen(scene, "anna"), seen(scene, "bert")} == {number(1), number(2)}


def test_skipped_the_lead_rests_and_he_sees_the_next() -> None:
    scene = preview(skipped_after_s=3600)
    assert scene.request("anna", AgentAction.SKIP, "spoke_yesterday") is None
    (skipped,) = [told for told in scene.changes(Kind.OFFER) if told.new == "skipped"]
    assert skipped.reason == "spoke_yesterday"
    (settled,) = scene.settled(1)
    assert (settled.outcome, settled.rule, settled.attempt) == (None, "skipped", "")
    assert settled.due_at == scene.now + 3600
    scene.wait(1.0)
    assert seen(scene) == number(2)
    assert not scene.placed(), "no attempt for any cap"


def test_who_does_not_decide_skips_and_goes_on_a_break_like_one_who_misses_calls() -> None:
    scene = preview(leads=9)
    for _ in range(3):
        scene.wait(61.0)
    assert scene.agent("anna").status == "on_break"
    skipped = [told.reason for told in scene.changes(Kind.OFFER) if told.new == "skipped"]
    assert set(skipped) == {"not_decided"}
    assert seen(scene) == "" and not scene.placed()


def test_who_logs_out_leaves_the_lead_to_the_next() -> None:
    scene = preview("anna", leads=1)
    scene.request("anna", AgentAction.LOGOUT)
    assert seen(scene) == "" and not scene.commands(do.DismissAgent)
    scene.request("anna", AgentAction.LOGIN)
    scene.wait(1.0)
    assert seen(scene) == number(1)


def test_a_campaign_that_is_stopped_takes_its_leads_back() -> None:
    scene = preview()
    assert scene.ask("stop") is None
    assert seen(scene) == "" and scene.agent("anna").activity == "idle"
    assert scene.request("anna", AgentAction.ACCEPT).reason is RefusedReason.NO_PREVIEW


def test_who_does_not_want_to_be_called_is_not_seen_any_more() -> None:
    scene = preview(leads=1)
    scene.post(ev.NumberWished(number(1)))
    assert seen(scene) == ""
    assert scene.request("anna", AgentAction.ACCEPT).reason is RefusedReason.NO_PREVIEW


def test_the_rules_are_asked_again_when_he_has_decided() -> None:
    """He was shown the lead a second before the callee's hours ended."""
    scene = Campaigning("anna", mode="preview", leads=1, preview_s=60.0)
    scene.start()
    scene.center._campaigning.dialer.floor.forbidden.wished(number(1))
    assert scene.request("anna", AgentAction.ACCEPT).reason is RefusedReason.NOT_NOW
    assert scene.agent("anna").activity == "idle" and not scene.commands(do.RingAgent)
    assert scene.settled(1)[-1].rule == "do_not_call"


def test_a_call_out_without_a_preview_rings_at_once_and_one_with_it_may_call_the_customer_first() -> None:
    scene = CallingScene(office("anna"))
    scene.due(preview_s=20.0, first=DialFirst.CUSTOMER)
    assert (scene.stands(), scene.placed()) == ("offered", [])
    assert scene.request("anna", AgentAction.ACCEPT) is None
    assert (scene.stands(), scene.placed()) == ("dialling", ["x1"])
    scene.fails("x1", DialResult.BUSY)
    assert scene.agent("anna").activity == "idle"


def test_nobody_to_decide_about() -> None:
    scene = CallingScene(office("anna"))
    assert scene.request("anna", AgentAction.SKIP).reason is RefusedReason.NO_PREVIEW
    assert scene.request("nobody", AgentAction.ACCEPT).reason is RefusedReason.UNKNOWN_AGENT


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_whatever_agents_do_nobody_is_dialled_who_was_not_accepted_and_each_lead_ends_once(seed: int) -> None:
    rng = random.Random(seed)
    scene = preview("anna", "bert", "cleo", leads=25, skipped_after_s=30.0, max_attempts=1, lines=6)
    accepted = set[str]()
    for _ in range(2000):
        if not scene.stored:
            break
        scene.wait(rng.uniform(0.1, 4.0))
        for agent in ("anna", "bert", "cleo"):
            _does_something(scene, agent, rng, accepted)
        assert {scene.center.attempts[name].contact for name in scene.center.attempts} <= accepted
        shown = [number for agent in ("anna", "bert", "cleo") if (number := seen(scene, agent))]
        assert len(shown) == len(set(shown)), "no lead is shown to two"
    assert len(scene.done) == 25
    assert len(scene.placed()) == len(set(scene.placed()))


def _does_something(scene: Campaigning, agent: str, rng: random.Random, accepted: set[str]) -> None:
    activity, offer = scene.agent(agent).activity, scene.agent(agent).offer
    if scene.agent(agent).status != "available":
        scene.request(agent, AgentAction.LOGIN)
        scene.request(agent, AgentAction.UNPAUSE)
    elif activity == "preview" and rng.random() < 0.5:
        assert offer is not None
        word = rng.choice([AgentAction.ACCEPT, AgentAction.ACCEPT, AgentAction.SKIP, AgentAction.LOGOUT])
        contact = scene.center.offers[offer].contact
        if scene.request(agent, word) is None and word is AgentAction.ACCEPT:
            accepted.add(contact)
    elif activity == "ringing":
        scene.agent_waits(agent)
    elif activity == "dialling" and offer is not None:
        attempt = scene.center.contacts[scene.center.offers[offer].contact].attempt
        if attempt is not None:
            scene.fails(str(attempt), rng.choice([DialResult.BUSY, DialResult.NO_ANSWER, DialResult.INVALID]))


def test_who_decides_keeps_no_lead_from_an_agent_who_becomes_free() -> None:
    scene = Campaigning("anna", "bert", mode="preview", leads=3, preview_s=60.0)
    scene.request("bert", AgentAction.LOGOUT)
    scene.start()
    scene.wait(5.0)
    scene.request("bert", AgentAction.LOGIN)
    scene.wait(3.0)
    assert seen(scene, "bert") and seen(scene, "anna") not in ("", seen(scene, "bert"))


def test_the_journal_is_told_why_it_was_dialled_and_that_the_agent_wanted_it() -> None:
    scene = preview()
    scene.request("anna", AgentAction.ACCEPT)
    scene.agent_waits("anna")
    (placed,) = scene.commands(do.PlaceCall)
    assert (placed.rule, placed.by) == ("preview", "anna")
