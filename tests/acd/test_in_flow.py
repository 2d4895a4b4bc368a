"""How a contact gets into its flow, and back into it from a line, a talk, a broken session, a dead engine."""

from __future__ import annotations

from typing import Any

import pytest

from cti.acd.contact import Leaving
from cti.acd.in_flow import outcome_of
from cti.model import events as ev
from cti.model.changes import Kind
from cti.model.commands import Release, Ring, RunFlow, StartMusic
from cti.model.hours import Hours
from cti.model.words import AgentId, Outcome
from tests.acd.flow_stories import FLOW_NUMBER, enters, flow_runs, queues_up, scene_with_flow
from tests.kit import Exit, Queue, call_id, member

pytestmark = pytest.mark.unit

SHUT = {"night": Hours(zone="UTC", weekly={"sat": ("09:00-10:00",)})}


def test_a_call_for_a_flow_is_in_it_and_in_no_queue() -> None:
    scene = scene_with_flow()
    scene.login("anna")
    enters(scene, caller="+4930555", customer={"id": "c7"}, flow_at="there")
    contact = scene.contact("c1")
    assert (scene.state("c1"), contact.queue, contact.queued) == ("in_flow", "", False)
    [run] = scene.commands(RunFlow, "c1")
    assert (run.flow, run.outcome, run.caller, run.dialled) == ("main", "", "+4930555", FLOW_NUMBER)
    assert run.customer == {"id": "c7"}
    assert (scene.ticket("c1").flow, scene.ticket("c1").queue, scene.ticket("c1").queued) == ("main", "", False)
    assert not scene.commands(Ring) and not scene.commands(StartMusic) and not scene.changes(Kind.VISIT)
    assert [(told.old, told.new) for told in scene.changes(Kind.CONTACT)] == [("", "arrived"), ("arrived", "in_flow")]


def test_the_number_of_another_queue_named_by_the_dialplan_goes_there() -> None:
    scene = scene_with_flow()
    scene.arrive("c1", "sales", dialled=FLOW_NUMBER)
    assert (scene.state("c1"), scene.contact("c1").flow) == ("waiting", "")


def test_a_caller_hangs_up_in_his_flow() -> None:
    scene = scene_with_flow()
    enters(scene)
    scene.caller_hangs_up("c1")
    assert not scene.center.contacts and not scene.outcomes("c1") and scene.center.next_deadline() is None


def test_keys_and_prompts_of_a_flow_mean_nothing_to_the_core() -> None:
    scene = scene_with_flow({"sales": Queue(keys={"1": Exit(goto="cti-x,s,1")})})
    enters(scene)
    before = len(scene.told)
    scene.press("c1", "1")
    scene.post(ev.AnnouncementEnded(call_id("c1")))
    scene.post(ev.NodeChecked(scene.contact("c1").node, (ev.SnapshotLeg(call_id("c1"), "x", "", ours=True),)))
    scene.wait(3600)
    assert scene.told[before:] == []
    assert str(scene.supervise("c1", "withdraw")) and scene.state("c1") == "in_flow"


# --- the line ends: the flow goes on ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rules", "after_s", "told"),
    [
        ({"max_wait_s": 5}, 5, "timed_out"),
        ({"keys": {"0": Exit()}}, 0, "left"),
        ({"max_waiting": 1}, 0, "full"),
        ({"on_nobody": Exit()}, 0, "nobody"),
        ({"hours": "night"}, 0, "closed"),
    ],
)
def test_every_way_out_of_the_line_is_an_outcome_of_the_flow(rules: dict[str, Any], after_s: float, told: str) -> None:
    scene = scene_with_flow({"sales": Queue(**rules)}, hours=SHUT if "hours" in rules else {})
    if told == "full":
        scene.arrive("c0", "sales")
    enters(scene)
    queues_up(scene)
    scene.wait(after_s)
    if told == "left":
        scene.press("c1", "0")
    assert (scene.state("c1"), scene.contact("c1").queue) == ("in_flow", "")
    assert flow_runs(scene) == ["", told]
    assert len(scene.outcomes("c1")) == 1 and not scene.commands(Release)
    assert scene.ticket("c1").queue == "" and scene.ticket("c1").queued


