"""May somebody be called at that time, and if not: when?"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.model.campaign import Callbacks, Outbound
from cti.model.dialling import CALLBACKS, Rule
from cti.model.promise import Number
from cti.model.words import RefusedReason
from cti.outbound.appointment import DAY_S, Agreed, Impossible, agree
from cti.outbound.do_not_call import DoNotCall
from cti.outbound.may_dial import Rules

pytestmark = pytest.mark.unit

BERLIN = "Europe/Berlin"
NUMBER = Number("+493012345", (BERLIN,))
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=ZoneInfo(BERLIN)).timestamp()  # a Friday


def moment(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(BERLIN)).timestamp()


def asked(at: float, number: Number = NUMBER, most_days: float = 366.0, **outbound: Any) -> Agreed | Impossible:
    words: dict[str, Any] = {"trunks": {"world": {"dial": "PJSIP/{number}@x", "except_numbers": ["+4990"]}}} | outbound
    written = Outbound.model_validate(words)
    return agree(
        number, at, NOW, Rules(CALLBACKS, written.callbacks, written, DoNotCall(written.do_not_call)), most_days
    )


def test_a_time_within_his_hours_is_taken_as_it_is() -> None:
    assert asked(NOW + 3600) == Agreed(NOW + 3600)
    assert asked(NOW - 30) == Agreed(NOW), "typed a moment ago"


def test_outside_of_his_hours_the_next_moment_is_taken_and_said() -> None:
    found = asked(moment("2026-11-20 22:00"))
    assert isinstance(found, Agreed) and found.due_at == moment("2026-11-21 08:00")
    assert found.moved is not None and found.moved.rule is Rule.WINDOW


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ({"at": NOW - 3600}, RefusedReason.BAD_TIME),
        ({"at": NOW + 367 * DAY_S}, RefusedReason.BAD_TIME),
        ({"at": NOW, "do_not_call": ["+4930*"]}, RefusedReason.NOT_CALLABLE),
        ({"at": NOW, "trunks": {}}, RefusedReason.NOT_CALLABLE),
        ({"at": NOW, "number": Number("+49901234", (BERLIN,))}, RefusedReason.NOT_CALLABLE),
        ({"at": NOW, "callbacks": {"window": {"weekly": {"mon-sun": "closed"}}}}, RefusedReason.BAD_TIME),
    ],
)
def test_what_cannot_be_promised(words: dict[str, Any], reason: RefusedReason) -> None:
    found = asked(**words)
    assert isinstance(found, Impossible) and found.reason is reason
    assert NUMBER.number not in found.why


@settings(max_examples=50)
@given(st.floats(NOW, NOW + 366 * DAY_S))
def test_whatever_is_agreed_is_not_before_it_was_wanted_and_within_his_hours(at: float) -> None:
    found = asked(at)
    assert isinstance(found, Agreed) and at <= found.due_at < at + DAY_S
    assert 8 <= datetime.fromtimestamp(found.due_at, ZoneInfo(BERLIN)).hour < 21
    assert asked(found.due_at) == Agreed(found.due_at)
    assert Callbacks().at_most_ahead_days == 366.0
