"""Rows of the boards, in step with the live view, and their differences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from random import Random
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cti.differences import Difference, Rows, joined
from cti.metrics.boards import AGENTS, CALLS, DECISIONS, NOW, PORTION, QUEUES, STATUS, Boards
from cti.metrics.live import LiveView
from cti.model.changes import Changed, Kind
from cti.model.node_rules import NodeRules
from cti.model.policy import Agent, Center, Membership, Queue
from cti.model.words import CallId, ContactId, QueueName
from tests.metrics.streams import CENTER, START, Story

pytestmark = pytest.mark.unit


class Told:
    """A view and its boards, fed as the engine feeds them, and a viewer who has only the differences."""

    def __init__(self, policy: Center = CENTER) -> None:
        self.view = LiveView(policy, ["node1"])
        self.boards = Boards(self.view)
        self.viewer: dict[str, dict[str, dict[str, Any]]] = {}

    def tell(self, *changes: Changed) -> None:
        for change in changes:
            self.view.apply(change)
            self.boards.apply(change)

    def look(self, now: float) -> Difference:
        found = self.boards.look(now)
        show(self.viewer, found)
        states = Counter(row.state for row in self.view.contacts.values())
        assert +self.view.states == states
        for name, queue in self.view.queues.items():
            line, row = list(queue.line.values()), self.boards.rows[QUEUES][name]
            callers = [each for each in line if each.on_phone]
            assert row["to_call"] == len(line) - len(callers)
            assert row["ringing"] == sum(each.state in ("offered", "dialling", "talking") for each in callers)
            if not any(each.outbound for each in line):
                assert row["oldest_since"] == min((each.since for each in callers), default=None)
        return found


def show(viewer: dict[str, dict[str, dict[str, Any]]], found: Difference) -> None:
    """What a page does with a message (web/src/live/difference.ts)."""
    for topic, steps in found.items():
        rows = viewer.setdefault(topic, {})
        for key, step in steps.items():
            if step.after is None:
                del rows[key]
            else:
                rows[key] = dict(rows.get(key, {}))
                for name, value in step.fields().items():
                    field, _, member = name.partition(".")
                    rows[key][field] = {**rows[key][field], member: value} if member else value


def not_empty(topics: Mapping[str, Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """A topic whose rows came and went between two looks is in neither's difference, and in a viewer's rows or not."""
    return {topic: rows for topic, rows in topics.items() if rows}


def worked_out_anew(view: LiveView, boards: Boards, now: float) -> dict[str, Rows]:
    fresh = Boards(view)
    fresh._decided, fresh._told = boards._decided, boards._decided - len(view.decisions)
    fresh.look(now)
    while fresh.is_behind:
        fresh.look(now)
    return fresh.rows


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10_000), every=st.integers(1, 9))
def test_rows_that_were_kept_in_step_are_those_worked_out_anew_and_differences_tell_them(seed: int, every: int) -> None:
    told = Told()
    random = Random(seed)
    story = Story(seed).run(12)
    at = START
    for number, change in enumerate(story):
        told.tell(change)
        at = change.at
        if number % every == 0 or random.random() < 0.1:
            told.look(at)
    told.look(at + 2)
    assert told.boards.rows == worked_out_anew(told.view, told.boards, at + 2)
    assert not_empty(told.boards.rows) == not_empty(told.viewer)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10_000))
@example(seed=400)  # a topic's only row comes and goes between the two
def test_two_differences_as_one_lead_to_the_same_rows(seed: int) -> None:
    told = Told()
    story = Story(seed).run(8)
    third = len(story) // 3
    told.tell(*story[:third])
    told.look(story[third].at)
    before = {topic: {key: dict(row) for key, row in rows.items()} for topic, rows in told.viewer.items()}
    told.tell(*story[third : 2 * third])
    one = told.look(story[2 * third].at)
    told.tell(*story[2 * third :])
    other = told.look(story[-1].at)
    show(before, joined(one, other))
    assert not_empty(before) == not_empty(told.viewer)


def test_while_nobody_looks_only_what_is_there_is_kept_in_mind() -> None:
    told, story = Told(), Story(3).run(12)
    half = len(story) // 2
    told.tell(*story[:half])
    told.look(story[half].at)
    for change in story[half:]:
        told.tell(change)
        told.boards.wait_for_a_look()
    assert told.boards._owed_contacts <= set(told.boards.rows[CALLS])
    told.look(at := story[-1].at + 2)
    assert told.boards.rows == worked_out_anew(told.view, told.boards, at) and not_empty(told.viewer)[QUEUES]


def test_thousands_are_looked_at_by_portions_and_those_of_whom_there_is_news_at_once() -> None:
    agents = {f"a{n}": Agent(phone=f"PJSIP/{n}", queues={"sales": Membership()}) for n in range(2 * PORTION + 2)}
    told = Told(CENTER.model_copy(update={"agents": agents}))
    told.look(START)
    assert told.boards.is_behind and len(told.boards.rows[AGENTS]) == PORTION
    last = next(name for name in agents if name not in told.boards.rows[AGENTS])
    told.tell(Changed(Kind.STATUS, last, "logged_out", "available", START, "Test", agent=last))  # type: ignore[arg-type]
    told.look(START + 0.1)
    assert told.boards.is_behind and told.boards.rows[AGENTS][last]["status"] == "available"
    told.look(START + 0.2)
    assert not told.boards.is_behind and told.boards.rows[AGENTS].keys() == agents.keys()
    assert told.boards.rows == worked_out_anew(told.view, told.boards, START + 0.2)
    told.tell(Changed(Kind.STATUS, last, "available", "on_break", START, "Test", agent=last))  # type: ignore[arg-type]
    told.boards.wait_for_a_look()
    assert told.boards.is_behind
    told.look(START + 0.3)
    assert told.boards.rows[AGENTS][last]["status"] == "on_break" and not told.boards.is_behind


def test_a_look_after_nothing_happened_tells_nothing() -> None:
    told = Told()
    told.look(START)
    assert told.look(START + 0.1) == {}
    assert told.look(START + 2) == {}


def test_a_waiting_caller_changes_his_queue_once_and_not_by_waiting() -> None:
    told = Told()
    told.look(START)
    told.tell(*Story(1).run(1)[:5])
    found = told.look(START + 20)
    assert set(found[QUEUES]) <= {"sales", "support"}
    assert told.look(START + 20.5) == {}


def test_who_is_still_to_be_called_waits_for_nothing() -> None:
    told, who = Told(), {"queue": QueueName("sales"), "contact": ContactId("lead-1"), "outbound": True}
    told.tell(
        Changed(Kind.CONTACT, "lead-1", "", "waiting", START, "CalloutDue", since=START - 900, **who),  # type: ignore[arg-type]
        Changed(Kind.VISIT, "lead-1/1", "", "waiting", START, "CalloutDue", since=START - 900, **who),  # type: ignore[arg-type]
    )
    told.look(START)
    row, now = told.boards.rows[QUEUES]["sales"], told.boards.rows[STATUS][NOW]
    assert (row["waiting"], row["to_call"], row["oldest_since"], now["to_call"]) == (1, 1, None, 1)
    assert told.boards.rows[CALLS]["lead-1"]["to_call"] is True
    call = CallId("node1/cti-1")
    told.tell(Changed(Kind.CONTACT, "lead-1", "waiting", "offered", START + 5, "Test", call=call, **who))  # type: ignore[arg-type]
    told.look(START + 5)
    row = told.boards.rows[QUEUES]["sales"]
    assert (row["waiting"], row["to_call"], row["ringing"], row["oldest_since"]) == (1, 0, 1, START + 5)
    assert told.boards.rows[CALLS]["lead-1"]["to_call"] is False


def test_agents_are_counted_for_each_of_their_queues() -> None:
    told = Told()
    told.look(START)
    told.tell(Changed(Kind.STATUS, "anna", "logged_out", "available", START, "Test", agent="anna"))  # type: ignore[arg-type]
    told.look(START)
    assert [told.boards.rows[QUEUES][name]["agents_free"] for name in ("sales", "support")] == [1, 1]
    told.tell(Changed(Kind.PHONE, "anna", "free", "engaged", START, "Test", agent="anna"))  # type: ignore[arg-type]
    told.look(START)
    row = told.boards.rows[QUEUES]["sales"]
    assert (row["agents_free"], row["agents_available"]) == (0, 1)


def test_a_row_holds_no_ticking_duration() -> None:
    told = Told()
    story = Story(3).run(6)
    told.tell(*story[: len(story) // 2])
    told.look(story[-1].at)
    first = {topic: dict(rows) for topic, rows in told.boards.rows.items()}
    told.look(story[-1].at + 30)
    assert told.boards.rows == first


def test_another_policy_brings_and_takes_rows() -> None:
    told = Told()
    told.look(START)
    policy = Center(
        queues={"vip": Queue()}, agents={"dora": Agent(name="Dora", phone="PJSIP/1009", queues={"vip": Membership()})}
    )
    told.view.reload(policy)
    told.tell(Changed(Kind.CONFIG, "policy", "a", "b", START, "PolicyChanged"))
    found = told.look(START + 1)
    assert set(told.boards.rows[QUEUES]) == {"vip"}
    assert set(told.boards.rows[AGENTS]) == {"dora"}
    assert found[QUEUES]["sales"].after is None


def test_a_node_that_is_down_says_since_when() -> None:
    told = Told()
    told.tell(Changed(Kind.NODE, "node1", "up", "down", START, "NodeDown"))
    told.tell(Changed(Kind.NODE, "node1", "down", "down", START + 5, "NodeDown"))
    told.look(START + 6)
    assert told.boards.rows[STATUS][NOW]["down_since"] == {"node1": START}
    told.tell(Changed(Kind.NODE, "node1", "down", "up", START + 9, "NodeUp"))
    told.look(START + 9)
    assert told.boards.rows[STATUS][NOW]["down_since"] == {}


def test_a_node_that_is_taken_out_of_use_says_how_far_it_is_and_why() -> None:
    told = Told(CENTER.model_copy(update={"nodes": {"node1": NodeRules(drained="new disk")}}))
    told.tell(Changed(Kind.DRAIN, "node1", "", "draining", START, "PolicyChanged"))
    told.look(START + 1)
    assert told.viewer[STATUS][NOW]["drained"] == {"node1": {"state": "draining", "reason": "new disk"}}
    told.tell(Changed(Kind.DRAIN, "node1", "draining", "", START + 2, "PolicyChanged"))
    told.look(START + 3)
    assert told.viewer[STATUS][NOW]["drained"] == {}


def test_a_closed_door_says_since_when_also_to_who_comes_later() -> None:
    told, door = Told(), {"closed": "lag", "since": START - 3600, "turned_away": {}}
    told.view.door = lambda: dict(door)
    told.look(START)
    assert told.viewer[STATUS][NOW]["admission"] == door


def test_a_new_day_begins_for_everybody() -> None:
    told = Told()
    told.tell(*Story(5).run(10))
    told.look(START)
    assert any(row["today"]["handled"] for row in told.boards.rows[AGENTS].values())
    told.look(START + 86_400)
    assert not any(row["today"]["handled"] for row in told.boards.rows[AGENTS].values())
    assert told.boards.rows[QUEUES]["sales"]["today"]["offered"] == 0


def test_an_agent_says_which_contact_he_has() -> None:
    told = Told()
    story = Story(5).run(10)
    seen = set()
    for change in story:
        told.tell(change)
        told.look(change.at)
        for row in told.boards.rows[AGENTS].values():
            if row["contact"] is not None:
                assert told.boards.rows[CALLS][row["contact"]]["agent"] == row["id"]
                seen.add(row["id"])
    assert seen
    assert all(row["contact"] is None for row in told.boards.rows[AGENTS].values())


def test_decisions_are_numbered_and_the_oldest_go() -> None:
    told = Told()
    told.tell(*(change for seed in range(40) for change in Story(seed).run(8)))
    told.look(START)
    numbers = sorted(int(key) for key in told.boards.rows[DECISIONS])
    assert len(numbers) == len(told.view.decisions) == 200
    assert numbers[-1] == told.boards._decided - 1


def test_further_topics_are_worked_out_once_a_second() -> None:
    asked = []

    def campaigns(now: float) -> Rows:
        asked.append(now)
        return {"spring": {"in_the_air": len(asked)}}

    boards = Boards(LiveView(CENTER), {"campaigns": campaigns})
    for tenth in range(25):
        boards.look(START + tenth / 10)
    assert len(asked) == 3
    assert boards.rows["campaigns"] == {"spring": {"in_the_air": 3}}