@pytest.mark.parametrize("to", [Exit(goto="cti-voicemail,s,1"), Exit(play=("sorry",))])
def test_a_way_out_that_leads_elsewhere_ends_the_flow(to: Exit) -> None:
    scene = scene_with_flow({"sales": Queue(max_wait_s=5, on_max_wait=to)})
    enters(scene)
    queues_up(scene)
    scene.wait(5)
    assert flow_runs(scene) == [""] and scene.state("c1") == "ended"
    [release] = scene.commands(Release, "c1")
    assert (release.goto, release.prompts) == (to.goto or "", to.play)


def test_overflow_into_another_queue_is_no_end_of_the_line() -> None:
    scene = scene_with_flow({"sales": Queue(max_wait_s=5, on_max_wait=Exit(queue="rest")), "rest": Queue(max_wait_s=7)})
    enters(scene)
    queues_up(scene)
    scene.wait(5)
    assert (scene.state("c1"), scene.contact("c1").queue, flow_runs(scene)) == ("waiting", "rest", [""])
    scene.wait(7)
    assert flow_runs(scene) == ["", "timed_out"]


def test_who_is_taken_out_of_the_line_by_a_supervisor_does_not_come_back_into_the_flow() -> None:
    scene = scene_with_flow()
    enters(scene)
    queues_up(scene)
    assert scene.supervise("c1", "withdraw", by="eva") is None
    assert flow_runs(scene) == [""] and scene.state("c1") == "ended" and scene.outcomes("c1") == ["withdrawn"]


def test_who_leaves_while_a_phone_rings_is_back_once_it_is_silent() -> None:
    scene = scene_with_flow({"sales": Queue(keys={"0": Exit()})})
    scene.login("anna")
    enters(scene)
    queues_up(scene)
    scene.press("c1", "0")
    assert flow_runs(scene) == [""]
    scene.miss("anna")
    assert flow_runs(scene) == ["", "left"] and scene.outcomes("c1") == ["key_exit"]


@pytest.mark.parametrize(
    ("outcome", "reason", "told"),
    [
        (Outcome.KEY_EXIT, None, "left"),
        (Outcome.TIMED_OUT, None, "timed_out"),
        (Outcome.OVERFLOWED, "full", "full"),
        (Outcome.OVERFLOWED, "long_wait", "failed"),
        (Outcome.OVERFLOWED, None, "failed"),
        (Outcome.LOST, "full", "failed"),
    ],
)
def test_the_words_that_flows_know(outcome: Outcome, reason: str | None, told: str) -> None:
    assert outcome_of(Leaving(outcome, reason=reason)) == told


# --- the talk ends: the flow goes on ----------------------------------------------------------------------------------


def test_after_the_talk_the_flow_goes_on_with_its_survey() -> None:
    scene = scene_with_flow()
    scene.login("anna")
    enters(scene)
    queues_up(scene)
    scene.talk("anna")
    assert (scene.state("c1"), flow_runs(scene)) == ("in_flow", ["", "talked"])
    assert scene.agent("anna").offer is None, "the agent is not kept by the survey"
    assert not scene.commands(Release)
    scene.post(ev.SurveyAnswered(call_id("c1"), "main", "after", "how", "csat", 4))
    [answer] = scene.changes(Kind.SURVEY)
    assert (answer.old, answer.new, answer.reason) == ("after.how", "4", "csat")
    assert (answer.agent, answer.queue, answer.contact) == ("anna", "sales", scene.contact("c1").id)
    scene.post(ev.FlowEnded(call_id("c1")))
    assert scene.state("c1") == "ended" and scene.outcomes("c1") == ["answered"]


def test_a_low_answer_becomes_somebodys_work() -> None:
    scene = scene_with_flow()
    scene.login("anna")
    enters(scene, caller="+4930555")
    queues_up(scene)
    scene.talk("anna")
    for owner in ("agent", "queue", "team_b", ""):
        answer = (call_id("c1"), "main", "after", "how", "csat", 1)
        scene.post(ev.SurveyAnswered(*answer, version=3, owner=owner, due_in_s=60.0))
    told = scene.changes(Kind.FOLLOW_UP)
    assert [fact.new for fact in told] == ["anna", "sales", "team_b"]
    assert {(fact.agent, fact.queue, fact.flow_version, fact.reason, fact.caller) for fact in told} == {
        ("anna", "sales", 3, "how=1", "+4930555")
    }
    assert told[0].until == told[0].at + 60.0
    assert {fact.flow_version for fact in scene.changes(Kind.SURVEY)} == {3}


