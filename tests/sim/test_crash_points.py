"""Is every step of an attempt's life counted, in order?"""

from __future__ import annotations

import pytest

from cti.sim.crash_points import NOT_OF_LEADS, CrashPoint

pytestmark = pytest.mark.unit


def test_the_steps_are_counted_without_a_gap() -> None:
    assert [point.value for point in CrashPoint] == list(range(1, len(CrashPoint) + 1))
    assert set(CrashPoint) > NOT_OF_LEADS


def test_nothing_is_sent_before_it_is_written_down_and_nothing_is_settled_before_it_has_ended() -> None:
    assert CrashPoint.INTENDED < CrashPoint.SENT < CrashPoint.ENDED < CrashPoint.SETTLED
