"""Wall time over clock changes: gaps begin where they end, doubled times are taken once at each side."""

from __future__ import annotations

import ast
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import cti.calendar
from cti.calendar.instants import first_moment, last_moment, local_date

pytestmark = pytest.mark.unit

BERLIN = ZoneInfo("Europe/Berlin")


def utc(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("zone", "day", "minute", "first", "last"),
    [
        ("Europe/Berlin", date(2026, 7, 1), 9 * 60, "2026-07-01T07:00", "2026-07-01T07:00"),
        ("Asia/Shanghai", date(2026, 7, 1), 24 * 60, "2026-07-01T16:00", "2026-07-01T16:00"),
        ("Europe/Berlin", date(2026, 3, 29), 2 * 60 + 30, "2026-03-29T01:00", "2026-03-29T01:00"),  # left out
        ("Europe/Berlin", date(2026, 10, 25), 2 * 60 + 30, "2026-10-25T00:30", "2026-10-25T01:30"),  # twice
        ("Europe/Berlin", date(2026, 10, 24), 26 * 60 + 30, "2026-10-25T00:30", "2026-10-25T01:30"),
        ("America/Havana", date(2026, 11, 1), 0, "2026-11-01T04:00", "2026-11-01T04:00"),  # midnight comes twice
        ("Africa/Cairo", date(2026, 4, 24), 0, "2026-04-23T22:00", "2026-04-23T22:00"),  # no midnight
        ("Australia/Lord_Howe", date(2026, 10, 4), 2 * 60 + 10, "2026-10-03T15:30", "2026-10-03T15:30"),  # half an hour
        ("Pacific/Apia", date(2011, 12, 30), 12 * 60, "2011-12-30T10:00", "2011-12-30T10:00"),  # no such date there
    ],
)
def test_a_wall_time_is_a_moment(zone: str, day: date, minute: int, first: str, last: str) -> None:
    assert first_moment(ZoneInfo(zone), day, minute) == utc(first)
    assert last_moment(ZoneInfo(zone), day, minute) == utc(last)


def test_the_date_is_that_of_the_zone() -> None:
    assert local_date(BERLIN, utc("2026-06-30T22:30")) == date(2026, 7, 1)
    assert local_date(ZoneInfo("UTC"), utc("2026-06-30T22:30")) == date(2026, 6, 30)


def test_this_room_never_asks_for_the_time() -> None:
    files = sorted(Path(cti.calendar.__file__).parent.glob("*.py"))
    called = {
        node.attr for file in files for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Attribute)
    }
    assert len(files) > 2 and not called & {"now", "today", "utcnow", "time", "localtime", "gmtime"}
