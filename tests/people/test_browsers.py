"""Is a browser known as those who have signed in from it, for a while, and as nobody else?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.people.browsers import KEEP_S, MOST_NAMES, known, remember
from cti.people.sealing import Seal

pytestmark = pytest.mark.unit

SEAL = Seal("a-secret-of-the-web-for-tests")
NOW = 1_000_000.0


def test_known_after_the_first_sign_in_until_it_is_too_old() -> None:
    assert known(SEAL, "", "eva", NOW) == ""
    cookie = remember(SEAL, "", "eva", NOW)
    assert known(SEAL, cookie, "eva", NOW) == known(SEAL, cookie, "Eva", NOW + KEEP_S - 1) != ""
    assert known(SEAL, cookie, "eva", NOW + KEEP_S + 1) == ""
    assert known(SEAL, cookie, "ben", NOW) == "" == known(Seal("x" * 24), cookie, "eva", NOW)


def test_each_sign_in_makes_it_new_and_those_who_share_it_stay() -> None:
    cookie = remember(SEAL, "", "eva", NOW)
    both = remember(SEAL, cookie, "ben", NOW)
    again = remember(SEAL, both, "eva", NOW + 1)
    assert known(SEAL, both, "eva", NOW) == known(SEAL, cookie, "eva", NOW) != known(SEAL, again, "eva", NOW + 1)
    assert known(SEAL, again, "ben", NOW + 1) == known(SEAL, both, "ben", NOW)
    assert len(again.split("~")) == 2


def test_at_most_so_many_share_one() -> None:
    cookie = ""
    for number in range(MOST_NAMES + 2):
        cookie = remember(SEAL, cookie, f"n{number}", NOW)
    assert [bool(known(SEAL, cookie, f"n{n}", NOW)) for n in range(MOST_NAMES + 2)] == [False] * 2 + [True] * MOST_NAMES


@given(st.text(max_size=200))
def test_no_nonsense_is_known_or_fails(cookie: str) -> None:
    assert known(SEAL, cookie, "eva", NOW) == ""
    assert known(SEAL, remember(SEAL, cookie, "eva", NOW), "eva", NOW)
