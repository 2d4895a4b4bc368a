"""Is guessing slow, for one name, for all, from anywhere, and is nobody locked out by somebody else?"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.people.throttle import (
    FIRST_S,
    IN_A_ROW,
    MAX_ROWS,
    MOST_S,
    PER_ADDRESS,
    PER_NAME,
    WINDOW_S,
    Throttle,
    network_of,
)

pytestmark = pytest.mark.unit


def test_a_few_in_a_row_lock_the_pair_and_each_next_one_twice_as_long() -> None:
    throttle, now = Throttle(), 0.0
    for _ in range(IN_A_ROW):
        assert throttle.begin("eva", "10.0.0.1", now) == 0
    waits = []
    for _ in range(4):
        wait_s = throttle.begin("eva", "10.0.0.1", now)
        waits.append(wait_s)
        now += wait_s
        assert throttle.begin("eva", "10.0.0.1", now) == 0
    assert waits == [FIRST_S, 2 * FIRST_S, 4 * FIRST_S, 8 * FIRST_S]
    throttle.succeeded("eva", "10.0.0.1", now)
    assert throttle.begin("eva", "10.0.0.1", now) == 0


def test_a_name_that_is_guessed_from_everywhere_still_signs_in_from_where_it_is_known() -> None:
    throttle = Throttle()
    throttle.begin("eva", "10.0.0.1", 0.0)
    throttle.succeeded("eva", "10.0.0.1", 0.0)
    waits = [throttle.begin("eva", f"198.51.100.{n}", 1.0) for n in range(PER_NAME + 1)]
    assert waits[-1] > 0 and not any(waits[:-1])
    assert throttle.begin("eva", "203.0.113.1", 1.0) > 0
    assert throttle.begin("eva", "10.0.0.1", 1.0) == 0
    assert throttle.begin("eva", "203.0.113.1", 2.0 + WINDOW_S) == 0


def test_an_address_that_guesses_names_is_stopped_and_its_known_names_are_not() -> None:
    throttle = Throttle()
    throttle.begin("ben", "10.0.0.1", 0.0)
    throttle.succeeded("ben", "10.0.0.1", 0.0)
    assert [throttle.begin(f"n{n}", "10.0.0.1", 1.0) > 0 for n in range(PER_ADDRESS + 1)][-2:] == [False, True]
    assert throttle.begin("ben", "10.0.0.1", 1.0) == 0 and throttle.begin("n", "10.0.0.2", 1.0) == 0


def test_a_network_of_ipv6_is_one_address() -> None:
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff:2") != network_of("2001:db8:0:1::1")
    assert network_of("::ffff:10.0.0.1") == "10.0.0.1" and network_of("nonsense") == "?"


@given(st.lists(st.tuples(st.floats(0, 100), st.booleans()), max_size=60))
@settings(max_examples=50, deadline=None)
def test_no_wait_is_longer_than_said_and_waiting_it_is_enough(tries: list[tuple[float, bool]]) -> None:
    throttle, now = Throttle(), 0.0
    for after_s, right in tries:
        now += after_s
        wait_s = throttle.begin("eva", "10.0.0.1", now)
        assert 0 <= wait_s <= max(MOST_S, WINDOW_S)
        if wait_s:
            now += wait_s
            assert throttle.begin("eva", "10.0.0.1", now + 1e-6) == 0
        if right:
            throttle.succeeded("eva", "10.0.0.1", now)


def test_a_browser_that_is_known_is_held_up_by_nobody_else_and_has_a_limit_of_its_own() -> None:
    throttle = Throttle()
    for _ in range(PER_ADDRESS + 1):  # a colleague behind the same address guesses this name
        throttle.begin("eva", "10.0.0.1", 0.0)
    assert throttle.begin("eva", "10.0.0.1", 0.0) > 0
    assert [throttle.begin("eva", "10.0.0.1", 0.0, "her-browser") for _ in range(IN_A_ROW)] == [0.0] * IN_A_ROW
    assert throttle.begin("eva", "10.0.0.1", 0.0, "her-browser") == FIRST_S
    assert throttle.begin("eva", "10.0.0.1", FIRST_S, "her-browser") == 0
    throttle.succeeded("eva", "10.0.0.1", FIRST_S, "her-browser")
    assert throttle.begin("eva", "10.0.0.1", FIRST_S, "her-browser") == 0
    assert throttle.begin("eva", "10.0.0.1", 0.0) > 0  # that she is in does not help who guesses


def test_a_flood_of_made_up_names_from_a_known_address_gives_nobody_more_guesses() -> None:
    throttle, now = Throttle(), 1_000.0
    throttle.begin("eva", "192.0.2.1", now)
    throttle.succeeded("eva", "192.0.2.1", now)
    tries = 0
    for _ in range(3):
        while throttle.begin("eva", "192.0.2.1", now) == 0.0:
            tries += 1
        for number in range(MAX_ROWS + 1):
            throttle.begin(f"nobody{number}", "192.0.2.1", now)
    assert tries == IN_A_ROW


def test_who_is_held_up_keeps_his_row_while_others_come() -> None:
    throttle, now = Throttle(), 1_000.0
    while throttle.begin("eva", "192.0.2.1", now) == 0.0:
        pass
    for number in range(MAX_ROWS + 10):  # from everywhere
        throttle.begin(f"nobody{number}", f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", now)
    assert throttle.begin("eva", "192.0.2.1", now) > 0.0
