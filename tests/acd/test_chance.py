"""Does the same seed give the same draws, and are they spread evenly?"""

from __future__ import annotations

import pytest

from cti.acd.chance import Chance

pytestmark = pytest.mark.unit


def test_the_same_seed_gives_the_same_draws() -> None:
    one, two, other = Chance(7), Chance(7), Chance(8)
    draws = [one.draw() for _ in range(100)]
    assert draws == [two.draw() for _ in range(100)]
    assert draws != [other.draw() for _ in range(100)]


def test_draws_are_inside_the_open_interval_and_even() -> None:
    chance = Chance()
    draws = [chance.draw() for _ in range(20_000)]
    assert all(0.0 < draw < 1.0 for draw in draws)
    tenths = [sum(int(draw * 10) == tenth for draw in draws) for tenth in range(10)]
    assert all(1_800 < count < 2_200 for count in tenths)
