"""Which numbers must not be dialled?"""

from __future__ import annotations

import pytest

from cti.outbound import do_not_call
from cti.outbound.do_not_call import DoNotCall

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("pattern", "no", "yes"),
    [
        ("+4990*", ["+4990", "+499012345"], ["+4989", "4990"]),
        ("+1900xxxxxxx", ["+19005551234"], ["+1900555123", "+190055512345"]),
        ("911", ["911"], ["9111", "0911"]),
    ],
)
def test_patterns(pattern: str, no: list[str], yes: list[str]) -> None:
    list_ = DoNotCall([pattern])
    assert all(list_.says_no(number) for number in no)
    assert not any(list_.says_no(number) for number in yes)


def test_without_patterns_nothing_is_forbidden() -> None:
    assert not DoNotCall().says_no("+4930123")


def test_wishes_hold_at_once_and_outlive_a_change_of_patterns() -> None:
    list_ = DoNotCall()
    list_.wished("+4930123")
    assert list_.says_no("+4930123")
    assert list_.with_patterns(["+1*"]).says_no("+4930123")


def test_wishes_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(do_not_call, "MOST_WISHES", 2)
    list_ = DoNotCall()
    for number in ("+1", "+2", "+3"):
        list_.wished(number)
    assert [bool(list_.says_no(number)) for number in ("+1", "+2", "+3")] == [False, True, True]


def test_no_reason_contains_the_number() -> None:
    assert "4930" not in DoNotCall(["+4930*"]).says_no("+4930123")


@pytest.mark.parametrize(
    ("caller", "number"),
    [("+493012345", "+493012345"), ("00493012345", "+493012345"), ("03012345", ""), ("anonymous", ""), ("", "")],
)
def test_a_callers_number_is_known_where_it_has_its_country(caller: str, number: str) -> None:
    assert do_not_call.whole(caller) == number