def test_after_a_death_in_the_survey_its_answers_are_still_about_the_same_agent() -> None:
    scene = scene_with_flow()
    scene.login("anna")
    enters(scene)
    queues_up(scene)
    scene.talk("anna")
    ticket = scene.ticket("c1")
    other = scene_with_flow()
    enters(other, ticket=ticket)
    assert other.commands(RunFlow, "c1")[-1].served_in == "sales"
    other.post(ev.SurveyAnswered(call_id("c1"), "main", "after", "how", "csat", 4))
    [answer] = other.changes(Kind.SURVEY)
    assert (answer.agent, answer.queue) == ("anna", "sales")


def test_after_a_death_in_the_talk_the_phone_says_who_it_was() -> None:
    scene = scene_with_flow()
    enters(scene)
    queues_up(scene)
    ticket = scene.ticket("c1")
    other = scene_with_flow()
    other.login("anna")
    phone = other.center.agents[AgentId("anna")].policy.phone
    enters(other, ticket=ticket, dial_status="ANSWER", dialled_phone=phone)
    other.post(ev.SurveyAnswered(call_id("c1"), "main", "after", "how", "csat", 4))
    [answer] = other.changes(Kind.SURVEY)
    assert (answer.agent, answer.queue) == ("anna", "sales")


def test_a_caller_who_hangs_up_first_hears_no_survey() -> None:
    scene = scene_with_flow()
    scene.login("anna")
    enters(scene)
    queues_up(scene)
    scene.answer("anna")
    scene.caller_hangs_up("c1")
    assert flow_runs(scene) == [""] and scene.state("c1") == "ended"


def test_the_next_callers_turn_comes_while_the_first_is_in_his_survey() -> None:
    scene = scene_with_flow(agents={"anna": member("sales")})
    scene.login("anna")
    for name in ("c1", "c2"):
        enters(scene, name)
        queues_up(scene, name)
    scene.talk("anna")
    assert scene.offered("anna") == "c2" and scene.state("c1") == "in_flow"
    scene.talk("anna")
    assert flow_runs(scene, "c2") == ["", "talked"]


# --- sessions and engines break ---------------------------------------------------------------------------------------


def test_a_session_that_breaks_in_the_flow_goes_on_where_it_stood() -> None:
    scene = scene_with_flow()
    enters(scene)
    scene.post(ev.SessionLost(call_id("c1")))
    assert scene.state("c1") == "aside"
    enters(scene, ticket=scene.ticket("c1"), flow_at="menu")
    assert scene.state("c1") == "in_flow"
    run = scene.commands(RunFlow, "c1")[-1]
    assert (run.at, run.outcome, run.flow) == ("menu", "", "main")
    queues_up(scene)
    assert scene.state("c1") == "waiting"


def test_a_session_that_breaks_in_the_flow_and_never_comes_back_is_given_up() -> None:
    scene = scene_with_flow()
    enters(scene)
    scene.post(ev.SessionLost(call_id("c1")))
    scene.wait(3700)
    assert not scene.center.contacts


def test_a_session_that_breaks_in_the_line_keeps_the_place_and_the_flow() -> None:
    scene = scene_with_flow({"sales": Queue(max_wait_s=30)})
    enters(scene)
    queues_up(scene)
    since = scene.contact("c1").since
    scene.wait(3)
    scene.post(ev.SessionLost(call_id("c1")))
    enters(scene, ticket=scene.ticket("c1"), flow_at="line")
    assert (scene.state("c1"), scene.contact("c1").since, flow_runs(scene)) == ("waiting", since, [""])
    scene.wait(27)
    run = scene.commands(RunFlow, "c1")[-1]
    assert (run.outcome, run.at) == ("timed_out", "line")


def test_a_session_that_breaks_in_the_talk_comes_back_to_the_survey() -> None:
    scene = scene_with_flow()
    scene.login("anna")
    enters(scene)
    queues_up(scene)
    scene.answer("anna")
    scene.post(ev.SessionLost(call_id("c1")))
    scene.wait(20)
    enters(scene, ticket=scene.ticket("c1"), flow_at="line", dial_status="ANSWER", answered_s=20.0)
    run = scene.commands(RunFlow, "c1")[-1]
    assert (scene.state("c1"), run.outcome, run.at) == ("in_flow", "talked", "line")


