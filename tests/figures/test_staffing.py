"""Is every second of an agent in exactly one state, and are cut stretches as long as whole ones?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.figures.staffing import Staffing, Stretch, pieces, work_of
from cti.model.changes import Changed, Kind
from cti.model.words import AgentId, QueueName

pytestmark = pytest.mark.unit

ANNA = AgentId("anna")


def fact(kind: Kind, old: str, new: str, at: float, queue: str | None = None) -> Changed:
    named = None if queue is None else QueueName(queue)
    return Changed(kind, ANNA, old, new, at, "Test", agent=ANNA, queue=named)


def test_a_talk_from_ring_to_wrap_up() -> None:
    staffing = Staffing()
    staffing.begin("anna", "available", 0.0)
    told = [
        fact(Kind.ACTIVITY, "idle", "ringing", 10.0, "sales"),
        fact(Kind.ACTIVITY, "ringing", "talking", 14.0, "sales"),
        fact(Kind.ACTIVITY, "talking", "hold", 20.0),
        fact(Kind.ACTIVITY, "hold", "talking", 25.0),
        fact(Kind.ACTIVITY, "talking", "wrapup", 30.0, "sales"),
        fact(Kind.STATUS, "available", "on_break", 35.0),
        fact(Kind.ACTIVITY, "wrapup", "idle", 35.0),
        fact(Kind.STATUS, "on_break", "logged_out", 95.0),
    ]
    found = [stretch for each in told for stretch in staffing.apply(each)]
    assert [(each.state, each.end - each.begin, each.queue) for each in found] == [
        ("idle_s", 10.0, ""),
        ("ringing_s", 4.0, "sales"),
        ("taken_ring_s", 4.0, ""),
        ("talk_s", 6.0, "sales"),
        ("hold_s", 5.0, "sales"),
        ("talk_s", 5.0, "sales"),
        ("wrapup_s", 5.0, "sales"),
        ("break_s", 60.0, ""),
    ]


def test_a_ring_in_vain_is_no_work() -> None:
    staffing = Staffing()
    staffing.begin("anna", "available", 0.0)
    staffing.apply(fact(Kind.ACTIVITY, "idle", "ringing", 10.0))
    assert list(staffing.book(12.0)) == [], "what came of it is not known yet"
    assert [each.state for each in staffing.apply(fact(Kind.ACTIVITY, "ringing", "idle", 15.0))] == ["ringing_s"]
    assert work_of("ringing_s", 5.0) == {"ringing_s": 5.0, "staffed_s": 5.0}
    assert work_of("taken_ring_s", 5.0) == {"taken_ring_s": 5.0, "busy_s": 5.0}


def test_what_is_booked_early_is_not_booked_again() -> None:
    staffing = Staffing()
    staffing.begin("anna", "available", 0.0)
    assert [each[1:4] for each in staffing.book(40.0)] == [("idle_s", 0.0, 40.0)]
    found = staffing.apply(fact(Kind.STATUS, "available", "logged_out", 50.0))
    assert [each[1:4] for each in found] == [("idle_s", 40.0, 50.0)]


@given(st.floats(0, 1e5), st.floats(0, 1e4), st.sampled_from((60, 900)))
def test_pieces_make_the_whole(begin: float, length: float, every_s: int) -> None:
    found = list(pieces(Stretch("anna", "idle_s", begin, begin + length, ""), every_s))
    assert sum(seconds for _, seconds in found) == pytest.approx(begin + length - begin)
    assert all(start % every_s == 0 and 0 < seconds <= every_s for start, seconds in found)
    assert len({start for start, _ in found}) == len(found)
