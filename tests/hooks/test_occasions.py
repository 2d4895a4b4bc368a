"""Is each thing that other systems want to know told once, with what they need, and without anybody's number?"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.hooks.occasions import MOST_CONTACTS, OF_CONTACTS, Occasion, Occasions
from cti.model import events as ev
from cti.model.books import KeepPromise, SettleLead, WantLeads
from cti.model.changes import LEFT_BEHIND, Changed, Kind
from cti.model.dialling import CallbackState, CampaignName, LeadId, LeadOutcome
from cti.model.hooks import Told
from cti.model.words import CallId, ContactId, QueueName
from tests.campaigns import Campaigning
from tests.kit import NODE, Queue, Scene, call_id, center, member
from tests.metrics.streams import Story

pytestmark = pytest.mark.unit


def told(scene: Scene) -> list[Occasion]:
    """What is told of a whole story."""
    occasions, found = Occasions(), []
    for output in scene.told:
        if isinstance(output, Changed):
            found += [occasion] if (occasion := occasions.of_fact(output)) is not None else []
        elif isinstance(output, SettleLead | KeepPromise | WantLeads):
            found += occasions.of_order(output)
    return found


def of(found: list[Occasion], word: Told) -> list[dict[str, Any]]:
    return [dict(occasion.data) for occasion in found if occasion.told is word]


def test_a_call_that_an_agent_took() -> None:
    queues = {"sales": Queue(wrap_up_s=20, dispositions={"sold": "Sold", "lost": "Lost"})}
    scene = Scene(center(queues, agents={"anna": member("sales")}))
    scene.arrive("c1")
    scene.wait(12)
    scene.login("anna")
    scene.wait(3)
    scene.talk("anna", 40)
    scene.caller_hangs_up("c1")
    found = told(scene)
    (ended,) = of(found, Told.CONTACT_ENDED)
    assert (ended["queue"], ended["outcome"], ended["agent"], ended["direction"]) == (
        "sales",
        "answered",
        "anna",
        "inbound",
    )
    assert ended["wait_s"] == 15 and ended["talk_s"] == 40 and ended["ended_by"] == "agent"
    assert ended["ended_at"] - ended["since"] == 55
    assert "+4930c1" not in str([occasion.data for occasion in found])
    assert next(each.number for each in found if each.told is Told.CONTACT_ENDED) == "+4930c1"


def test_who_gives_up_has_an_outcome_and_no_agent() -> None:
    scene = Scene(center(agents={"anna": member("sales")}))
    scene.arrive("c1")
    scene.wait(7)
    scene.caller_hangs_up("c1")
    (ended,) = of(told(scene), Told.CONTACT_ENDED)
    assert (ended["outcome"], ended["agent"], ended["wait_s"], ended["talk_s"]) == ("abandoned", None, 7, 0)


def test_an_attempt_ends_with_what_came_of_it_and_its_lead_with_one_outcome() -> None:
    scene = Campaigning("anna", leads=1)
    scene.start()
    attempt = SettleLead(CampaignName("spring"), LeadId(7), 50.0, None, 90.0, 0, "no_answer", "retry", "spring-7-1")
    last = SettleLead(
        CampaignName("spring"), LeadId(7), 99.0, LeadOutcome.REACHED, 0.0, 0, "sold", "reached", "spring-7-2"
    )
    occasions = Occasions()
    (first,) = occasions.of_order(attempt)
    assert first.told is Told.ATTEMPT_ENDED and first.lead == 7
    assert (first.data["result"], first.data["disposition"], first.data["next_at"]) == ("no_answer", None, 90.0)
    second, lead = occasions.of_order(last)
    assert (second.data["result"], second.data["disposition"], second.data["next_at"]) == ("answered", "sold", None)
    assert lead.told is Told.LEAD_ENDED and lead.data["outcome"] == "reached" and lead.at == 99.0
    assert occasions.of_order(WantLeads(CampaignName("spring"), 5)) == []
    states = of(told(scene), Told.CAMPAIGN_STATE)
    assert states and states[0]["campaign"] == "spring" and states[-1]["state"] == "running"


def test_what_an_agent_changes_back_is_told_once_more() -> None:
    words = {"contact": ContactId("n/1"), "offer": "o1", "agent": "anna", "queue": QueueName("sales")}
    noted = [
        Changed(Kind.DISPOSITION, "n/1", "", word, 5.0 + n, "noted", **words)  # type: ignore[arg-type]
        for n, word in enumerate(("sold", "lost", "sold"))
    ]
    occasions = Occasions()
    told_of = [occasions.of_fact(each) for each in (*noted, noted[-1])]
    assert len({each.key for each in told_of if each is not None}) == 3  # what is told twice is one message


@pytest.mark.parametrize(
    ("state", "word"),
    [("kept", Told.CALLBACK_KEPT), ("failed", Told.CALLBACK_FAILED), ("expired", Told.CALLBACK_FAILED)],
)
def test_a_promise_that_is_over(state: str, word: Told) -> None:
    fact = Changed(Kind.CALLBACK, "17", "dialling", state, 5.0, "x", queue=QueueName("sales"), reason="scheduled")
    found = Occasions().of_fact(fact)
    assert found is not None and found.told is word and found.data["callback"] == "17" and found.data["state"] == state


@pytest.mark.parametrize("state", [state for state in CallbackState if state not in ("kept", "failed", "expired")])
def test_a_promise_that_goes_on_or_is_taken_back_is_not_told(state: CallbackState) -> None:
    assert Occasions().of_fact(Changed(Kind.CALLBACK, "17", "due", state, 5.0, "x")) is None


def test_a_low_score_says_who_shall_look_into_it() -> None:
    fact = Changed(
        Kind.FOLLOW_UP, "n/1/after", "", "anna", 5.0, "x", reason="how=2", until=905.0, caller="+49301", queue="sales"
    )  # type: ignore[arg-type]
    found = Occasions().of_fact(fact)
    assert found is not None and found.told is Told.LOW_SCORE and found.number == "+49301"
    assert (found.data["survey"], found.data["question"], found.data["score"]) == ("after", "how", 2)
    assert (found.data["owner"], found.data["due_at"]) == ("anna", 905.0)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_every_contact_that_ends_is_told_once_under_its_own_name(seed: int) -> None:
    changes = Story(seed).run(12)
    occasions = Occasions()
    found = [each for changed in changes if (each := occasions.of_fact(changed)) is not None]
    ended = [changed for changed in changes if changed.kind is Kind.CONTACT and changed.new == "ended"]
    assert [each.data["contact"] for each in found if each.told is Told.CONTACT_ENDED] == [each.id for each in ended]
    assert len({each.id for each in found}) == len(found)
    assert all(each.data["outcome"] and each.data["talk_s"] >= 0 for each in found if each.told is Told.CONTACT_ENDED)


def test_what_is_remembered_of_contacts_is_bounded() -> None:
    occasions = Occasions()
    for number in range(MOST_CONTACTS + 10):
        name = ContactId(f"n/{number}")
        occasions.of_fact(Changed(Kind.CONTACT, name, "", "waiting", 1.0, "x", contact=name, call=CallId(name)))
    assert len(occasions._contacts) == MOST_CONTACTS


def died(*, answered: bool) -> Scene:
    """c1 has waited 15 s, and perhaps talked with anna for a minute, when the engine died."""
    scene = Scene(center(agents={"anna": member("sales")}))
    scene.arrive("c1")
    scene.wait(15)
    if answered:
        scene.login("anna")
        scene.answer("anna")
        scene.wait(60)
    return scene


def after(dead: Scene, *, kept: bool = True) -> Occasions:
    """The next engine's: `kept`, whether what had happened was in the history."""
    occasions = Occasions()
    if kept:
        occasions.goes_on(each for each in dead.changes() if each.kind in OF_CONTACTS)
    return occasions


