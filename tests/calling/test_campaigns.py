"""Does a campaign dial its leads on the floor as its mode promises, and does each lead end once, as it should?"""

from __future__ import annotations

import random
from collections import Counter

import pytest

from cti.acd.dialling import PREFIX
from cti.model import commands as do
from cti.model import events as ev
from cti.model.books import KeepCampaign, KeepNotAgain
from cti.model.changes import Kind
from cti.model.dialling import CampaignAction, CampaignName, CampaignState, LeadId, LeadOutcome
from cti.model.lead import AnswersOfDay
from cti.model.policy import Center
from cti.model.promise import Tried
from cti.model.words import (
    AgentAction,
    AttemptId,
    DialResult,
    Heard,
    NodeId,
    OfferId,
    OfferState,
    RefusedReason,
)
from tests.campaigns import SPRING, Campaigning, number
from tests.kit import NODE, Queue

pytestmark = pytest.mark.unit

# --- progressive ------------------------------------------------------------------------------------------------------


def test_one_dial_for_each_free_agent_and_the_next_when_he_is_free_again() -> None:
    scene = Campaigning("anna", "bert", leads=5)
    scene.start()
    assert scene.moves() == ["running"]
    assert scene.placed() == ["spring-1-1", "spring-2-1"], "two agents, two dials"
    scene.wait(5.0)
    assert len(scene.placed()) == 2
    scene.fails("spring-1-1", DialResult.INVALID)
    scene.wait(0.0)
    assert scene.placed()[2:] == ["spring-3-1"]
    assert scene.settled(1)[0].outcome is LeadOutcome.WRONG_NUMBER
    assert scene.settled(1)[0].attempt == "spring-1-1"


def test_who_answers_talks_with_the_agent_who_was_kept_and_the_disposition_is_the_leads() -> None:
    scene = Campaigning(
        leads=1,
        queues={"sales": Queue(wrap_up_s=30.0, dispositions={"sold": "Sold", "never": "Never again"})},
        dispositions={"sold": {"means": "reached"}},
    )
    scene.start()
    scene.connects("spring-1-1")
    scene.answer("anna")
    scene.wait(40.0)
    scene.caller_hangs_up(scene.caller_of("spring-1-1"))
    assert scene.settled() == [], "his agent still writes up"
    assert scene.request("anna", AgentAction.DISPOSITION, "sold") is None
    assert [(each.outcome, each.result) for each in scene.settled()] == [(LeadOutcome.REACHED, "sold")]
    scene.wait(62.0)
    assert scene.moves() == ["running", "done"]
    scene.wait(0.1)
    assert scene.center.next_deadline() is None, "what is done asks for no time"


def test_without_a_word_of_the_agent_the_lead_was_reached_when_his_wrap_up_is_over() -> None:
    scene = Campaigning(leads=1, queues={"sales": Queue(wrap_up_s=30.0)})
    scene.start()
    scene.connects("spring-1-1")
    scene.answer("anna")
    scene.caller_hangs_up(scene.caller_of("spring-1-1"))
    scene.wait(29.0)
    assert scene.settled() == []
    scene.wait(1.1)
    assert [(each.outcome, each.result) for each in scene.settled()] == [(LeadOutcome.REACHED, "answered")]


@pytest.mark.parametrize(
    ("result", "word"),
    [(DialResult.BUSY, "busy"), (DialResult.NO_ANSWER, "no_answer"), (DialResult.CONGESTION, "congestion")],
)
def test_who_is_not_reached_comes_again_later(result: DialResult, word: str) -> None:
    scene = Campaigning(leads=1)
    scene.start()
    scene.fails("spring-1-1", result)
    (settled,) = scene.settled()
    assert (settled.outcome, settled.result) == (None, word)
    scene.wait(settled.due_at - scene.now + 31.0)
    assert scene.placed() == ["spring-1-1", "spring-1-2"]


def test_a_machine_is_no_customer_and_its_agent_is_free_at_once() -> None:
    scene = Campaigning(leads=2, machines={"detect": True})
    scene.start()
    scene.connects("spring-1-1", Heard.MACHINE)
    assert scene.settled()[0].result == "machine"
    scene.wait(0.0)
    assert scene.placed()[-1] == "spring-2-1"


