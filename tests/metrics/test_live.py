"""Does the live view agree with the stream, whatever the stream?"""

from __future__ import annotations

import json
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.metrics.live import KEPT_DECISIONS, LiveView
from cti.model.changes import Changed, Kind
from cti.model.words import AgentId, CallId, ContactId, Outcome, QueueName

from .streams import CENTER, START, Story

pytestmark = pytest.mark.unit

CALL = CallId("node1/1.1")
WHO = {"queue": QueueName("sales"), "contact": ContactId(CALL), "call": CALL}


def view_of(*changes: Changed) -> LiveView:
    view = LiveView(CENTER)
    for changed in changes:
        view.apply(changed)
    return view


def change(kind: Kind, entity: str, old: str, new: str, at: float, cause: str = "Test", **more: object) -> Changed:
    return Changed(kind, entity, old, new, at, cause, **more)  # type: ignore[arg-type]


def waiting(at: float, **more: object) -> list[Changed]:
    return [
        change(Kind.CONTACT, CALL, "", "waiting", at, **WHO),
        change(Kind.VISIT, f"{CALL}/1", "", "waiting", at, **WHO, **{"since": at, "caller": "+49", **more}),
    ]


def row(view: LiveView, part: str, name: str, now: float = START) -> dict[str, object]:
    return next(row for row in view.snapshot(now)[part] if name in (row.get("name"), row.get("id"), row.get("contact")))


def assert_identity(view: LiveView, now: float) -> None:
    for queue in view.snapshot(now)["queues"]:
        ended = sum(queue[outcome.value] for outcome in Outcome)
        assert queue["offered"] == ended + queue["waiting"]
        assert len(queue["position"]) == queue["waiting"]
        assert [place["position"] for place in queue["position"]] == list(range(1, queue["waiting"] + 1))
        waits = [place["wait_s"] for place in queue["position"]]
        assert waits == sorted(waits, reverse=True)
        assert queue["longest_wait_s"] == (waits[0] if waits else None)


@given(st.integers(0, 2**32), st.integers(1, 25))
@settings(max_examples=60, deadline=None)
def test_every_offered_contact_has_one_outcome_or_waits(seed: int, callers: int) -> None:
    story = Story(seed)
    changes = story.run(callers)
    view = LiveView(CENTER)
    for changed in changes:
        view.apply(changed)
        assert_identity(view, changed.at)
    assert view.inconsistent == 0
    assert not view.contacts  # nothing is kept of who has gone
    queues = view.snapshot(story.now)["queues"]
    for outcome in Outcome:
        told = sum(c.kind is Kind.VISIT and c.new == outcome for c in changes)
        assert sum(queue[outcome.value] for queue in queues) == told
    assert sum(queue["resumed"] for queue in queues) == sum(
        c.kind is Kind.VISIT and c.old == "" and c.cause == "resumed" for c in changes
    )


