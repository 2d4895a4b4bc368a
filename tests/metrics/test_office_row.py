"""Does the engine's row tell since when Redis is away, and change only when something happens?"""

from __future__ import annotations

import pytest

from cti.metrics.office_row import OfficeRow

pytestmark = pytest.mark.unit


class Office:
    token, standbys = 7, 1
    redis_away_s: float | None = None


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_who_owns_it_and_since_when() -> None:
    row = OfficeRow(Office(), "10.0.0.5:4573", Clock()).told()
    assert row == {
        "up": True, "away_since": None, "standbys": 1, "owner": "10.0.0.5:4573", "owner_since": 1000.0, "token": 7,
    }  # fmt: skip


def test_while_redis_is_away_the_row_does_not_tick() -> None:
    office, clock = Office(), Clock()
    row = OfficeRow(office, "10.0.0.5:4573", clock)
    told = []
    for clock.now, office.redis_away_s in ((1010.0, 2.0), (1013.0, 5.001), (1020.0, None), (1030.0, 1.0)):
        told.append((row.told()["up"], row.told()["away_since"]))
    assert told == [(False, 1008.0), (False, 1008.0), (True, None), (False, 1029.0)]
