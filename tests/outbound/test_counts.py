"""Are the numbers of people distributed as they should be, and is the shortfall what counting gives?"""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.outbound.counts import MANY, Freed, Number, masses

pytestmark = pytest.mark.unit

NUMBERS = st.builds(lambda mean, factor: Number(mean, mean * factor), st.floats(0, 20), st.floats(0.05, 3))


def test_known_distributions() -> None:
    assert masses(Number(0.0, 0.0)) == [1.0]
    assert masses(Number(1.5, 0.75)) == pytest.approx([1 / 8, 3 / 8, 3 / 8, 1 / 8])  # three coins
    poisson = masses(Number(2.0, 2.0))
    assert poisson[:4] == pytest.approx([math.exp(-2) * 2**k / math.factorial(k) for k in range(4)])
    geometric = masses(Number(1.0, 2.0))
    assert geometric[:4] == pytest.approx([1 / 2, 1 / 4, 1 / 8, 1 / 16])


@given(NUMBERS)
def test_mean_is_kept_and_the_variance_is_not_less(number: Number) -> None:
    chances = masses(number)
    assert all(chance >= 0 for chance in chances)
    assert sum(chances) == pytest.approx(1.0, abs=1e-5)
    mean = sum(k * chance for k, chance in enumerate(chances))
    variance = sum(k * k * chance for k, chance in enumerate(chances)) - mean * mean
    assert mean == pytest.approx(number.mean, abs=1e-3)
    assert variance >= number.variance - 0.02


@given(NUMBERS, NUMBERS, st.integers(-5, 20), st.floats(0, 10))
def test_the_shortfall_is_the_double_sum(coming: Number, freed: Number, free: int, spare: float) -> None:
    found = Freed(freed).shortfall(coming, free, spare)
    pairs = [
        (x - free - y, chance * other)
        for x, chance in enumerate(masses(coming))
        for y, other in enumerate(masses(freed))
    ]
    if coming.mean + freed.mean <= MANY:
        assert found.lost == pytest.approx(sum(max(0, k) * chance for k, chance in pairs), abs=1e-4)
        assert found.over == pytest.approx(sum(chance for k, chance in pairs if k > spare), abs=1e-4)


@given(NUMBERS, NUMBERS, st.integers(0, 20))
def test_one_more_free_agent_never_makes_it_worse(coming: Number, freed: Number, free: int) -> None:
    y = Freed(freed)
    here, better = y.shortfall(coming, free, 1.0), y.shortfall(coming, free + 1, 1.0)
    assert better.lost <= here.lost + 1e-9 and better.over <= here.over + 1e-9


@pytest.mark.parametrize("free", [0, 2, 5, 8])
def test_the_normal_distribution_continues_it(free: int) -> None:
    """On both sides of the number from which it is used."""
    below = Freed(Number(14.0, 12.0)).shortfall(Number(MANY - 14.1, 13.0), free, 2.0)
    above = Freed(Number(14.0, 12.0)).shortfall(Number(MANY - 13.9, 13.0), free, 2.0)
    assert above.lost == pytest.approx(below.lost, rel=0.1, abs=0.06)
    assert above.over == pytest.approx(below.over, abs=0.03)
