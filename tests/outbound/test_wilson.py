"""Is it Wilson's interval?"""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.outbound.wilson import Z95, interval

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(85, 100, 0.76716, 0.90694), (9, 10, 0.59585, 0.98212), (0, 20, 0.0, 0.16113)],
)
def test_known_intervals(hits: int, of: int, low: float, high: float) -> None:
    found = interval(hits, of)
    assert found is not None
    assert found == pytest.approx((low, high), abs=5e-6)


def test_nothing_seen_is_no_interval() -> None:
    assert interval(0, 0) is None


@given(st.integers(1, 10**6), st.floats(0, 1))
def test_the_ends_are_where_the_share_is_z_errors_away(of: int, part: float) -> None:
    """What defines it: |share - end| = z sqrt(end (1 - end) / n)."""
    hits = round(part * of)
    found = interval(hits, of)
    assert found is not None
    assert 0.0 <= found.low <= hits / of <= found.high <= 1.0
    for end in found:
        if 0.0 < end < 1.0:
            assert abs(hits / of - end) == pytest.approx(Z95 * math.sqrt(end * (1 - end) / of), rel=1e-5, abs=1e-9)
