"""Does the engine's row tell since when nothing can be written, and change only when something happens?"""

from __future__ import annotations

import pytest

from cti.metrics.store_row import StoreRow

pytestmark = pytest.mark.unit


def test_while_the_store_is_away_the_row_does_not_tick() -> None:
    now, why = 1000.0, ""
    row = StoreRow(lambda: why, lambda: now)
    told = []
    for now, why in ((1000.0, ""), (1010.0, "full"), (1013.0, "full"), (1020.0, ""), (1030.0, "locked")):  # noqa: B007
        told.append((row.told()["why"], row.told()["since"]))
    assert told == [("", None), ("full", 1010.0), ("full", 1010.0), ("", None), ("locked", 1030.0)]


def test_a_warning_says_for_how_long() -> None:
    now, why = 1000.0, "database or disk is full"
    row = StoreRow(lambda: why, lambda: now)
    row.told()
    now = 1042.4
    assert row.in_words() == "the store takes nothing for 42 s: database or disk is full"
    why = ""
    assert row.in_words() == ""
