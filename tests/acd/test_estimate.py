"""Does the expected wait follow the pace of service, and keep silent where it knows nothing?"""

from __future__ import annotations

import pytest

from cti.acd.estimate import WaitEstimate
from cti.model.words import QueueName

pytestmark = pytest.mark.unit

SALES, SUPPORT = QueueName("sales"), QueueName("support")


def paced(gap_s: float, services: int, *, still_waiting: int = 3) -> WaitEstimate:
    estimate = WaitEstimate()
    for number in range(services):
        estimate.served(SALES, number * gap_s, still_waiting=still_waiting)
    return estimate


def test_nothing_is_known_at_first_and_of_other_queues() -> None:
    assert WaitEstimate().expect_s(SALES, 1) is None
    assert paced(20, 2).expect_s(SALES, 1) is None
    assert paced(20, 50).expect_s(SUPPORT, 1) is None


def test_a_steady_pace_times_the_position() -> None:
    estimate = paced(20, 50)
    assert estimate.expect_s(SALES, 1) == pytest.approx(20)
    assert estimate.expect_s(SALES, 5) == pytest.approx(100)


def test_an_empty_line_is_no_slow_service() -> None:
    """A gap counts only if somebody waited all through it."""
    assert paced(600, 50, still_waiting=0).expect_s(SALES, 1) is None


def test_the_pace_is_followed() -> None:
    estimate = paced(20, 50)
    for number in range(50):
        estimate.served(SALES, 1000 + number * 60, still_waiting=3)
    expected = estimate.expect_s(SALES, 1)
    assert expected == pytest.approx(60, rel=0.05)
