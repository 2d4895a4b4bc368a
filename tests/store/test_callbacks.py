"""Does a request become one promise, and does a promise outlive the engine as it stood?"""

from __future__ import annotations

import msgspec
import pytest

from cti.model.dialling import CallbackKind, CallbackState
from cti.model.promise import Number, Promise
from cti.store.attempts import Attempt, ended, intend
from cti.store.callback_request import CallbackRequest, take_over
from cti.store.callbacks import ROOM, keep, open_promises, promises, take_requests
from cti.store.database import Store

pytestmark = pytest.mark.unit

NUMBER = "+4930123456"


def place(number: str, queue: str) -> tuple[Number, str] | None:
    return (Number(NUMBER, ("Europe/Berlin",)), queue or "sales") if number != "1001" else None


def asked(store: Store, name: str = "flow-1", number: str = "030123456", **more: str) -> None:
    take_over(store, CallbackRequest(name, 10.0, number, number, **more), 11.0)


def one(store: Store, **more: str) -> Promise:
    asked(store, **more)
    ((promise,), _) = take_requests(store, place)
    return promise


def test_a_request_becomes_one_promise_once(store: Store) -> None:
    asked(store, uniqueid="n1/5.1", queue="support")
    ((promise,), unusable) = take_requests(store, place)
    assert (promise.number.number, promise.given, promise.queue) == (NUMBER, "030123456", "support")
    assert (promise.kind, promise.call, promise.since, unusable) == (CallbackKind.VIRTUAL_HOLD, "n1/5.1", 10.0, 0)
    assert take_requests(store, place) == ([], 0)
    assert open_promises(store) == promises(store) == [promise]


def test_one_of_a_time_without_an_engine_is_of_somebody_who_gave_up(store: Store) -> None:
    assert one(store).kind is CallbackKind.ABANDONED


def test_what_cannot_be_called_is_told_and_stays_where_it_is(store: Store) -> None:
    asked(store, number="1001")
    assert take_requests(store, place) == ([], 1)
    assert take_requests(store, place) == ([], 0)


def test_it_stands_as_it_was_last_kept(store: Store) -> None:
    promise = one(store)
    later = msgspec.structs.replace(promise, due_at=500.0, since=1.0, requires={"en": 2})
    keep(store, [later])
    assert open_promises(store) == [later]
    keep(store, [msgspec.structs.replace(later, state=CallbackState.KEPT)])
    assert open_promises(store) == []
    assert [each.state for each in promises(store, all_of_them=True)] == [CallbackState.KEPT]


def test_an_attempt_that_is_ahead_of_its_promise_is_seen(store: Store) -> None:
    promise = one(store)
    assert intend(store, Attempt(ROOM, promise.id, 1, 0, NUMBER), 20.0).why_not is None
    (left,) = open_promises(store)
    assert (left.state, [tried.attempt_no for tried in left.tries]) == (CallbackState.DIALLING, [1])
    ended(store, f"callbacks-{promise.id}-1", "busy", 30.0)
    assert open_promises(store) == [promise]