def test_who_waits_in_the_line_goes_before_a_new_dial() -> None:
    scene = Campaigning(leads=2)
    scene.start()
    scene.arrive("c1")
    scene.fails("spring-1-1", DialResult.INVALID)
    scene.wait(0.0)
    assert scene.offered("anna") == "c1"
    assert scene.placed() == ["spring-1-1"]


def test_an_agent_who_leaves_takes_the_dial_with_him_and_nobody_is_called_twice() -> None:
    scene = Campaigning("anna", "bert", leads=1)
    scene.start()
    scene.logout(str(scene.changes(Kind.OFFER, old="")[0].agent))
    scene.wait(5.0)
    assert scene.placed() == ["spring-1-1"]
    assert scene.settled()[0].result == "cancelled"
    assert not scene.center.contacts


def test_its_row_says_its_cap_and_what_may_be_asked_of_it() -> None:
    row = Campaigning("anna", leads=1, regulation="uk").now_()
    assert row.abandon_cap_percent == 0 and row.may == (CampaignAction.START, CampaignAction.STOP)
    assert Campaigning("anna", leads=1).now_().abandon_cap_percent == 3


# --- power, predictive, agentless -------------------------------------------------------------------------------------


def test_power_dials_more_than_agents_and_who_finds_nobody_is_abandoned() -> None:
    scene = Campaigning(
        "anna", mode="power", ratio=3, leads=6, abandon_cap_percent=100.0, agent_within_s=2.0, safe_harbour={"play": []}
    )
    scene.post(ev.CampaignRestored(SPRING, CampaignState.READY, (AnswersOfDay(719_000, 100, 0),)))
    day = scene.center._campaigning.pace._pacings[SPRING].window
    day.add(19_676 + 719_163, abandoned=False)
    for _ in range(50):
        day.add(19_676 + 719_163, abandoned=False)
    scene.start()
    assert scene.placed() == ["spring-1-1", "spring-2-1", "spring-3-1"]
    scene.connects("spring-1-1")
    scene.answer("anna")
    scene.connects("spring-2-1")
    assert scene.settled(2) == []
    scene.wait(2.1)
    assert scene.settled(2)[0].result == "abandoned"
    scene.caller_hangs_up(scene.caller_of("spring-3-1"))
    kept = [order for order in scene.told if isinstance(order, KeepCampaign)]
    assert sum(day.abandoned for day in kept[-1].answers) == 1


def test_who_hangs_up_before_an_agent_has_him_is_not_abandoned_by_us() -> None:
    scene = Campaigning(mode="power", ratio=2, leads=2, abandon_cap_percent=100.0)
    window = scene.center._campaigning.pace._pacings[SPRING].window
    for _ in range(50):
        window.add(19_676 + 719_163, abandoned=False)
    scene.start()
    scene.connects("spring-1-1")
    scene.answer("anna")
    scene.connects("spring-2-1")
    scene.caller_hangs_up(scene.caller_of("spring-2-1"))
    assert scene.settled(2)[0].result == "hung_up"
    assert scene.now_().abandoned == 0


def test_predictive_without_evidence_dials_one_for_each_free_agent() -> None:
    scene = Campaigning("anna", "bert", mode="predictive", leads=9)
    scene.start()
    assert len(scene.placed()) == 2
    assert "placing 2" in scene.now_().pacing


def test_agentless_leads_into_the_flow_within_its_lines() -> None:
    scene = Campaigning(mode="agentless", leads=3, flow="news", lines=2)
    scene.start()
    assert scene.placed() == ["spring-1-1", "spring-2-1"]
    scene.connects("spring-1-1")
    assert [each.flow for each in scene.commands(do.RunFlow)] == ["news"]
    assert scene.settled() == []
    scene.caller_hangs_up(scene.caller_of("spring-1-1"))
    assert [(each.outcome, each.result) for each in scene.settled()] == [(LeadOutcome.REACHED, "answered")]
    scene.wait(1.1)
    assert scene.placed()[2:] == ["spring-3-1"]


# --- people, nodes, policy --------------------------------------------------------------------------------------------


def test_nothing_is_dialled_without_a_node() -> None:
    scene = Campaigning(leads=2)
    scene.post(ev.NodeDown(NodeId("node1")))
    scene.start()
    scene.wait(10.0)
    assert scene.placed() == []
    scene.post(ev.NodeUp(NodeId("node1")))
    scene.wait(0.0)
    assert scene.placed() == ["spring-1-1"]


