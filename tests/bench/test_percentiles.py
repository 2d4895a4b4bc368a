"""Which value a percentile is, in both ways of telling one."""

import math

import pytest

from bench.percentiles import percentile, quantile

pytestmark = pytest.mark.unit

HUNDRED = [float(number) for number in range(100, 0, -1)]


def test_percentile_is_a_value_that_occurred() -> None:
    assert percentile(HUNDRED, 0.50) == 50.0
    assert percentile(HUNDRED, 0.99) == 99.0
    assert percentile([7.0], 0.99) == 7.0
    assert math.isnan(percentile([], 0.5))


def test_a_quantile_is_the_value_behind_so_many() -> None:
    assert quantile(HUNDRED, 0.50) == 51.0
    assert quantile(HUNDRED, 0.99) == quantile(HUNDRED, 1.0) == 100.0
    assert quantile([7.0], 0.5) == 7.0
