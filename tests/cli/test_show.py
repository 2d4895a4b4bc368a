"""Tables in a terminal: narrow, hostile and unknown values."""

from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from cti.cli.show import AGENTS, QUEUES, WAITING, Column, clean, console, duration, outcome, percent, table

pytestmark = pytest.mark.unit

QUEUE: dict[str, Any] = {
    "name": "sales",
    "waiting": 3,
    "longest_wait_s": 65.4,
    "answered": 10,
    "abandoned": 0,
    "offered": 13,
    "agents_free": 0,
    "agents_available": 4,
    "service_level": None,
    "target_s": 20.0,
}


def drawn(rows: list[dict[str, Any]], width: int, columns: Any = QUEUES) -> str:
    out = io.StringIO()
    Console(file=out, width=width).print(table(columns, rows, width))
    return out.getvalue()


def test_a_wide_terminal_shows_everything_and_unknown_is_a_dash() -> None:
    text = drawn([QUEUE], 120)
    for word in ("sales", "1:05", "13", "20 s", "in target", "–"):
        assert word in text


@pytest.mark.parametrize("width", [30, 40, 60, 80, 120])
def test_no_line_is_wider_than_the_terminal_and_the_name_stays(width: int) -> None:
    text = drawn([QUEUE], width)
    assert all(cell_len(line) <= width for line in text.splitlines())
    assert "sales" in text and "3" in text


def test_a_long_name_is_never_cut_while_other_columns_can_go() -> None:
    name = "a-rather-long-queue-name-of-forty-chars-"
    text = drawn([{**QUEUE, "name": name}], 80)
    assert name in text and "waiting" in text and "…" not in text


AGENT: dict[str, Any] = {
    "id": "anna",
    "name": "Anna Example",
    "phone": "PJSIP/1001",
    "status": "on_break",
    "reason": "lunch",
    "activity": "idle",
    "since_s": 4000.0,
    "answered": 120,
    "missed": 7,
    "queues": ["sales", "support", "returns"],
}


def test_what_matters_most_has_room_at_80_columns() -> None:
    assert "in target" in drawn([{**QUEUE, "service_level": 0.8113}], 80)
    text = drawn([AGENT, {**AGENT, "id": "ben", "status": "available", "reason": ""}], 80, AGENTS)
    for word in ("missed", "answered", "queues", "sales", "support", "returns", "(lunch)", "1:06:40"):
        assert word in text
    assert "…" not in text and all(cell_len(line) <= 80 for line in text.splitlines())


def test_where_there_is_room_nothing_is_folded() -> None:
    text = drawn([AGENT], 160, AGENTS)
    assert "on_break (lunch)" in text and "sales, support, returns" in text


def test_what_folds_takes_the_room_that_is_left() -> None:
    columns = (Column("a", lambda row: "x" * 10), Column("b", lambda row: "one two three four", folds_at=5))
    text = [line.rstrip() for line in drawn([{}], 28, columns).splitlines() if line.strip()]
    assert text[2:] == [" xxxxxxxxxx   one two", "              three four"]


def test_a_callers_name_cannot_steer_the_terminal() -> None:
    row = {"position": 1, "caller": "\x1b[31mMallory\r\n[bold]\u202e", "wait_s": 1.0, "state": "waiting", "call": "n/1"}
    text = drawn([row], 120, WAITING)
    assert "\x1b" not in text and "\u202e" not in text
    assert "[bold]" in text  # shown, not obeyed


def test_an_agent_has_a_status_and_an_activity() -> None:
    def status(**row: Any) -> str:
        return next(column for column in AGENTS if column.title == "status").text(row)

    assert status(status="available", activity="ringing") == "available"
    assert status(status="on_break", activity="talking", reason="lunch") == "on_break (lunch)"
    assert status(status="available", activity="talking", pending="lunch") == "available, then lunch"
    assert "activity" in [column.title for column in AGENTS]


def test_what_came_of_a_request_is_what_the_engine_decided() -> None:
    assert outcome("pause", {"status": "on_break", "reason": "lunch", "activity": "idle"}) == "on a break (lunch)"
    later = outcome("pause", {"status": "available", "pending": "lunch", "activity": "talking"})
    assert later == "break (lunch) begins when his work is over; talking now"
    assert outcome("logout", {"status": "logged_out", "activity": "talking"}) == "logged out; the call he has goes on"
    assert outcome("unpause", {"status": "available", "activity": "idle"}) == "available"


def test_durations_and_shares() -> None:
    assert [duration(s) for s in (0, 59.9, 60, 3723.0, None)] == ["0 s", "59 s", "1:00", "1:02:03", "–"]
    assert [percent(s) for s in (0.8113, None)] == ["81.1 %", "–"]


def test_no_colour_where_there_is_no_terminal() -> None:
    assert not console().is_terminal
    assert console().width >= 120


@settings(deadline=None)  # the machine is shared: a slow example is no failure
@given(
    st.lists(st.dictionaries(st.sampled_from(list(QUEUE)), st.one_of(st.text(), st.none(), st.floats()))),
    st.integers(10, 200),
)
def test_no_row_breaks_a_table(rows: list[dict[str, Any]], width: int) -> None:
    assert drawn(rows, width)


@settings(deadline=None)  # the machine is shared: a slow example is no failure
@given(st.text())
def test_clean_text_is_printable(text: str) -> None:
    assert clean(text).isprintable()
