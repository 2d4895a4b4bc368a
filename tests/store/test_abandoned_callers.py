"""Who gave up waiting and is called back, who is not, and is it written once, whatever the disk does?"""

from __future__ import annotations

import threading
from collections.abc import Iterator

import msgspec
import pytest
from sqlalchemy import select

from cti.model.changes import Changed, Kind
from cti.model.dialling import CallbackKind
from cti.model.policy import Center
from cti.model.promise import Number
from cti.model.words import CallId, QueueName
from cti.store import writer_thread
from cti.store.abandoned_callers import AbandonedCallers, request_of
from cti.store.database import Store, open_store
from cti.store.promising import take_requests
from cti.store.tables import callback_request

pytestmark = pytest.mark.unit

NOW = 1_700_000_000.0
POLICY = Center.model_validate(
    {"queues": {"sales": {"callback_abandoned": {"min_wait_s": 20, "after_s": 120}}, "support": {}}}
)
GAVE_UP = Changed(
    Kind.VISIT, "node1/1.1/1", "waiting", "abandoned", NOW, "CallGone",
    queue=QueueName("sales"), call=CallId("node1/1.1"), caller="030123456", wait_s=20.0, since=NOW - 20,
)  # fmt: skip


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    store = open_store(store_url)
    yield store
    store.close()


def test_who_gave_up_is_promised_a_call_once(store: Store) -> None:
    callers = AbandonedCallers(store, lambda: POLICY)
    callers.apply(GAVE_UP)
    callers.apply(GAVE_UP)
    assert callers.close() == 0
    again = AbandonedCallers(store, lambda: POLICY)
    again.apply(GAVE_UP)
    assert again.close() == 0 and again.errors == 0
    [promise], _ = take_requests(store, lambda *_: (Number("+4930123456", ("Europe/Berlin",)), "sales"))
    assert (promise.kind, promise.given, promise.queue) == (CallbackKind.ABANDONED, "030123456", "sales")
    assert (promise.promised_at, promise.since, promise.due_at) == (NOW, NOW - 20, NOW + 120)


def test_one_whose_number_cannot_be_called_was_promised_nothing(store: Store) -> None:
    callers = AbandonedCallers(store, lambda: POLICY)
    callers.apply(GAVE_UP)
    callers.close()
    assert take_requests(store, lambda *_: None) == ([], 0), "and nobody is told of it"


@pytest.mark.parametrize(
    "other",
    [
        {"wait_s": 19.9}, {"queue": "support"}, {"queue": "gone"}, {"new": "answered"}, {"new": "key_exit"},
        {"outbound": True}, {"kind": Kind.CONTACT}, {"caller": ""}, {"caller": "anonymous"}, {"caller": "1001"},
        {"caller": None}, {"caller": "1" * 30},
    ],
)  # fmt: skip
def test_all_others_are_left_in_peace(other: dict[str, object]) -> None:
    assert request_of(GAVE_UP, POLICY) is not None
    assert request_of(msgspec.structs.replace(GAVE_UP, **other), POLICY) is None


def test_a_store_that_is_away_gets_them_later(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    failed, is_rows_fault = threading.Event(), writer_thread.is_rows_fault

    def judged(error: Exception) -> bool:
        failed.set()
        return is_rows_fault(error)

    monkeypatch.setattr(writer_thread, "is_rows_fault", judged)
    callback_request.drop(store.engine)
    callers = AbandonedCallers(store, lambda: POLICY, retry_s=0.0)
    callers.apply(GAVE_UP)
    assert failed.wait(30.0)
    callback_request.create(store.engine)
    assert callers.close() == 0 and callers.errors
    with store.engine.connect() as connection:
        assert len(connection.execute(select(callback_request.c.id)).all()) == 1
