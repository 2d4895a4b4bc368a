"""Is what people type read as the number they mean, and never as another one?"""

from __future__ import annotations

from zoneinfo import ZoneInfo

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from phonenumbers.tzdata import TIMEZONE_DATA

from cti.lists.numbers import Fault, Number, known_region, known_zone, outermost, read_number, read_pattern

pytestmark = pytest.mark.unit

LONDON, SHANGHAI = ("Europe/London",), ("Asia/Shanghai",)
EXAMPLES = sorted(phonenumbers.SUPPORTED_REGIONS)


@pytest.mark.parametrize(
    ("text", "region", "e164", "zones"),
    [
        ("+44 20 7946 0123", None, "+442079460123", LONDON),
        ("020 7946 0123", "GB", "+442079460123", LONDON),
        ("  (020) 7946-0123 ", "GB", "+442079460123", LONDON),
        ("0044 20 79460123", "GB", "+442079460123", LONDON),
        ("138 0013 8000", "CN", "+8613800138000", SHANGHAI),
        ("１３８００１３８０００", "CN", "+8613800138000", SHANGHAI),
        ("010-12345678", "CN", "+861012345678", SHANGHAI),
        ('="+442079460123"', "CN", "+442079460123", LONDON),
        ("'02079460123", "GB", "+442079460123", LONDON),
        ("tel:+44-20-7946-0123", None, "+442079460123", LONDON),
    ],
)
def test_what_people_type(text: str, region: str | None, e164: str, zones: tuple[str, ...]) -> None:
    assert read_number(text, region) == Number(e164, zones)


@pytest.mark.parametrize(
    ("text", "region", "fault"),
    [
        ("", "GB", Fault.EMPTY),
        (" \t", "GB", Fault.EMPTY),
        ("n/a", "GB", Fault.NOT_A_NUMBER),
        ("=1+1", "GB", Fault.NOT_A_NUMBER),
        ("9" * 61, "GB", Fault.NOT_A_NUMBER),
        ("8.6138E+12", "CN", Fault.ROUNDED),
        ("8,6138e12", "CN", Fault.ROUNDED),
        ("02079460123", None, Fault.NO_COUNTRY),
        ("+999 12345678", "GB", Fault.NO_COUNTRY),
        ("02079", "GB", Fault.TOO_SHORT),
        ("+44 20 7946 0123 4567 89", "GB", Fault.TOO_LONG),
        ("+86 100 0000 0000", None, Fault.NOT_IN_PLAN),
        ("+44 20 7946 0123 ext 5", None, Fault.EXTENSION),
        ("+44 909 879 0123", None, Fault.PREMIUM),
        ("999", "GB", Fault.TOO_SHORT),
    ],
)
def test_what_is_no_number(text: str, region: str | None, fault: Fault) -> None:
    assert read_number(text, region) is fault


@settings(deadline=None)
@given(st.sampled_from(EXAMPLES))
def test_a_number_of_every_country_comes_back_as_itself(region: str) -> None:
    example = phonenumbers.example_number(region)
    assert example is not None
    for form in (0, 1, 2, 3):
        found = read_number(phonenumbers.format_number(example, form), region)
        assert isinstance(found, Number) and found.e164 == phonenumbers.format_number(example, 0)
        assert 0 < len(found.zones) <= 4 or region in ("TA",)


@settings(deadline=None)
@given(st.text(max_size=80), st.sampled_from([None, "CN", "US"]))
def test_any_text_is_a_number_or_a_reason(text: str, region: str | None) -> None:
    found = read_number(text, region)
    if isinstance(found, Number):
        assert found.e164.startswith("+") and found.e164[1:].isdigit() and 8 <= len(found.e164) <= 16
        assert read_number(found.e164, None) == found


def test_the_zones_of_a_country_are_those_of_all_its_numbers() -> None:
    """What the short cut by country code relies on."""
    for beginning, zones in TIMEZONE_DATA.items():
        for length in (1, 2, 3):
            code = beginning[:length]
            if int(code) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE and code in TIMEZONE_DATA:
                assert set(zones) <= set(TIMEZONE_DATA[code])


def test_of_many_zones_the_outermost_are_kept() -> None:
    toll_free = read_number("+1 800 555 1234", None)
    assert isinstance(toll_free, Number)
    assert {"Pacific/Guam", "America/Adak"} & set(toll_free.zones) and 2 <= len(toll_free.zones) <= 4
    assert outermost(("Europe/London", "Nowhere/Else", "Europe/Berlin", "Europe/Paris")) == (*LONDON, "Europe/Berlin")
    assert outermost(()) == () == outermost(("Etc/Unknown",))


def test_names() -> None:
    assert known_zone("Asia/Shanghai") and ZoneInfo("Asia/Shanghai")
    assert not any(known_zone(name) for name in ("", "Asia", "../etc/passwd", "Etc/Unknown", "asia/Nowhere", "/x"))
    assert known_region("CN") and not known_region("ZZ")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("020 7946 0123", "+442079460123"),
        ("+44 20*", "+4420*"),
        ("+4*", "+4*"),
        ("+*", Fault.NOT_A_NUMBER),
        ("*", Fault.NOT_A_NUMBER),
        ("44*", Fault.NOT_A_NUMBER),
        ("+44*1", Fault.NOT_A_NUMBER),
        ("", Fault.EMPTY),
    ],
)
def test_patterns(text: str, meant: str) -> None:
    assert read_pattern(text, "GB") == meant
