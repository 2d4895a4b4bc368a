"""Are ends of attempts and the newest state of each promise in the store, sooner or later, also after a full disk?"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from sqlalchemy.exc import OperationalError

from cti.model.books import KeepPromise
from cti.model.changes import Changed, Kind
from cti.model.dialling import CallbackState
from cti.model.promise import Number, Promise
from cti.store import callbacks
from cti.store.attempts import Attempt, attempts_of, intend, open_attempts
from cti.store.callback_request import CallbackRequest, take_over
from cti.store.callbacks import ROOM, open_promises
from cti.store.database import Store
from cti.store.outbound_writer import OutboundWriter
from cti.store.promising import take_requests

pytestmark = pytest.mark.unit

NUMBER = "+4930123456"


def one(store: Store) -> Promise:
    take_over(store, CallbackRequest("r1", 10.0, NUMBER, NUMBER, "sales"), 11.0)
    ((promise,), _) = take_requests(store, lambda number, queue: (Number(number), queue))
    return promise


def ended(name: str, result: str) -> Changed:
    return Changed(Kind.ATTEMPT, name, "placed", result, 50.0, "AttemptEnded")


def test_an_end_is_kept_and_nothing_but_an_end(store: Store) -> None:
    intend(store, Attempt(ROOM, 1, 1, 0, NUMBER), 20.0)
    writer = OutboundWriter(store)
    writer.apply(ended(f"{ROOM}-1-1", "answered"))
    writer.flush(30.0)
    assert len(open_attempts(store)) == 1
    writer.apply(ended(f"{ROOM}-1-1", "busy"))
    assert writer.close() == 0
    assert [(each.state, each.result) for each in attempts_of(store, NUMBER)] == [("ended", "busy")]


def test_of_one_that_nobody_can_tell_a_late_word_still_counts(store: Store) -> None:
    intend(store, Attempt(ROOM, 1, 1, 0, NUMBER), 20.0)
    writer = OutboundWriter(store)
    writer.apply(ended(f"{ROOM}-1-1", "unknown"))
    writer.flush(30.0)
    assert [each.state for each in attempts_of(store, NUMBER)] == ["unknown"]
    writer.apply(ended(f"{ROOM}-1-1", "human"))
    writer.close()
    assert [each.result for each in attempts_of(store, NUMBER)] == ["human"]


def test_the_newest_state_of_a_promise_wins(store: Store) -> None:
    promise = one(store)
    writer = OutboundWriter(store)
    for due_at in range(100):
        writer.order(KeepPromise(msgspec.structs.replace(promise, due_at=float(due_at))))
    assert writer.close() == 0
    assert [each.due_at for each in open_promises(store)] == [99.0]


def test_a_disk_that_is_full_for_a_while_loses_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    promise = one(store)
    kept, fails = callbacks.keep, [True, True]

    def full(*args: Any) -> None:
        if fails:
            fails.pop()
            raise OperationalError("insert", {}, Exception("disk full"))
        kept(*args)

    monkeypatch.setattr(callbacks, "keep", full)
    writer = OutboundWriter(store, retry_s=0.0)
    writer.order(KeepPromise(msgspec.structs.replace(promise, state=CallbackState.KEPT)))
    writer.flush(5.0)
    assert (writer.close(), writer.errors) == (0, 2)
    assert open_promises(store) == []
