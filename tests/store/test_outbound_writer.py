"""Are ends of attempts and the newest state of each promise in the store, sooner or later, also after a full disk?"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from cti.model.books import KeepNotAgain, KeepPromise, SettleLead
from cti.model.changes import Changed, Kind
from cti.model.dialling import CallbackKind, CallbackState, CampaignName, LeadId
from cti.model.promise import Number, Promise
from cti.store import callbacks, row_writer
from cti.store.attempts import Attempt, attempts_of, intend, open_attempts
from cti.store.callback_request import CallbackRequest, take_over
from cti.store.callbacks import ROOM, open_promises
from cti.store.database import Store
from cti.store.outbound_writer import Ended, OutboundWriter
from cti.store.promising import take_requests

pytestmark = pytest.mark.unit

NUMBER = "+4930123456"
PROMISE = Promise(LeadId(1), CallbackKind.SCHEDULED, Number(NUMBER), "sales", 10.0, 10.0)


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


def test_an_order_that_no_database_takes_holds_up_no_other(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    promise = one(store)
    intend(store, Attempt(ROOM, 1, 1, 0, NUMBER), 20.0)
    begin = OutboundWriter._begin
    monkeypatch.setattr(OutboundWriter, "_begin", lambda _: None)
    writer = OutboundWriter(store)
    writer.order(KeepNotAgain(NUMBER, "", "half a character: \ud800", "eva", 20.0))
    writer.order(KeepPromise(msgspec.structs.replace(promise, due_at=99.0)))
    writer.apply(ended(f"{ROOM}-1-1", "busy"))
    begin(writer)
    with capture_logs() as logged:
        assert (writer.close(30.0), writer.lost) == (0, 1)
    assert [line["event"] for line in logged] == ["outbound_lost"]
    assert [each.due_at for each in open_promises(store)] == [99.0] and open_attempts(store) == []


def test_however_many_wait_a_lead_is_settled_last(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """From then on it may be handed out again: what was tried at it must be there."""
    monkeypatch.setattr(row_writer, "AT_ONCE", 2)
    begin, written = OutboundWriter._begin, list[object]()
    monkeypatch.setattr(OutboundWriter, "_begin", lambda _: None)
    monkeypatch.setattr(OutboundWriter, "_write", lambda _, work: written.extend(map(type, work.values())))
    writer, spring = OutboundWriter(store), CampaignName("spring")
    for number in range(3):
        writer.order(SettleLead(spring, LeadId(number), 20.0, None, 30.0, 0))
        writer.order(KeepPromise(msgspec.structs.replace(PROMISE, id=LeadId(number))))
        writer.apply(ended(f"spring-{number}-1", "busy"))
    begin(writer)
    assert writer.close(30.0) == 0
    assert written == [*[Ended] * 3, *[KeepPromise] * 3, *[SettleLead] * 3]