def test_pause_places_nothing_new_and_stop_hangs_up_what_rings() -> None:
    scene = Campaigning("anna", "bert", leads=4)
    scene.start()
    assert scene.ask("pause") is None
    scene.fails("spring-1-1", DialResult.INVALID)
    scene.wait(10.0)
    assert len(scene.placed()) == 2
    assert scene.ask("pause").reason is RefusedReason.CAMPAIGN_STATE
    assert scene.ask("resume") is None
    assert len(scene.placed()) == 3
    assert scene.ask("stop") is None
    scene.wait(2.0)
    assert scene.commands(do.CancelCall)
    assert not scene.center.contacts
    assert not scene.held, "all leads went back"
    assert scene.moves() == ["running", "paused", "running", "stopped"]
    assert [told.by for told in scene.changes(Kind.CAMPAIGN)] == ["eva"] * 4


def test_drain_ends_with_the_last_dial() -> None:
    scene = Campaigning(leads=4)
    scene.start()
    assert scene.ask("drain") is None
    scene.wait(3.0)
    assert scene.moves()[-1] == "draining"
    scene.fails("spring-1-1")
    scene.wait(2.0)
    assert scene.moves()[-1] == "stopped"


def test_unknown_campaigns_are_refused_and_the_known_ones_named() -> None:
    scene = Campaigning()
    refused = scene._asked(ev.CampaignRequest(CampaignName("sprnig"), CampaignAction.START))
    assert refused is not None
    assert (refused.reason, refused.detail) == (RefusedReason.UNKNOWN_CAMPAIGN, "spring")


def test_a_wish_not_to_be_called_stops_the_ring() -> None:
    scene = Campaigning(leads=1)
    scene.start()
    scene.post(ev.NumberWished(number(1)))
    assert scene.commands(do.CancelCall)
    scene.wait(4000.0)
    assert scene.placed() == ["spring-1-1"]
    assert scene.done == {1: "do_not_call"}


def test_what_the_store_forbids_at_the_last_moment_is_not_tried_again() -> None:
    scene = Campaigning(leads=1)
    scene.start()
    scene.post(ev.AttemptForbidden(AttemptId("spring-1-1")))
    scene.fails("spring-1-1", DialResult.NOT_DIALLED)
    scene.wait(4000.0)
    assert scene.placed() == ["spring-1-1"]
    assert scene.done == {1: "do_not_call"}


def test_an_agent_may_hear_that_he_wants_no_more_calls() -> None:
    scene = Campaigning(
        leads=1,
        queues={"sales": Queue(wrap_up_s=30.0, dispositions={"never": "Never again"})},
        dispositions={"never": {"means": "do_not_call"}},
    )
    scene.start()
    scene.connects("spring-1-1")
    scene.answer("anna")
    assert scene.request("anna", AgentAction.DISPOSITION, "never") is None
    scene.caller_hangs_up(scene.caller_of("spring-1-1"))
    scene.wait(31.0)
    (order,) = [each for each in scene.told if isinstance(each, KeepNotAgain)]
    assert order.number == number(1)
    assert scene.done == {1: "do_not_call"}


def test_a_campaign_that_is_gone_from_the_file_gives_its_leads_back() -> None:
    scene = Campaigning(leads=3)
    scene.start()
    words = scene.policy.model_dump(exclude_unset=True) | {"campaigns": {}}
    assert scene.reload(Center.model_validate(words)) is None
    scene.fails("spring-1-1")
    scene.wait(5.0)
    assert not scene.held
    assert scene.placed() == ["spring-1-1"]


# --- after a death ----------------------------------------------------------------------------------------------------


def left(scene: Campaigning, name: int = 1) -> None:
    scene.held.add(name)
    scene.post(ev.LeadLeft(scene.stored[name], Tried(scene.now - 10.0, SPRING, LeadId(name), number(name), 1)))


