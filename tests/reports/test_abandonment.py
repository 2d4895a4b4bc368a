"""Is the curve of patience the one of Kaplan and Meier?"""

from __future__ import annotations

import pytest

from .conftest import NOON, Teller

pytestmark = pytest.mark.unit


def test_the_curve(teller: Teller, rows) -> None:  # type: ignore[no-untyped-def]
    for number, (outcome, wait_s) in enumerate(
        [("abandoned", 1.0), ("answered", 1.5), ("abandoned", 4.0), ("answered", 9.0), ("abandoned", 20.0)]
    ):
        teller.call(f"n/{number}", NOON + 100 * number, outcome, wait_s)
    found = rows("abandonment", step="15m")
    assert [(row["wait_s"], row["reached_wait"], row["left_here"], row["answered"]) for row in found] == [
        (1.0, 5, 1, 1),
        (4.0, 3, 1, 0),
        (9.0, 2, 0, 1),
        (20.0, 1, 1, 0),
    ]
    assert [row["patience"] for row in found] == pytest.approx([1.0, 0.8, 0.8 * 2 / 3, 0.8 * 2 / 3])