def ends(occasions: Occasions, facts: list[Changed]) -> tuple[object, ...]:
    """Outcome, agent, wait and talk, as they are told."""
    found = [each for changed in facts if (each := occasions.of_fact(changed)) is not None]
    (data,) = of(found, Told.CONTACT_ENDED)
    return data["outcome"], data["agent"], data["wait_s"], data["talk_s"]


@pytest.mark.parametrize(
    ("answered", "kept", "wait_s"), [(True, True, 15), (False, True, None), (True, False, None)], ids=str
)
def test_a_talk_that_outlived_an_engine_was_answered(answered: bool, kept: bool, wait_s: float | None) -> None:
    dead = died(answered=answered)
    scene = Scene(center(agents={"anna": member("sales")}))
    scene.login("anna")
    scene.now = dead.now + 5
    ticket = dead.ticket("c1")
    scene.post(
        ev.NodeUp(
            NODE,
            (
                ev.SnapshotLeg(call_id("c1"), "PJSIP/trunk-c1", "PJSIP/trunk", "b1", True, ticket),
                ev.SnapshotLeg("node1/a9", "PJSIP/1001-1", "PJSIP/1001", "b1", age_s=65.0),
            ),
        )
    )
    scene.wait(35)
    scene.post(ev.LegDown("node1/a9"))
    scene.post(ev.CallGone(call_id("c1")))
    scene.wait(30)
    assert ends(after(dead, kept=kept), scene.changes()) == ("answered", "anna", wait_s, 100)


@pytest.mark.parametrize(("kept", "wait_s", "agent"), [(True, 15, "anna"), (False, None, None)])
def test_whose_talk_ended_meanwhile_has_a_talk_of_which_nobody_knows_how_long(
    kept: bool, wait_s: float | None, agent: str | None
) -> None:
    dead = died(answered=True)
    scene = Scene(center(agents={"anna": member("sales")}))
    scene.now = dead.now + 5
    scene.arrive("c1", ticket=dead.ticket("c1"), dial_status="ANSWER", answered_s=62.0)
    scene.caller_hangs_up("c1")
    assert ends(after(dead, kept=kept), scene.changes()) == ("answered", agent, wait_s, None)


def test_who_was_never_seen_again_is_told_with_what_was_known() -> None:
    dead = died(answered=True)
    contact = dead.changes(Kind.CONTACT)[-1].id
    end = Changed(Kind.CONTACT, contact, "talking", "ended", dead.now + 50, LEFT_BEHIND, contact=ContactId(contact))
    assert ends(after(dead), [end]) == ("answered", "anna", 15, None)
    (told_of,) = [each for each in [after(dead).of_fact(end)] if each is not None]
    assert told_of.data["since"] == dead.changes(Kind.CONTACT)[0].since
    assert ends(after(dead, kept=False), [end]) == (None, None, None, None)


def test_who_gave_up_meanwhile_waited_nobody_knows_how_long() -> None:
    dead = died(answered=False)
    name, visit = ContactId(dead.changes(Kind.CONTACT)[-1].id), dead.changes(Kind.VISIT)[-1].id
    at = dead.now + 50
    facts = [
        Changed(Kind.VISIT, visit, "waiting", "abandoned", at, LEFT_BEHIND, contact=name, queue=QueueName("sales")),
        Changed(Kind.CONTACT, name, "waiting", "ended", at, LEFT_BEHIND, contact=name),
    ]
    assert ends(after(dead), facts) == ("abandoned", None, None, 0)
