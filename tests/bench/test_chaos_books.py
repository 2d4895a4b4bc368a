"""The judge of chaos: what counts as lost, doubled, out of order, dialled twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.chaos_books import (
    CALLED_AGAIN,
    DIALLED_TWICE,
    DROPPED,
    FORGOTTEN,
    LOST,
    NEVER_CALLED,
    NO_OUTCOME,
    NOT_KEPT,
    NOT_PROMISED,
    RUNG_AGAIN,
    SERVED_TWICE,
    TWO_CONTACTS,
    UNHEARD,
    UNKNOWN,
    WRONG_OUTCOME,
    Called,
    Row,
    Story,
    doubles,
    judge_contacts,
    judge_dials,
    order_broken,
)

pytestmark = pytest.mark.unit


def story(served: bool = True, ended_by: str = "us", stayed_s: float = 60.0, times: int = 1) -> Story:
    if not served:
        return Story("1", 1, "sales", 0.0, 1.0, None, 0, 1.0 + stayed_s, ended_by)
    return Story("1", 1, "sales", 0.0, 1.0, 5.0, times, 1.0 + stayed_s, ended_by)


def row(outcome: str = "answered", *, is_open: bool = False, number: str = "+1") -> Row:
    return Row("n/1", number, "sales", "talking" if is_open else "ended", outcome, is_open)


@pytest.mark.parametrize(
    ("lived", "written", "wrong"),
    [
        (story(), [row()], []),
        (story(ended_by="them"), [row()], []),
        (story(served=False), [row("abandoned")], []),
        (story(served=False, ended_by="node"), [row("lost")], []),
        (story(served=False, ended_by="node"), [], []),
        (story(served=False, stayed_s=5.0), [], []),
        (story(served=False), [], [UNKNOWN]),
        (story(), [], [UNKNOWN]),
        (story(), [row(), row()], [TWO_CONTACTS]),
        (story(), [row(is_open=True)], [NO_OUTCOME]),
        (story(), [row("abandoned")], [WRONG_OUTCOME]),
        (story(served=False), [row()], [WRONG_OUTCOME]),
        (story(served=False), [row("lost")], [LOST]),
        (story(served=False, ended_by="them"), [row("abandoned")], [DROPPED]),
        (story(times=2), [row()], [SERVED_TWICE]),
    ],
)
def test_one_caller(lived: Story, written: list[Row], wrong: list[str]) -> None:
    found = judge_contacts([lived], [*written, row("abandoned", is_open=True, number="+2")])
    assert sorted(found.wrong) == sorted(wrong)
    assert found.count(*wrong) == len(wrong) == len(found.lines())


def test_served_when_nothing_was_written() -> None:
    found = judge_contacts([story()], [row("abandoned")], [(0.0, 4.0), (4.5, 6.0)])
    assert list(found.wrong) == [FORGOTTEN]
    assert list(judge_contacts([story()], [row("abandoned")], [(6.0, 9.0)]).wrong) == [WRONG_OUTCOME]
    assert judge_contacts([story()], [row()], [(0.0, 9.0)]).wrong == {}
    assert list(judge_contacts([story()], [], [(0.0, 61.5)]).wrong) == [FORGOTTEN]
    assert judge_contacts([story(served=False)], [], [(0.0, 61.5)]).wrong == {}
    assert list(judge_contacts([story(served=False)], [], [(0.0, 60.0)]).wrong) == [UNKNOWN]


def test_talked_and_gone_while_no_ami_told_of_it() -> None:
    gone = story(ended_by="us")
    assert gone.served_at is not None and gone.over_at is not None
    deaf = [(gone.served_at, gone.over_at)]
    assert list(judge_contacts([gone], [row("abandoned")], (), deaf).wrong) == [UNHEARD]
    heard = [(gone.served_at + 0.1, gone.over_at), (gone.served_at, gone.over_at - 0.1)]
    assert list(judge_contacts([gone], [row("abandoned")], (), heard).wrong) == [WRONG_OUTCOME]
    assert list(judge_contacts([story(ended_by="them")], [row("abandoned")], (), deaf).wrong) == [WRONG_OUTCOME]
    assert judge_contacts([gone], [row()], (), deaf).wrong == {}


ONCE = Called(10.0, 40.0, False)


def test_dials() -> None:
    promises = {"1": "kept", "2": "kept", "3": "failed", "4": "promised"}
    found = judge_dials({"1": [ONCE], "5": [ONCE, Called(50.0, 60.0, False)]}, promises, ["4", "6"])
    assert found.wrong == {DIALLED_TWICE: ["5"], NOT_PROMISED: ["6"], NOT_KEPT: ["3 failed"], NEVER_CALLED: ["2"]}


@pytest.mark.parametrize(
    ("first", "again_at", "wrong"),
    [
        (ONCE._replace(over_at=19.0), 50.0, DIALLED_TWICE),  # known before the death
        (ONCE._replace(over_at=25.0), 50.0, CALLED_AGAIN),
        (ONCE._replace(rang_at=25.0), 50.0, CALLED_AGAIN),
        (ONCE._replace(rang_at=31.0), 50.0, DIALLED_TWICE),
        (ONCE._replace(over_at=19.0, cut=True), 50.0, CALLED_AGAIN),
        (ONCE._replace(over_at=25.0), 24.0, DIALLED_TWICE),  # both at once
    ],
)
def test_a_second_call_is_excused_where_a_death_hid_the_first_ones_end(
    first: Called, again_at: float, wrong: str
) -> None:
    deaths = [(20.0, 30.0)]
    found = judge_dials({"1": [first, Called(again_at, again_at + 9.0, False)]}, {}, [], deaths)
    assert list(found.wrong) == [wrong]


def test_a_ring_that_was_taken_back_may_come_again() -> None:
    first, later = Called(10.0, 10.6, False, taken_back=True), Called(41.0, 50.0, False)
    assert judge_dials({"1": [first, later]}, {}, []).wrong == {RUNG_AGAIN: ["1"]}
    assert judge_dials({"1": [first, first._replace(rang_at=10.5)]}, {}, []).wrong == {DIALLED_TWICE: ["1"]}
    assert judge_dials({"1": [first, later, later._replace(rang_at=60.0)]}, {}, []).wrong == {
        RUNG_AGAIN: ["1"],
        DIALLED_TWICE: ["1"],
    }


def test_a_promise_that_is_overdue_is_not_kept() -> None:
    promises = {"1": "promised", "2": "promised"}
    assert judge_dials({}, promises, [], overdue=["2"]).wrong == {NOT_KEPT: ["2 promised"]}


@given(line=st.lists(st.integers(0, 99).map(str), unique=True), lot=st.randoms(use_true_random=False))
def test_leaving_and_joining_at_the_end_break_no_order(line: list[str], lot: object) -> None:
    stayed = [number for number in line if lot.random() < 0.5]  # type: ignore[attr-defined]
    assert order_broken(line, [*stayed, "new"]) == 0


def test_order() -> None:
    assert order_broken(["a", "b", "c", "d"], ["a", "c", "b", "d"]) == 1
    assert order_broken(["a", "b", "c", "d"], ["d", "a", "b", "c"]) == 3
    assert order_broken(["a", "b"], ["x", "b"]) == 0


def test_doubles() -> None:
    assert doubles(["b", "a", "b", "c", "a"]) == ["a", "b"]
