"""Which trunk a number takes; and that nothing but a number ever gets into a dial string."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.switch.trunks import Trunk, is_number, way_out

pytestmark = pytest.mark.unit

TRUNKS = {
    "abroad": Trunk("PJSIP/{number}@abroad", ("+",), ("+8816", "+49900")),
    "home": Trunk("PJSIP/0{digits}@home", ("+49", "+43"), ("+49900",)),
}


@pytest.mark.parametrize(
    ("number", "way"),
    [
        ("+4930123456", ("home", "PJSIP/04930123456@home")),
        ("+33140000000", ("abroad", "PJSIP/+33140000000@abroad")),
        ("+49900123456", None),
        ("+881600000000", None),
    ],
)
def test_the_trunk_that_knows_most_of_a_number_takes_it(number: str, way: tuple[str, str] | None) -> None:
    assert way_out(TRUNKS, number) == way


@pytest.mark.parametrize(("name", "dialled"), [("abroad", "PJSIP/+4930123456@abroad"), ("nowhere", None)])
def test_a_trunk_that_is_named(name: str, dialled: str | None) -> None:
    assert way_out(TRUNKS, "+4930123456", name) == (dialled and (name, dialled))
    assert way_out(TRUNKS, "+33140000000", "home") is None, "it may not go there, and no other takes its place"


def test_without_trunks_nobody_is_called() -> None:
    assert way_out({}, "+4930123456") is None


@pytest.mark.parametrize("text", ["", "4930123456", "+0930123456", "+49", "+49301234567890123", "+4930\u0661234567"])
def test_what_is_no_number(text: str) -> None:
    assert not is_number(text)
    with pytest.raises(ValueError, match=r"^not an E\.164 number$"):
        way_out(TRUNKS, text)


@given(st.one_of(st.text(), st.from_regex(r"\+[1-9][0-9]{6,14}[\s\S]{0,6}")))
def test_nothing_is_injected(text: str) -> None:
    """Whatever is given for a number: no second destination, option, header or variable comes of it."""
    try:
        way = way_out(TRUNKS, text)
    except ValueError:
        return
    assert way is None or re.fullmatch(r"PJSIP/[+0-9]+@(abroad|home)", way[1], re.ASCII)
