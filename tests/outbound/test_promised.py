"""Does every name of a promise lead back to it, and to no other?"""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.model.dialling import CallbackKind, CallbackState, LeadId
from cti.model.promise import Number, Promise, Tried
from cti.model.words import ContactId, DialResult
from cti.outbound.callbacks import CALLBACKS
from cti.outbound.promised import attempt_told, contact_of, newest_attempt, of_attempt, of_contact, told

pytestmark = pytest.mark.unit

NUMBER = "+4930123456"
PROMISE = Promise(LeadId(1), CallbackKind.VIRTUAL_HOLD, Number(NUMBER), "sales", 1.0, 2.0)


@given(st.integers(1, 10**12), st.integers(0, 50))
def test_names_lead_back(name: int, tried: int) -> None:
    tries = tuple(Tried(1.0, CALLBACKS, LeadId(name), NUMBER, at + 1) for at in range(tried))
    waiting = msgspec.structs.replace(PROMISE, id=LeadId(name), tries=tries)
    assert of_contact(contact_of(waiting)) == name
    again = Tried(1.0, CALLBACKS, LeadId(name), NUMBER, tried + 1)
    dialling = msgspec.structs.replace(waiting, state=CallbackState.DIALLING, tries=(*tries, again))
    assert contact_of(dialling) == contact_of(waiting), "the contact that waits is the one that is dialled"
    assert of_attempt(newest_attempt(dialling)) == name


@pytest.mark.parametrize("name", ["node1/1700.5", "callbacks", "callbacks/x-1", "winter-7-1", "", "callbacks-"])
def test_others_are_none_of_ours(name: str) -> None:
    assert of_contact(ContactId(name)) is None and of_attempt(name) is None


def test_facts_hold_nothing_personal() -> None:
    for fact in (told(PROMISE, None, 5.0, "x"), attempt_told(PROMISE, DialResult.UNKNOWN, 5.0, "x")):
        assert NUMBER not in str(fact) and fact.outbound
