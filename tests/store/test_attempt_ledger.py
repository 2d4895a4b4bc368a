"""Does the switch get leave to dial only for what is on the disk, and once?"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from cti.model.changes import Changed, Kind
from cti.model.commands import PlaceCall
from cti.model.ticket import Ticket
from cti.model.words import AttemptId, ContactId, DialResult, NodeId, QueueName
from cti.store import attempt_ledger, attempts
from cti.store.attempt_ledger import AttemptLedger
from cti.store.attempts import NotNow, attempts_of, open_attempts
from cti.store.database import Store
from cti.store.do_not_call import Entry, add_entry
from cti.store.lead_loading import LeadNumber, NewLead, add_portion, begin_list, finish_list, lead_id
from cti.store.outbound_writer import OutboundWriter

pytestmark = pytest.mark.contract

NOW = 1_700_000_000.0
NUMBER = "+442079460001"


X = AttemptId("winter-sale-10000000-1")


@pytest.fixture
def writer(store: Store) -> Iterator[OutboundWriter]:
    writer = OutboundWriter(store, retry_s=0.0)
    yield writer
    writer.close(30.0)


def call(name: str = X, number: str = NUMBER) -> PlaceCall:
    ticket = Ticket(ContactId("c1"), QueueName("sales"), NOW, NOW)
    why = {"rule": "preview", "by": "anna"}
    return PlaceCall(AttemptId(name), NodeId("n1"), number, 20.0, ticket, campaign="winter-sale", **why)


async def test_leave_is_given_once_and_only_for_what_is_kept(store: Store, writer: OutboundWriter) -> None:
    told: list[tuple[str, NotNow]] = []
    ledger = AttemptLedger(store, lambda: NOW, writer, lambda attempt, why: told.append((attempt, why)))
    assert await ledger.intend(call())
    (made,) = open_attempts(store)
    assert (made.campaign, made.lead, made.attempt_no, made.contact) == ("winter-sale", 10_000_000, 1, "c1")
    assert (made.rule, made.by, made.intended_at) == ("preview 1", "anna", NOW)
    assert not await ledger.intend(call())
    assert not await ledger.intend(call("summer-1-1"))
    add_entry(store, Entry("+4421*", "", "asked", "eva", NOW))
    assert not await ledger.intend(call("winter-2-1", "+442179460001"))
    assert told == [
        (X, NotNow.ALREADY_MADE),
        ("summer-1-1", NotNow.NUMBER_IN_DIAL),
        ("winter-2-1", NotNow.DO_NOT_CALL),
    ]
    ledger.sent(X)
    ledger.close()
    assert [each.state.value for each in attempts_of(store, NUMBER)] == ["sent"]
    ledger.sent(X)
    assert ledger.errors == 1


def failing(times: int, write: Callable[..., Any], *, heard: bool = False) -> Callable[..., Any]:
    """`write`, for which the store has no answer so often; `heard`: though it has done it."""
    left = [None] * times

    def flapping(*args: Any, **more: Any) -> Any:
        if not left:
            return write(*args, **more)
        left.pop()
        if heard:
            write(*args, **more)
        raise OperationalError("", None, Exception("database is locked"))

    return flapping


def given_up() -> Changed:
    return Changed(Kind.ATTEMPT, X, "placed", DialResult.UNKNOWN, NOW, "dial")


async def test_what_was_granted_and_did_not_go_out_keeps_nobody_from_being_called(
    store: Store, writer: OutboundWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The core gave it up while the store was slow: nobody else would end its row, however often that fails."""
    writer.apply(given_up())
    writer.flush(30.0)
    ledger = AttemptLedger(store, lambda: NOW, writer)
    assert await ledger.intend(call())
    monkeypatch.setattr(attempts, "ended", failing(3, attempts.ended))
    ledger.not_sent(X, DialResult.CANCELLED)
    writer.flush(30.0)
    assert [(each.state.value, each.result) for each in attempts_of(store, NUMBER)] == [("ended", "cancelled")]
    assert writer.errors == 3 and await ledger.intend(call("summer-1-1"))
    ledger.close()


async def test_an_intent_whose_answer_was_lost_keeps_nobody_from_being_called(
    store: Store, writer: OutboundWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer.apply(given_up())
    writer.flush(30.0)
    monkeypatch.setattr(attempt_ledger, "intend", failing(1, attempts.intend, heard=True))
    ledger = AttemptLedger(store, lambda: NOW, writer)
    with pytest.raises(SQLAlchemyError):
        await ledger.intend(call())
    writer.flush(30.0)
    assert [(each.state.value, each.result) for each in attempts_of(store, NUMBER)] == [("ended", "not_dialled")]
    assert await ledger.intend(call("summer-1-1"))
    ledger.close()


async def test_what_the_core_says_of_it_does_not_take_its_place(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both wait for the store: that nobody could tell is no last word."""
    begin = OutboundWriter._begin
    monkeypatch.setattr(OutboundWriter, "_begin", lambda _: None)
    writer = OutboundWriter(store)
    ledger = AttemptLedger(store, lambda: NOW, writer)
    assert await ledger.intend(call())
    ledger.not_sent(X, DialResult.CANCELLED)
    writer.apply(given_up())
    begin(writer)
    assert writer.close(30.0) == 0
    assert [(each.state.value, each.result) for each in attempts_of(store, NUMBER)] == [("ended", "cancelled")]
    ledger.close()


async def test_it_is_kept_which_of_the_numbers_it_was(store: Store, writer: OutboundWriter) -> None:
    list_id = begin_list(store, "winter", "l.csv", "eva", NOW)
    numbers = tuple(LeadNumber(number, ("Europe/London",)) for number in ("+442079460009", NUMBER))
    add_portion(store, list_id, [NewLead(1, numbers)], NOW)
    finish_list(store, list_id, 1, 1, {("Europe/London", 5)}, NOW)
    ledger = AttemptLedger(store, lambda: NOW, writer)
    assert await ledger.intend(call(f"winter-{lead_id(list_id, 1)}-1"))
    assert [each.number_index for each in open_attempts(store)] == [1]
    ledger.close()


async def test_what_has_another_kind_of_name_is_not_dialled(store: Store, writer: OutboundWriter) -> None:
    ledger = AttemptLedger(store, lambda: NOW, writer)
    assert not await ledger.intend(call("something"))
    ledger.close()


async def test_a_store_that_fails_gives_no_leave(store: Store, writer: OutboundWriter) -> None:
    ledger = AttemptLedger(store, lambda: NOW, writer)
    with store.durable.begin() as connection:
        connection.exec_driver_sql("DROP TABLE attempt")
    with pytest.raises(SQLAlchemyError):
        await ledger.intend(call())
    ledger.sent(AttemptId("winter-1-1"))
    ledger.close()
    assert ledger.errors == 1


async def test_the_end_waits_no_longer_than_it_may_and_says_what_is_not_written(
    store: Store, writer: OutboundWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = threading.Event()
    monkeypatch.setattr("cti.store.attempt_ledger.sent", lambda *_: free.wait(30.0))
    ledger = AttemptLedger(store, lambda: NOW, writer)
    for number in (1, 2):
        ledger.sent(AttemptId(f"winter-{number}-1"))
    assert ledger.close(0.01) == 2
    free.set()
    assert ledger.close(30.0) == 0
