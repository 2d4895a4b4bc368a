"""What each viewer may see of the boards."""

from __future__ import annotations

import pytest

from cti.api.live_sight import TOPICS, Sight, sight_of
from cti.api.scoping import WHOLE, Scope
from cti.differences import Difference, Row, Step
from cti.metrics.boards import Boards
from cti.metrics.live import LiveView
from cti.people.person import Person
from cti.people.rights import Role
from tests.metrics.streams import CENTER

pytestmark = pytest.mark.unit

SALES = Scope(frozenset({"sales"}), frozenset({"anna"}), frozenset())
CALL = {"contact": "n/1", "queue": "sales", "agent": None, "caller": "+4930123456", "state": "waiting"}
ELSEWHERE = {**CALL, "queue": "support"}


def change(sight: Sight, topic: str, before: Row | None, after: Row | None) -> object:
    difference: Difference = {topic: {"key": Step(before, after)}}
    return sight.changes(difference).get(topic)


def test_every_topic_of_the_boards_has_a_right() -> None:
    assert set(Boards(LiveView(CENTER)).rows) == set(TOPICS)


def test_topics_without_the_right_and_unknown_ones_are_left_out() -> None:
    asked = ("queues", "calls", "decisions", "status", "gossip")
    assert sight_of(Person("w", Role.WALL), WHOLE, asked).topics == ("queues", "status")
    assert sight_of(Person("s", Role.SUPERVISOR), WHOLE, asked).topics == ("calls", "decisions", "queues", "status")


def test_equal_rights_and_scopes_are_one_sight() -> None:
    one = sight_of(Person("a", Role.SUPERVISOR), SALES, ("queues", "agents"))
    other = sight_of(Person("b", Role.SUPERVISOR), SALES, ("agents", "queues"))
    assert one == other and hash(one) == hash(other)


def test_numbers_are_masked_for_who_may_not_see_them() -> None:
    blind = Sight(("calls",), WHOLE, sees_numbers=False)
    assert blind.rows({"calls": {"n/1": CALL}}) == {"calls": {"n/1": {**CALL, "caller": "+49 ••• ••56"}}}
    assert change(blind, "calls", None, CALL) == {"set": {"key": {**CALL, "caller": "+49 ••• ••56"}}}
    assert change(blind, "calls", CALL, {**CALL, "caller": "+4930999956"}) is None  # looks the same
    assert CALL["caller"] == "+4930123456"


def test_rows_outside_the_scope_are_not_there() -> None:
    part = Sight(("calls", "queues", "status", "teams"), SALES, sees_numbers=True)
    rows = {
        "calls": {"n/1": CALL, "n/2": ELSEWHERE},
        "queues": {"sales": {"name": "sales"}, "support": {"name": "support"}},
        "status": {"now": {"waiting": 2}},
        "teams": {"north": {"name": "north"}},
    }
    seen = part.rows(rows)
    assert {topic: list(found) for topic, found in seen.items()} == {
        "calls": ["n/1"],
        "queues": ["sales"],
        "status": ["now"],
        "teams": [],
    }


def test_sums_over_the_centre_are_for_whoever_is_in_charge_of_all_of_it() -> None:
    engine = Boards(LiveView(CENTER))
    engine.look(1_000.0)
    whole, part = (Sight(("status",), scope, sees_numbers=True) for scope in (WHOLE, SALES))
    row = engine.rows["status"]["now"]
    assert whole.row("status", row) == row and {"waiting", "calls_active", "today", "agents_free"} <= set(row)
    assert set(part.row("status", row) or {}) == {
        *("nodes", "down_since", "drained", "admission", "redis", "store", "breaks"),
        *("repairs", "late", "bugs", "inconsistent", "free_to_ring"),
    }
    assert change(part, "status", row, {**row, "waiting": 9}) is None
    assert change(part, "status", row, {**row, "bugs": 1}) == {"set": {"key": {"bugs": 1}}}


def test_a_row_that_comes_into_the_scope_is_whole_and_one_that_leaves_it_is_gone() -> None:
    part = Sight(("calls",), SALES, sees_numbers=True)
    assert change(part, "calls", ELSEWHERE, CALL) == {"set": {"key": CALL}}
    assert change(part, "calls", CALL, ELSEWHERE) == {"gone": ["key"]}
    assert change(part, "calls", ELSEWHERE, None) is None
    assert change(part, "calls", CALL, {**CALL, "state": "offered"}) == {"set": {"key": {"state": "offered"}}}


def test_only_what_was_asked_for_is_told() -> None:
    assert Sight(("queues",), WHOLE, sees_numbers=True).changes({"calls": {"n/1": Step(None, CALL)}}) == {}
