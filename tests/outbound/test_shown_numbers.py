"""Is each try counted once, and does a promise see another number only where the day's share is used up?"""

from __future__ import annotations

import pytest

from cti.model.campaign import Callbacks, Outbound
from cti.model.dialling import LeadId, Rule
from cti.outbound.shown_numbers import ShownNumbers
from cti.outbound.verdict import Reason

pytestmark = pytest.mark.unit

NOW, DAY_S = 1_700_006_400.0, 86_400.0  # 00:00 UTC
ONE, TWO = LeadId(1), LeadId(2)
OURS = ("+4930100", "+4989100")
CALLEE = "+498912345"


def numbers(**pool: object) -> ShownNumbers:
    outbound = Outbound.model_validate({"caller_ids": {"ours": {"numbers": OURS, **pool}}})
    return ShownNumbers(Callbacks(caller_ids="ours"), outbound)


def test_the_pool_chooses() -> None:
    assert numbers(choose="area").choose(ONE, CALLEE, NOW) == OURS[1]
    assert ShownNumbers(Callbacks(), Outbound()).choose(ONE, CALLEE, NOW) == ""


def test_what_is_not_dialled_uses_up_nothing() -> None:
    ours = numbers(per_day=1)
    first = ours.choose(ONE, CALLEE, NOW)
    assert all(ours.choose(ONE, CALLEE, NOW + each) == first for each in range(10))
    assert ours.choose(TWO, CALLEE, NOW) in set(OURS) - {first}
    ours.not_shown(TWO)
    assert ours.choose(LeadId(3), CALLEE, NOW) in OURS


def test_each_try_is_counted_and_the_share_of_the_day_holds() -> None:
    ours = numbers(per_day=1)
    for _ in OURS:
        assert ours.choose(ONE, CALLEE, NOW) in OURS
        ours.shown(ONE)
    assert ours.choose(ONE, CALLEE, NOW) == Reason(
        Rule.NO_CALLER_ID, NOW + DAY_S, "each number was shown per_day times"
    )
    assert ours.choose(ONE, CALLEE, NOW + DAY_S) in OURS


def test_a_new_pool_is_chosen_from_at_once() -> None:
    ours = numbers()
    ours.choose(ONE, CALLEE, NOW)
    ours.follow(Callbacks(caller_ids="b"), Outbound.model_validate({"caller_ids": {"b": {"numbers": ["+4940100"]}}}))
    assert ours.choose(ONE, CALLEE, NOW) == "+4940100"