@given(st.integers(0, 2**32), st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_a_stream_with_holes_repeats_and_wrong_order_breaks_no_identity(seed: int, faults: int) -> None:
    changes, random = Story(seed).run(12), Random(faults)
    view = LiveView(CENTER)
    for _ in range(300):
        view.apply(random.choice(changes))
        assert_identity(view, START + 1e6)
    json.dumps(view.snapshot(START + 1e6))


def test_nothing_known_is_none_and_not_zero() -> None:
    queue = row(LiveView(CENTER), "queues", "sales")
    assert (queue["longest_wait_s"], queue["service_level"], queue["asa_s"]) == (None, None, None)
    agent = row(LiveView(CENTER), "agents", "anna")
    assert (agent["since_s"], agent["engaged"]) == (None, None)
    assert LiveView(CENTER).snapshot(START)["status"]["free_to_ring"]["p50_s"] is None


def test_a_waiting_caller_stands_in_line_and_in_calls() -> None:
    view = view_of(*waiting(START))
    queue = row(view, "queues", "sales", START + 7)
    assert (queue["waiting"], queue["longest_wait_s"]) == (1, 7.0)
    assert row(view, "calls", CALL, START + 7) == {
        "call": CALL,
        "contact": CALL,
        "queue": "sales",
        "state": "waiting",
        "wait_s": 7.0,
        "agent": None,
        "caller": "+49",
    }


def test_who_comes_back_after_an_engines_death_stands_by_when_he_came() -> None:
    other = ContactId("node1/2.2")
    view = view_of(
        *waiting(START, since=START - 5),
        change(Kind.CONTACT, other, "", "waiting", START, "resumed", queue=QueueName("sales"), contact=other),
        change(
            Kind.VISIT, "v", "", "waiting", START, "resumed", queue=QueueName("sales"), contact=other, since=START - 60
        ),
    )
    queue = row(view, "queues", "sales")
    assert [place["contact"] for place in queue["position"]] == [other, CALL]  # type: ignore[attr-defined]
    assert (queue["longest_wait_s"], queue["resumed"]) == (60.0, 1)


def test_free_agents_are_available_idle_and_not_on_the_phone() -> None:
    def free_and_available(*changes: Changed) -> tuple[object, object]:
        queue = row(view_of(*changes), "queues", "sales")
        return queue["agents_free"], queue["agents_available"]

    login = [change(Kind.STATUS, name, "logged_out", "available", START) for name in ("anna", "ben")]
    assert free_and_available() == (0, 0)
    assert free_and_available(*login) == (2, 2)
    assert free_and_available(*login, change(Kind.PHONE, "anna", "free", "engaged", START)) == (1, 2)
    assert free_and_available(*login, change(Kind.ACTIVITY, "anna", "idle", "ringing", START)) == (1, 2)
    assert free_and_available(*login, change(Kind.STATUS, "ben", "available", "on_break", START, reason="lunch")) == (
        1,
        1,
    )


def test_an_agents_reason_is_shown_while_he_is_on_break() -> None:
    changes = [
        change(Kind.STATUS, "anna", "logged_out", "available", START),
        change(Kind.STATUS, "anna", "available", "on_break", START + 1, reason="lunch"),
    ]
    agent = row(view_of(*changes), "agents", "anna", START + 31)
    assert (agent["status"], agent["reason"], agent["since_s"]) == ("on_break", "lunch", 30.0)
    back = change(Kind.STATUS, "anna", "on_break", "available", START + 40)
    assert row(view_of(*changes, back), "agents", "anna")["reason"] == ""


def ring(at: float, leg_at: float, tries: int = 1) -> list[Changed]:
    offer = {**WHO, "agent": AgentId("anna")}
    return [
        change(Kind.OFFER, f"{CALL}#{tries}", "", "ringing", at, **offer),
        change(Kind.ACTIVITY, "anna", "idle", "ringing", at),
        change(Kind.CONTACT, CALL, "waiting", "offered", at, **WHO),
        change(Kind.PHONE, "anna", "free", "ringing", leg_at),
    ]


def test_free_to_ring_is_from_the_agent_free_to_the_leg_of_his_phone() -> None:
    free = change(Kind.ACTIVITY, "anna", "wrapup", "idle", START + 5)
    login = change(Kind.STATUS, "anna", "logged_out", "available", START - 1)
    view = view_of(login, *waiting(START), free, *ring(START + 5, START + 5.003))
    assert view.free_to_ring.percentiles_s(0.5) == [pytest.approx(0.003, abs=1e-6)]


def test_a_caller_who_comes_to_a_free_agent_is_no_sample_nor_is_one_who_was_missed() -> None:
    login = change(Kind.STATUS, "anna", "logged_out", "available", START - 50)
    missed = [
        change(Kind.OFFER, f"{CALL}#1", "ringing", "missed", START + 20, **WHO, agent=AgentId("anna")),
        change(Kind.ACTIVITY, "anna", "ringing", "idle", START + 20),
        change(Kind.CONTACT, CALL, "offered", "waiting", START + 20, **WHO),
    ]
    view = view_of(login, *waiting(START), *ring(START, START + 1), *missed, *ring(START + 90, START + 91, 2))
    assert view.free_to_ring.count == 0
    assert row(view, "agents", "anna")["missed"] == 1


def test_decisions_nodes_repairs_late_and_bugs_are_kept_and_bounded() -> None:
    view = view_of(
        change(Kind.NODE, "node1", "down", "up", START),
        change(Kind.REPAIR, "anna", "", "leg_gone", START, reason="the phone's channel does not exist any more"),
        change(Kind.LATE, "x", "missed", "missed", START),
        change(Kind.BUG, "x", "", "", START),
        *[
            change(Kind.OFFER, f"c#{n}", "", "ringing", START, queue=QueueName("sales"))
            for n in range(KEPT_DECISIONS + 9)
        ],
    )
    snapshot = view.snapshot(START)
    status = snapshot["status"]
    assert len(snapshot["decisions"]) == KEPT_DECISIONS
    assert (status["nodes"], status["repairs"], status["late"], status["bugs"]) == (
        {"node1": "up"},
        {"leg_gone": 1},
        1,
        1,
    )


def test_a_contact_whose_end_of_wait_was_not_told_does_not_wait_for_ever() -> None:
    view = view_of(*waiting(START), change(Kind.CONTACT, CALL, "waiting", "ended", START + 1, **WHO))
    queue = row(view, "queues", "sales")
    assert (queue["waiting"], queue["lost"], view.inconsistent) == (0, 1, 1)


def test_long_lines_are_listed_up_to_a_bound_and_counted_in_full() -> None:
    changes = []
    for number in range(20):
        who = {"queue": QueueName("sales"), "contact": ContactId(f"n/{number}.0")}
        changes.append(change(Kind.CONTACT, who["contact"], "", "waiting", START, **who))
        changes.append(change(Kind.VISIT, "v", "", "waiting", START, **who))
    snapshot = view_of(*changes).snapshot(START, max_listed=5)
    queue = snapshot["queues"][0]
    assert (queue["waiting"], len(queue["position"]), len(snapshot["calls"])) == (20, 5, 5)
    assert snapshot["status"]["calls_active"] == 20


def test_a_part_of_the_picture_is_the_same_alone_and_nothing_else_is_made_for_it() -> None:
    view = view_of(*waiting(START))
    picture = view.snapshot(START)
    for part in picture.keys() - {"at"}:
        assert view.snapshot(START, part) == {"at": START, part: picture[part]}
    view.agents["anna"] = None  # type: ignore[assignment]
    assert view.snapshot(START, "status", "nodes", "calls").keys() == {"at", "status", "nodes", "calls"}


def test_a_reload_keeps_the_counts_and_takes_the_new_target() -> None:
    view = view_of(*waiting(START))
    changed = CENTER.model_copy(update={"queues": {**CENTER.queues, "new": CENTER.queues["sales"]}})
    changed.queues["sales"] = CENTER.queues["sales"].model_copy(
        update={"target_s": 99.0, "service_level_percent": 95.0}
    )
    view.reload(changed)
    assert row(view, "queues", "sales")["target_s"] == 99.0
    assert row(view, "queues", "sales")["service_level_percent"] == 95.0
    assert row(view, "queues", "support")["service_level_percent"] == 80.0
    assert row(view, "queues", "sales")["waiting"] == 1
    assert row(view, "queues", "new")["offered"] == 0
