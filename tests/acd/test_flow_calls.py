"""What a flow may ask for its caller: a place in a line, the end; and what it tells those who count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.model import events as ev
from cti.model.changes import Kind
from cti.model.commands import Release, StartMusic
from cti.model.words import CallId
from tests.acd.flow_stories import enters, flow_runs, queues_up, scene_with_flow
from tests.kit import START, Queue, call_id, member

pytestmark = pytest.mark.unit

C = call_id("c1")


def test_the_first_line_begins_the_wait_and_the_next_ones_keep_it() -> None:
    scene = scene_with_flow({"sales": Queue(max_wait_s=10), "rest": Queue(max_wait_s=10)})
    enters(scene)
    scene.wait(45)  # in the menu
    queues_up(scene)
    contact = scene.contact("c1")
    assert (contact.since, contact.visit, contact.queued) == (START + 45, 1, True)
    assert len(scene.commands(StartMusic, "c1")) == 1
    assert scene.ticket("c1").queue == "sales" and scene.ticket("c1").flow == "main"
    scene.wait(10)
    scene.wait(20)  # in the menu again
    queues_up(scene, queue="rest")
    assert (contact.since, contact.entered_at, contact.visit) == (START + 45, START + 75, 2)
    assert [visit.id[-2:] for visit in scene.changes(Kind.VISIT, new="waiting")] == ["/1", "/2"]


def test_what_the_flow_names_holds_in_the_line_and_not_in_the_next_one() -> None:
    queues = {"sales": Queue(max_wait_s=5, head_start_s=10), "rest": Queue()}
    scene = scene_with_flow(queues, agents={"anna": member("sales", "rest", en=1), "ben": member("rest", en=3)})
    enters(scene, customer={"id": "7", "segment": "gold"})
    queues_up(scene, requires={"en": 2}, head_start_s=30.0, preferred=("ben",), customer={"order": "5", "id": "8"})
    contact = scene.contact("c1")
    assert (contact.requires, contact.head_start_s, contact.preferred) == ((("en", 2),), 40.0, ("ben",))
    assert contact.customer == {"id": "8", "segment": "gold", "order": "5"}
    scene.wait(5)
    queues_up(scene, queue="rest")
    assert (contact.requires, contact.head_start_s, contact.preferred) == ((), 0.0, ("ben",))


def test_who_was_tried_in_the_line_before_may_be_tried_in_this_one() -> None:
    scene = scene_with_flow({"sales": Queue(ring_timeout_s=5, max_wait_s=6)}, missed_offers={"pause_after_missed": 0})
    scene.login("anna")
    enters(scene)
    queues_up(scene)
    scene.miss("anna")
    scene.wait(2)
    assert flow_runs(scene)[-1] == "timed_out"
    queues_up(scene)
    assert scene.offered("anna") == "c1"


def test_a_queue_that_does_not_exist_is_a_failure_of_the_line() -> None:
    scene = scene_with_flow()
    enters(scene)
    queues_up(scene, queue="nowhere")
    assert (scene.state("c1"), flow_runs(scene)) == ("in_flow", ["", "failed"])
    assert [repair.new for repair in scene.changes(Kind.REPAIR)] == ["no_queue"]
    assert not scene.contact("c1").queued and not scene.changes(Kind.VISIT)


@pytest.mark.parametrize("goto", ["", "cti-fallback,s,1"])
def test_the_end_of_the_flow_is_a_good_bye_or_another_place(goto: str) -> None:
    scene = scene_with_flow()
    enters(scene)
    scene.post(ev.FlowEnded(C, goto))
    assert [release.goto for release in scene.commands(Release, "c1")] == [goto]
    assert scene.state("c1") == "ended" and not scene.center.contacts


def test_the_end_of_a_flow_after_a_line_is_the_end() -> None:
    """No second survey: what is said to a flow that is over goes nowhere."""
    scene = scene_with_flow()
    scene.login("anna")
    enters(scene)
    queues_up(scene)
    scene.talk("anna")
    scene.post(ev.FlowEnded(C))
    assert flow_runs(scene) == ["", "talked"] and len(scene.commands(Release)) == 1


def test_splits_and_troubles_are_told_with_their_node() -> None:
    scene = scene_with_flow()
    enters(scene)
    scene.post(ev.FlowTold(C, "main", "ab", "split", "voice=b"))
    scene.post(ev.FlowTold(C, "main", "menu", "trouble", "prompt_missing"))
    told = [(fact.old, fact.new, fact.reason) for fact in scene.changes(Kind.FLOW)]
    assert told == [("main.ab", "voice=b", "split"), ("main.menu", "prompt_missing", "trouble")]
    assert {fact.contact for fact in scene.changes(Kind.FLOW)} == {scene.contact("c1").id}


STRANGE = [
    ev.FlowEnqueues(C, "sales"),  # type: ignore[arg-type]
    ev.FlowEnded(C),
    ev.FlowEnded(C, "a,b,1"),
]


@pytest.mark.parametrize("event", STRANGE)
@pytest.mark.parametrize("state", ["unknown", "waiting", "offered", "talking", "aside", "ended"])
def test_a_flow_that_speaks_out_of_turn_changes_nothing_and_is_counted(event: ev.AnyEvent, state: str) -> None:
    scene = scene_with_flow()
    if state != "unknown":
        enters(scene)
        if state != "aside":
            queues_up(scene)
    if state in ("offered", "talking"):
        scene.login("anna")
    if state == "talking":
        scene.answer("anna")
    if state == "aside":
        scene.post(ev.SessionLost(C))
    if state == "ended":
        scene.caller_hangs_up("c1")
    before = scene.state("c1")
    told = scene.post(event)
    assert [fact.kind for fact in told] == [Kind.LATE]  # type: ignore[union-attr]
    assert scene.state("c1") == before


def test_facts_of_a_call_that_is_gone_are_late() -> None:
    scene = scene_with_flow()
    told = scene.post(ev.SurveyAnswered(CallId("node1/gone"), "main", "s", "q", "csat", 5))
    told += scene.post(ev.FlowTold(CallId("node1/gone"), "main", "menu", "trouble", "loop"))
    assert [fact.kind for fact in told] == [Kind.LATE, Kind.LATE]  # type: ignore[union-attr]


DOES = st.sampled_from(("enqueue", "nowhere", "end", "lost", "back", "wait", "key", "talk", "miss", "login", "logout"))


@given(st.lists(DOES, max_size=25))
def test_whatever_happens_a_contact_of_a_flow_is_in_it_or_in_a_line_or_over(story: list[str]) -> None:
    """Never in both, never in neither: `queue` says which, and every visit has one outcome."""
    scene = scene_with_flow({"sales": Queue(max_wait_s=20, ring_timeout_s=5)})
    enters(scene)
    for step in story:
        state, rung = scene.state("c1"), scene.offered("anna")
        match step:
            case "enqueue" | "nowhere" if state == "in_flow":
                queues_up(scene, queue="sales" if step == "enqueue" else "nowhere")
            case "end" if state == "in_flow":
                scene.post(ev.FlowEnded(C))
            case "lost" if state in ("in_flow", "waiting"):
                scene.post(ev.SessionLost(C))
            case "back" if state == "aside":
                enters(scene, ticket=scene.ticket("c1"), flow_at="x")
            case "wait":
                scene.wait(7)
            case "key":
                scene.press("c1", "1")
            case "talk" if rung == "c1" and state == "offered":
                scene.talk("anna", 3)
            case "miss" if rung == "c1" and state == "offered":
                scene.miss("anna")
            case "login" if str(scene.agent("anna").status) == "logged_out":
                scene.login("anna")
            case "logout" if str(scene.agent("anna").status) != "logged_out" and state != "talking":
                scene.logout("anna")
        contact = scene.contact("c1")
        if contact is None:
            break
        assert contact.visit_open == bool(contact.queue) and contact.flow == "main"
        assert str(contact.state) in (("waiting", "offered", "aside") if contact.queue else ("in_flow", "aside"))
    visits = {visit.id for visit in scene.changes(Kind.VISIT, new="waiting")}
    contact = scene.contact("c1")
    assert len(scene.outcomes("c1")) == len(visits) - (contact is not None and contact.visit_open)
