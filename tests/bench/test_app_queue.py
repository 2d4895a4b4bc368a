"""Does the model of app_queue keep app_queue's rules?"""

from __future__ import annotations

import pytest

from bench.app_queue import RETRY_S, Stay, WeightedQueues

pytestmark = pytest.mark.unit


def played(
    calls: list[tuple[float, str, float]], members: int = 1, patience_s: float = 1e6
) -> dict[tuple[str, float], Stay]:
    queues = WeightedQueues({"high": 2, "low": 1}, members)
    for at, queue, talk_s in calls:
        queues.call(at, queue, talk_s, patience_s)
    return {(stay.queue, stay.came_at): stay for stay in queues.run()}


def test_who_finds_a_free_member_is_served_at_once() -> None:
    assert played([(3.2, "low", 10.0)])["low", 3.2].wait_s == 0.0


def test_nobody_is_woken_he_looks_every_second() -> None:
    assert played([(0.0, "low", 10.0), (2.7, "low", 1.0)])["low", 2.7].wait_s == pytest.approx(8.0)  # 10.7, not 10.0


def test_the_heavier_queue_goes_first() -> None:
    found = played([(0.0, "low", 10.0), (1.5, "low", 5.0), (8.2, "high", 5.0)])
    assert found["high", 8.2].wait_s == pytest.approx(2.0)  # at 10.2
    assert found["low", 1.5].wait_s > found["high", 8.2].wait_s


def test_who_is_held_back_is_deaf_for_the_retry_time() -> None:
    """At 10.1 the member is free, but a heavier queue has a caller (who looks at 10.9): so he sleeps 5 s."""
    found = played([(0.0, "low", 10.0), (2.1, "low", 5.0), (8.9, "high", 1.0)])
    assert found["low", 2.1].wait_s == pytest.approx(8.0 + RETRY_S)


def test_with_more_members_than_heavier_callers_nobody_is_held_back() -> None:
    """compare_weight: only a queue with at least as many callers as available members takes precedence."""
    calls = [(0.0, "low", 10.0), (0.0, "low", 10.0), (2.1, "low", 5.0), (8.9, "high", 1.0)]
    assert played(calls, members=2)["low", 2.1].wait_s == pytest.approx(8.0)


def test_callers_beyond_the_free_members_wait_for_their_turn() -> None:
    found = played([(0.0, "low", 10.0), (1.0, "low", 10.0), (2.0, "low", 10.0)])
    assert found["low", 1.0].wait_s < found["low", 2.0].wait_s


def test_who_gives_up_is_gone() -> None:
    found = played([(0.0, "low", 10.0), (1.0, "low", 10.0), (2.0, "low", 10.0)], patience_s=12.0)
    assert [stay.answered for stay in found.values()] == [True, True, False]
