"""Is a change noticed soon, and is what is only chance left alone?"""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.outbound.regime import RegimeWatch

pytestmark = pytest.mark.unit


def noticed_after(ratio: float, seed: int, most: int) -> int | None:
    """Events expected until it speaks up, where `ratio` times as many come."""
    rng, watch = Random(f"{ratio}/{seed}"), RegimeWatch()
    for step in range(most * 10):
        if watch.feed(float(rng.random() < 0.1 * ratio), 0.1) is not None:
            return step // 10
    return None


@pytest.mark.parametrize("ratio", [2.5, 2.0, 0.5, 0.35])
def test_a_change_is_noticed_within_some_tens_of_events(ratio: float) -> None:
    delays = [noticed_after(ratio, seed, 400) for seed in range(20)]
    found = [delay for delay in delays if delay is not None]
    assert len(found) == 20 and sum(found) / 20 < 60


def test_chance_is_left_alone() -> None:
    assert sum(noticed_after(1.0, seed, 300) is not None for seed in range(20)) <= 4


def test_it_says_since_when_and_begins_anew() -> None:
    watch = RegimeWatch()
    for _ in range(200):
        assert watch.feed(1.0, 1.0) is None
    found = None
    while found is None:
        found = watch.feed(3.0, 1.0)
    assert found.seen == 3 * found.expected and 2.0 < found.ratio < 3.0  # only what came since the change
    assert watch.feed(1.0, 1.0) is None


@given(st.lists(st.tuples(st.integers(0, 3), st.floats(0, 3)), max_size=60))
def test_the_rhythm_of_asking_does_not_matter_while_little_happens(steps: list[tuple[int, float]]) -> None:
    """Fed with nothing in between, it says the same."""
    plain, often = RegimeWatch(), RegimeWatch()
    for seen, expected in steps:
        one = plain.feed(seen, expected)
        often.feed(0.0, 0.0)
        assert often.feed(seen, expected) == one
