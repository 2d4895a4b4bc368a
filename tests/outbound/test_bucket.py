"""Does the bucket never give more calls than the carrier's rate allows, in any stretch of time?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.outbound.bucket import TokenBucket

pytestmark = pytest.mark.unit


def test_it_is_full_at_first_and_fills_with_time() -> None:
    bucket = TokenBucket(2.0, 4.0)
    assert bucket.take(100.0, 10) == 4
    assert bucket.take(100.0, 1) == 0
    assert bucket.take(100.5, 5) == 1
    assert bucket.take(103.0, 9) == 4  # no more than it holds


def test_a_slow_rate_gives_one_now_and_then() -> None:
    bucket = TokenBucket(0.1)
    assert [bucket.take(at, 1) for at in (0.0, 5.0, 10.0, 11.0)] == [1, 0, 1, 0]


def test_a_clock_that_goes_back_fills_nothing() -> None:
    bucket = TokenBucket(1.0)
    assert bucket.take(50.0, 1) == 1
    assert bucket.take(10.0, 1) == 0
    assert bucket.take(50.5, 1) == 0
    assert bucket.take(51.0, 1) == 1


@pytest.mark.parametrize(("rate", "size"), [(0.0, 1.0), (-1.0, 1.0), (1.0, 0.5), (float("inf"), 1.0)])
def test_what_could_never_give_a_call_is_refused(rate: float, size: float) -> None:
    with pytest.raises(ValueError, match="more than 0"):
        TokenBucket(rate, size)


@given(st.floats(0.05, 50), st.floats(1, 60), st.lists(st.tuples(st.floats(0, 30), st.integers(0, 80)), max_size=40))
def test_never_more_than_the_rate(rate: float, size: float, asked: list[tuple[float, int]]) -> None:
    bucket, now, given_out = TokenBucket(rate, size), 0.0, []
    for gap_s, wanted in asked:
        now += gap_s
        given_out.append((now, bucket.take(now, wanted)))
    for first, (begin, _) in enumerate(given_out):
        total = 0
        for end, taken in given_out[first:]:
            total += taken
            assert total <= size + rate * (end - begin) + 1e-6
