"""Does every row get exactly one verdict, with the reason a person can act on?"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.lists.judge import MOST_CELL_CHARS, Row, Rules, Verdict, judge_row, plain, settle
from cti.lists.mapping import Columns, find_columns
from cti.lists.numbers import Number
from cti.lists.rows import Record

pytestmark = pytest.mark.unit

COLUMNS = find_columns(["Name", "Tel", "Mobile", "Zone", "Prio", "Consent", "City"], [], {}, None)
ONE, TWO = "+442079460001", "+442079460002"
LONDON = ("Europe/London",)
RULES = Rules("winter", "GB")


def judged(*cells: str, rules: Rules = RULES, columns: Columns = COLUMNS) -> Row:
    return judge_row(1, Record(7, list(cells)), columns, rules)


def test_a_good_row() -> None:
    row = judged(" Zoë\u202e\x07 ", "020 7946 0001", "", "", "2", "form 12", "London")
    assert (row.verdict, row.line, row.name, row.priority, row.consent) == (Verdict.VALID, 7, "Zoë", 2, "form 12")
    assert row.numbers == [Number(ONE, LONDON)] and row.data == {"City": "London"} and row.left_out == 0
    assert judged("Bob", ONE, "", "", "0002").priority == 2 and judged("Bob", ONE, "", "", "00").priority == 0
    assert judged("Bob", ONE).verdict is Verdict.VALID, "cells at the end may be missing"


def test_several_numbers_keep_their_order_and_bad_ones_are_left_out() -> None:
    assert [number.e164 for number in judged("", TWO, ONE).numbers] == [TWO, ONE]
    row = judged("", "n/a", ONE)
    assert ([number.e164 for number in row.numbers], row.left_out) == ([ONE], 1)
    assert len(judged("", ONE, "02079460001").numbers) == 1


@pytest.mark.parametrize(
    ("cells", "verdict", "column", "why"),
    [
        (("Bob", "", ""), Verdict.INVALID, "Tel", "no number"),
        (("Bob", "", "123"), Verdict.INVALID, "Mobile", "too short"),
        (("Bob", ONE, "", "Europe/Lodnon"), Verdict.INVALID, "Zone", "no such time zone"),
        (("Bob", ONE, "", "", "10"), Verdict.INVALID, "Prio", "0 .first. to 9"),
        (("Bob", ONE, "", "", "000010"), Verdict.INVALID, "Prio", "0 .first. to 9"),
        (("Bob", ONE, "", "", "0" * 30 + "9" * 30), Verdict.INVALID, "Prio", "0 .first. to 9"),
        (("Bob", ONE, "", "", "-1"), Verdict.INVALID, "Prio", "0 .first. to 9"),
        (("Bob", ONE, "", "", "١"), Verdict.INVALID, "Prio", "0 .first. to 9"),
        (("x" * (MOST_CELL_CHARS + 1), ONE), Verdict.INVALID, "Name", "1000 characters"),
        (("Bob", ONE, "", "", "", "", "", "", "more"), Verdict.INVALID, "", "9 cells in 7 columns"),
        (("Bob", "+800 1234 5678"), Verdict.NO_TIME_ZONE, "", "--zone"),
    ],
)
def test_refused_rows(cells: tuple[str, ...], verdict: Verdict, column: str, why: str) -> None:
    row = judged(*cells)
    assert (row.verdict, row.column) == (verdict, column)
    assert re.search(why, row.reason)


def test_a_record_that_is_none() -> None:
    row = judge_row(1, Record(3, [], "longer than ..."), COLUMNS, Rules("winter"))
    assert (row.verdict, row.reason, row.line) == (Verdict.INVALID, "longer than ...", 3)


def test_a_zone_of_the_row_goes_before_the_numbers_and_that_before_the_lists() -> None:
    rules = Rules("winter", "GB", zone="Asia/Tokyo")
    assert judged("", ONE, "", "Asia/Shanghai", rules=rules).numbers[0].zones == ("Asia/Shanghai",)
    assert judged("", ONE, rules=rules).numbers[0].zones == LONDON
    assert judged("", "+800 1234 5678", rules=rules).numbers[0].zones == ("Asia/Tokyo",)


def settled(
    row: Row, seen: tuple[str, ...] = (), known: Mapping[str, set[str]] | None = None, no: tuple[str, ...] = (),
    across: bool = False,
) -> Row:  # fmt: skip
    rules = Rules("winter", "GB", reject_across=across)
    again = [number.e164 in seen for number in row.numbers]
    return settle(row, rules, seen=again, known=known or {}, blocked=dict.fromkeys(no, "asked us"))


def test_who_must_not_be_called_at_one_number_is_not_called_at_another() -> None:
    row = settled(judged("", ONE, TWO), no=(TWO,))
    assert (row.verdict, row.reason) == (Verdict.DO_NOT_CALL, "on the do-not-call list: asked us")


def test_a_number_is_in_one_lead_of_a_campaign_only() -> None:
    row = settled(judged("", ONE, TWO), seen=(ONE,))
    assert (row.verdict, [number.e164 for number in row.numbers], row.left_out) == (Verdict.VALID, [TWO], 1)
    assert settled(judged("", ONE, TWO), seen=(ONE, TWO)).verdict is Verdict.DUPLICATE_IN_LIST
    assert settled(judged("", ONE), known={ONE: {"winter", "summer"}}).verdict is Verdict.DUPLICATE_IN_CAMPAIGN


def test_other_campaigns_matter_where_it_is_said() -> None:
    row = settled(judged("", ONE), known={ONE: {"summer"}})
    assert (row.verdict, row.elsewhere) == (Verdict.VALID, True)
    row = settled(judged("", ONE), known={ONE: {"summer"}}, across=True)
    assert (row.verdict, row.reason) == (Verdict.DUPLICATE_ACROSS, "its number is in campaign summer")


@settings(deadline=None)
@given(st.lists(st.text(max_size=40), max_size=9))
def test_any_cells_get_a_verdict_and_no_reason_repeats_them(cells: list[str]) -> None:
    row = judged(*[f"{cell}\u2603{n}" for n, cell in enumerate(cells)])
    assert row.verdict in Verdict and "\u2603" not in row.reason + row.column
    assert (row.verdict is Verdict.VALID) == bool(row.numbers)


@settings(deadline=None)
@given(st.text())
def test_plain_text_steers_nothing(text: str) -> None:
    assert all(char.isprintable() or not char.isascii() for char in plain(text))
    assert not set(plain(text)) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u200e\u200f\ufeff\n\r\x1b")
