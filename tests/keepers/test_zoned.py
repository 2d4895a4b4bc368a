"""Where is a customer supposed to be whose number does not tell?"""

from __future__ import annotations

import pytest

from cti.keepers.zoned import zoned
from cti.model.campaign import Outbound
from cti.model.promise import Number

pytestmark = pytest.mark.unit

NUMBER = "+80012345678"  # of no country


@pytest.mark.parametrize(
    ("known", "supposed", "expected"),
    [
        (("Asia/Shanghai",), "Europe/Rome", ("Asia/Shanghai",)),
        ((), "Europe/Rome", ("Europe/Rome",)),
        ((), None, ("Europe/Berlin",)),
    ],
    ids=["known", "supposed", "ours"],
)
def test_he_is_where_he_may_be(known: tuple[str, ...], supposed: str | None, expected: tuple[str, ...]) -> None:
    outbound = Outbound(zone="Europe/Berlin", suppose_zone=supposed)
    assert zoned(NUMBER, known, outbound) == Number(NUMBER, expected)
