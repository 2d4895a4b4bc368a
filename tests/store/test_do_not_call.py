"""Is nobody called who asked not to be, whatever the wish covers, and is the wish never lost?"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.store.database import Store
from cti.store.do_not_call import Entry, add_entries, add_entry, blocked, blocked_of, end_entries, entries_of, keys_of

pytestmark = pytest.mark.contract

NOW = 1_700_000_000.0
NUMBER, OTHER = "+442079460001", "+442079460002"


def entry(pattern: str = NUMBER, campaign: str = "", until: float | None = None, at: float = NOW) -> Entry:
    return Entry(pattern, campaign, "asked", "eva", at, until)


def test_at_first_everybody_may_be_called(store: Store) -> None:
    assert blocked(store, NUMBER, "winter", NOW) is None


@pytest.mark.parametrize(
    ("pattern", "campaign", "of_winter", "of_summer"),
    [
        (NUMBER, "", True, True),
        (NUMBER, "winter", True, False),
        ("+4420*", "", True, True),
        ("+4*", "summer", False, True),
        (f"{NUMBER}*", "", True, True),
        (OTHER, "", False, False),
        ("+45*", "", False, False),
    ],
)
def test_a_number_a_beginning_and_a_campaign(
    store: Store, pattern: str, campaign: str, of_winter: bool, of_summer: bool
) -> None:
    assert add_entry(store, entry(pattern, campaign))
    assert (blocked(store, NUMBER, "winter", NOW) is not None) == of_winter
    assert (blocked(store, NUMBER, "summer", NOW) is not None) == of_summer


def test_a_wish_holds_from_when_to_when_it_says(store: Store) -> None:
    add_entry(store, entry(until=NOW + 60))
    held = [blocked(store, NUMBER, "winter", NOW + s) is not None for s in (-1, 0, 59, 60)]
    assert held == [False, True, True, False]


def test_the_same_wish_again_is_nothing_new_unless_it_lasts_longer(store: Store) -> None:
    assert [add_entry(store, entry(until=until)) for until in (NOW + 9, NOW + 9, NOW + 8, NOW + 10, None, None)] == [
        True, False, False, True, True, False,
    ]  # fmt: skip
    assert add_entry(store, entry(campaign="winter"))


def test_an_ended_wish_stays_to_be_seen(store: Store) -> None:
    add_entry(store, entry())
    add_entry(store, entry("+44*"))
    assert end_entries(store, NUMBER, "", "ben", NOW + 5) == 1
    assert end_entries(store, NUMBER, "", "ben", NOW + 6) == 0
    assert blocked(store, NUMBER, "winter", NOW + 5) == entry("+44*")
    assert [(each.pattern, each.until, each.ended_by) for each in entries_of(store, NUMBER)] == [
        (NUMBER, NOW + 5, "ben"),
        ("+44*", None, ""),
    ]
    assert add_entry(store, entry(at=NOW + 7)), "asked again after it had ended"


def test_many_at_once(store: Store) -> None:
    numbers = [f"+4420794{n:05}" for n in range(12_000)]
    with store.durable.begin() as connection:
        assert add_entries(connection, [entry(number) for number in numbers[::2]]) == 6_000
        assert add_entries(connection, [entry(number) for number in numbers[:10]]) == 5
    with store.engine.connect() as connection:
        assert set(blocked_of(connection, numbers, "winter", NOW)) == {*numbers[::2], *numbers[:10]}


@settings(deadline=None)
@given(st.text("0123456789", min_size=1, max_size=15))
def test_the_keys_of_a_number_are_its_beginnings(digits: str) -> None:
    number = f"+{digits}"
    keys = keys_of(number)
    assert keys[0] == number and len(keys) == len(set(keys)) == 1 + len(digits)
    assert all(number.startswith(key[:-1]) and key.endswith("*") for key in keys[1:])
