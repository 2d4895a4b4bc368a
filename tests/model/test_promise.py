"""A promise goes to the store and back, and an old one is read by a newer engine."""

from __future__ import annotations

import msgspec
import pytest

from cti.model.dialling import AttemptResult, CallbackKind, CallbackState, CampaignName, LeadId
from cti.model.promise import Number, Promise, Tried

pytestmark = pytest.mark.unit

TRIED = Tried(5.0, CampaignName("callbacks"), LeadId(7), "+4930123456", 1, AttemptResult.BUSY)
WHOLE = Promise(
    LeadId(7),
    CallbackKind.VIRTUAL_HOLD,
    Number("+4930123456", ("Europe/Berlin",)),
    "sales",
    1.0,
    2.0,
    since=0.5,
    state=CallbackState.DIALLING,
    tries=(TRIED,),
    requires={"en": 2},
    customer={"segment": "gold"},
)


def test_it_comes_back_as_it_was() -> None:
    assert msgspec.json.decode(msgspec.json.encode(WHOLE), type=Promise) == WHOLE


def test_words_of_a_newer_engine_do_not_stop_an_older_one() -> None:
    newer = msgspec.json.decode(msgspec.json.encode(WHOLE)) | {"colour": "green"}
    assert msgspec.convert(newer, Promise) == WHOLE


@pytest.mark.parametrize(
    ("result", "counts"), [(None, True), (AttemptResult.NOT_DIALLED, False), (AttemptResult.BUSY, True)]
)
def test_only_a_phone_that_may_have_rung_counts(result: AttemptResult | None, counts: bool) -> None:
    assert msgspec.structs.replace(TRIED, result=result).counts is counts