def test_a_dial_of_an_earlier_process_that_no_node_knows_counts_as_an_attempt() -> None:
    scene = Campaigning("anna", "bert", leads=2)
    scene.post(ev.CampaignRestored(SPRING, CampaignState.RUNNING))
    left(scene)
    scene.wait(5.0)
    assert scene.placed() == ["spring-2-1"], "the number of the other one is still taken"
    scene.wait(11.0)
    assert [(each.outcome, each.result) for each in scene.settled()] == [(None, "unknown")]
    assert scene.story("spring-1-1") == ["unknown"]
    assert scene.moves() == ["running"]


def test_a_dial_of_an_earlier_process_that_still_rings_ends_as_it_ends() -> None:
    scene = Campaigning(leads=1)
    leg = ev.SnapshotLeg(f"{NODE}/{PREFIX}spring-1-1", "Local/1@x-1")
    left(scene)
    scene.post(ev.NodeChecked(NODE, (leg,), scene.now))
    scene.wait(16.0)
    assert scene.settled() == []
    scene.fails("spring-1-1", DialResult.BUSY)
    assert [(each.outcome, each.result) for each in scene.settled()] == [(None, "busy")]


def test_a_dial_of_an_earlier_process_that_has_ended_soon_ends_once() -> None:
    scene = Campaigning(leads=1)
    leg = ev.SnapshotLeg(f"{NODE}/{PREFIX}spring-1-1", "Local/1@x-1")
    left(scene)
    scene.post(ev.NodeChecked(NODE, (leg,), scene.now))
    scene.fails("spring-1-1", DialResult.BUSY)
    scene.wait(20.0)
    assert scene.story("spring-1-1") == ["placed", "busy"]


def test_done_stays_done_over_a_restart() -> None:
    scene = Campaigning(leads=1, start="at_once")
    scene.post(ev.CampaignRestored(SPRING, CampaignState.STOPPED))
    scene.wait(10.0)
    assert scene.placed() == []


def test_at_once_begins_by_itself() -> None:
    scene = Campaigning(leads=1, start="at_once")
    scene.wait(2.0)
    assert scene.placed() == ["spring-1-1"]


# --- many leads -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["progressive", "power", "predictive"])
@pytest.mark.parametrize("seed", [1, 2])
def test_every_lead_ends_once_and_no_rule_is_broken(mode: str, seed: int) -> None:
    rng = random.Random(seed)
    scene = Campaigning(
        "anna",
        "bert",
        "cleo",
        mode=mode,
        leads=60,
        lines=6,
        max_attempts=3,
        evidence_answers=0,
        queues={"sales": Queue(wrap_up_s=5.0)},
        retry={"busy": {"after_s": 60, "at_most": 2}, "no_answer": {"after_s": 120, "at_most": 2}},
    )
    scene.start()
    answered: set[str] = set()
    for _ in range(3000):
        if not scene.stored:
            break
        scene.wait(rng.uniform(0.2, 3.0))
        _look(scene, mode)
        flying = [attempt for attempt in scene.center.attempts if attempt not in answered]
        if flying and rng.random() < 0.7:
            attempt = rng.choice(sorted(flying))
            if rng.random() < 0.4:
                answered.add(attempt)
                scene.connects(str(attempt))
            else:
                scene.fails(str(attempt), rng.choice([DialResult.BUSY, DialResult.NO_ANSWER, DialResult.INVALID]))
        for agent in ("anna", "bert", "cleo"):
            offer = scene.center.offers.get(OfferId(scene.agent(agent).offer or ""))
            if offer is not None and offer.state is OfferState.RINGING:
                scene.answer(agent)
            elif offer is not None and offer.state is OfferState.ACCEPTED and rng.random() < 0.2:
                call = scene.center.contacts[offer.contact].call
                scene.caller_hangs_up(call)
    assert len(scene.done) == 60, scene.now_()
    tries = Counter(int(name.split("-")[1]) for name in scene.placed())
    assert max(tries.values()) <= 3
    assert len(scene.placed()) == len(set(scene.placed())), "no attempt is made twice"


def _look(scene: Campaigning, mode: str) -> None:
    air = scene.center.attempts.values()
    numbers = [attempt.number for attempt in air]
    assert len(numbers) == len(set(numbers)), "never two dials for one number"
    assert len(scene.center._campaigning.dials) <= 6
    if mode == "progressive":
        for attempt in air:
            contact = scene.center.contacts[attempt.contact]
            assert contact.offers, "no attempt without an agent"
