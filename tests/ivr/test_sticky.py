"""Do shares come out as stated, and the same for the same customer?"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.ivr.sticky import choose, place

pytestmark = pytest.mark.unit


@settings(deadline=None)
@given(st.text(), st.text())
def test_a_place_is_in_range_and_stays(salt: str, customer: str) -> None:
    assert 0 <= place(salt, customer) < 1
    assert place(salt, customer) == place(salt, customer)


def test_shares_come_out_as_stated_and_experiments_do_not_go_together() -> None:
    people = [f"+49{number}" for number in range(4000)]
    first = [choose({"a": 20, "b": 80}, "one", person) for person in people]
    second = [choose({"a": 20, "b": 80}, "two", person) for person in people]
    assert 0.17 < first.count("a") / len(people) < 0.23
    both = sum(one == other == "a" for one, other in zip(first, second, strict=True))
    assert 0.02 < both / len(people) < 0.06


@settings(deadline=None)
@given(st.dictionaries(st.text(min_size=1), st.integers(0, 5), min_size=1), st.text())
def test_nobody_falls_into_an_empty_share(shares: dict[str, int], customer: str) -> None:
    chosen = choose(shares, "s", customer)
    assert shares[chosen] > 0 or not any(shares.values())