def test_another_engine_lets_the_flow_go_on_by_the_ticket() -> None:
    old, new = scene_with_flow(), scene_with_flow()
    enters(old)
    new.now = old.now + 5
    enters(new, ticket=old.ticket("c1"), flow_at="menu")
    contact = new.contact("c1")
    assert (new.state("c1"), contact.flow, contact.queued) == ("in_flow", "main", False)
    [run] = new.commands(RunFlow, "c1")
    assert (run.at, run.outcome) == ("menu", "")
    queues_up(new)
    assert new.contact("c1").since == new.now, "he had not begun to wait before"


def test_another_engine_keeps_the_place_that_the_flow_had_led_to() -> None:
    old, new = scene_with_flow(), scene_with_flow({"sales": Queue(max_wait_s=60)})
    enters(old)
    queues_up(old, head_start_s=30.0)
    since = old.contact("c1").since
    new.now = old.now + 40
    enters(new, ticket=old.ticket("c1"), flow_at="line")
    contact = new.contact("c1")
    assert (new.state("c1"), contact.since, contact.own_head_start_s, flow_runs(new)) == ("waiting", since, 30.0, [])
    new.login("anna")
    new.talk("anna")
    [run] = new.commands(RunFlow, "c1")
    assert (run.outcome, run.at, run.flow) == ("talked", "line", "main")


def test_another_engine_without_that_queue_leads_back_into_the_flow() -> None:
    old, new = scene_with_flow({"sales": Queue(), "old": Queue()}), scene_with_flow()
    enters(old)
    queues_up(old, queue="old")
    enters(new, ticket=old.ticket("c1"), flow_at="line")
    [run] = new.commands(RunFlow, "c1")
    assert (new.state("c1"), run.outcome, run.at) == ("in_flow", "failed", "line")
    queues_up(new)
    assert new.contact("c1").since == old.contact("c1").since


def test_another_engine_leads_who_was_served_meanwhile_to_his_survey() -> None:
    old, new = scene_with_flow(), scene_with_flow()
    old.login("anna")
    enters(old)
    queues_up(old)
    old.answer("anna")
    enters(new, ticket=old.ticket("c1"), flow_at="line", dial_status="ANSWER", answered_s=9.0)
    [run] = new.commands(RunFlow, "c1")
    assert (new.state("c1"), run.outcome, run.at) == ("in_flow", "talked", "line")


def test_another_engine_that_dies_in_the_survey_too() -> None:
    """DIALSTATUS still says ANSWER, from the talk: the ticket says that he is in no line."""
    old, new = scene_with_flow(), scene_with_flow()
    old.login("anna")
    enters(old)
    queues_up(old)
    old.talk("anna")
    enters(new, ticket=old.ticket("c1"), flow_at="survey", dial_status="ANSWER", answered_s=60.0)
    [run] = new.commands(RunFlow, "c1")
    assert (run.outcome, run.at, new.state("c1")) == ("", "survey", "in_flow")
    queues_up(new)
    assert new.contact("c1").visit == 2 and new.contact("c1").since == old.contact("c1").since


def test_an_engine_that_finds_the_talk_by_itself_leads_to_the_survey() -> None:
    old, new = scene_with_flow(), scene_with_flow(nodes=["node1"])
    old.login("anna")
    enters(old)
    queues_up(old)
    leg = old.rings("anna")
    old.answer("anna")
    new.login("anna")
    caller = ev.SnapshotLeg(call_id("c1"), "PJSIP/trunk-c1", "", "b1", ours=True, ticket=old.ticket("c1"))
    phone = ev.SnapshotLeg(leg, "PJSIP/1001-1", "PJSIP/1001", "b1")
    new.post(ev.NodeUp(new.policy and old.contact("c1").node, (caller, phone)))
    assert new.state("c1") == "talking"
    new.wait(9)
    new.post(ev.LegDown(leg))
    enters(new, ticket=old.ticket("c1"), flow_at="line", dial_status="ANSWER", answered_s=9.0)
    [run] = new.commands(RunFlow, "c1")
    assert (run.outcome, run.at) == ("talked", "line")


def test_a_release_that_was_not_heard_is_said_again_also_after_a_flow() -> None:
    scene = scene_with_flow(obedient=False)
    enters(scene)
    scene.post(ev.FlowEnded(call_id("c1"), "a,b,1"))
    scene.post(ev.SessionLost(call_id("c1")))
    enters(scene, ticket=scene.ticket("c1"))
    assert [told.goto for told in scene.commands(Release, "c1")] == ["a,b,1", "a,b,1"] and flow_runs(scene) == [""]
