"""What people promise: is it kept before anybody hears of it, and refused before anything is written?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from cti.keepers.callback_desk import CallbackDesk
from cti.model.changes import Refused
from cti.model.dialling import CallbackKind
from cti.model.policy import Center, Queue
from cti.model.promise import Promise, Wanted
from cti.model.words import RefusedReason
from cti.ports import Part
from cti.store import follow_up
from cti.store.callbacks import open_promises
from cti.store.database import Store, open_store
from cti.store.do_not_call import Entry, add_entry
from cti.store.outbound_writer import OutboundWriter
from cti.store.unanswered import Unanswered
from tests.kit import center, member

pytestmark = pytest.mark.unit

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=ZoneInfo("Europe/Berlin")).timestamp()
NUMBER = "030 12345"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path}/cti.db")
    yield store
    store.close()


@pytest.fixture
def desk(store: Store) -> Iterator[CallbackDesk]:
    people = {"anna": member("support", "sales"), "ben": member("sales")}
    policy = center({"sales": Queue(), "support": Queue()}, agents=people).model_dump(exclude_unset=True)
    outbound = {"zone": "Europe/Berlin", "region": "DE", "trunks": {"world": {"dial": "PJSIP/{number}@x"}}}
    found = Center.model_validate(policy | {"outbound": outbound})
    writer = OutboundWriter(store)
    yield CallbackDesk(store, writer, lambda: NOW, lambda: found, Unanswered(lambda: NOW).watched)
    writer.close()


def made(found: tuple[Promise, str] | Refused) -> Promise:
    assert not isinstance(found, Refused), found
    return found[0]


def test_a_call_by_an_agent_is_his_and_of_his_first_queue(store: Store, desk: CallbackDesk) -> None:
    promise = made(desk.promise(Wanted(NUMBER, "14:30", agent="anna", topic="offer")))
    assert (promise.kind, promise.agent, promise.queue) == (CallbackKind.PERSONAL, "anna", "support")
    assert (promise.due_at, promise.topic, promise.since) == (NOW + 4.5 * 3600, "offer", promise.due_at)
    assert open_promises(store) == [promise]


def test_a_call_by_anybody_of_a_queue_outside_his_hours(desk: CallbackDesk) -> None:
    found = desk.promise(Wanted(NUMBER, "23:00", queue="sales"))
    promise = made(found)
    assert (promise.kind, promise.due_at) == (CallbackKind.SCHEDULED, NOW + 22 * 3600.0)
    assert not isinstance(found, Refused) and "window" in found[1]
    refused = desk.promise(Wanted(NUMBER, "23:00", queue="sales", exactly=True))
    assert isinstance(refused, Refused) and refused.reason is RefusedReason.BAD_TIME


@pytest.mark.parametrize(
    ("words", "reason", "detail"),
    [
        ({"agent": "ana"}, RefusedReason.UNKNOWN_AGENT, "do you mean anna?"),
        ({"queue": "sale"}, RefusedReason.UNKNOWN_QUEUE, "do you mean sales?"),
        ({}, RefusedReason.UNKNOWN_QUEUE, "name a queue"),
        ({"queue": "sales", "number": "110"}, RefusedReason.NOT_CALLABLE, ""),
        ({"queue": "sales", "number": "0900 1234567"}, RefusedReason.NOT_CALLABLE, "premium"),
        ({"queue": "sales", "at": "soon"}, RefusedReason.BAD_TIME, "14:30"),
        ({"queue": "sales", "at": "2031-01-01 10:00"}, RefusedReason.BAD_TIME, "at most 366 days"),
    ],
)
def test_what_is_refused_is_not_written(
    store: Store, desk: CallbackDesk, words: dict[str, Any], reason: RefusedReason, detail: str
) -> None:
    found = desk.promise(Wanted(**({"number": NUMBER} | words)))
    assert isinstance(found, Refused) and found.reason is reason and detail in found.detail
    assert open_promises(store) == []


def test_who_is_on_a_do_not_call_list_is_promised_nothing(store: Store, desk: CallbackDesk) -> None:
    add_entry(store, Entry("+493012345", "", "asked for it", "eva", NOW - 60))
    found = desk.promise(Wanted(NUMBER, queue="sales"))
    assert isinstance(found, Refused) and found.reason is RefusedReason.NOT_CALLABLE
    assert open_promises(store) == []


def work(store: Store, owner: str) -> int:
    row = follow_up.message("n/1", "sales", NUMBER, "") | {"survey": "after", "owner": owner}
    with store.durable.begin() as connection:
        number = follow_up.open_one(connection, row | {"opened_at": NOW, "due_at": NOW + 60})
    assert number is not None
    return number


@pytest.mark.parametrize(("owner", "agent"), [("ben", "ben"), ("sales", ""), ("the-team", "")])
def test_work_is_called_for_once_by_its_owner(store: Store, desk: CallbackDesk, owner: str, agent: str) -> None:
    number = work(store, owner)
    promise = made(desk.for_follow_up(number, "14:30"))
    assert (promise.kind, promise.agent, promise.queue) == (CallbackKind.FOLLOW_UP, agent, "sales")
    assert desk.of_follow_up(number) == promise.id
    again = desk.for_follow_up(number, "15:30")
    assert isinstance(again, Refused) and again.reason is RefusedReason.ALREADY


def test_work_that_is_done_or_is_none_is_not_called_for(store: Store, desk: CallbackDesk) -> None:
    number = work(store, "ben")
    follow_up.finish(store, number, "", "eva", NOW)
    for name, reason in ((number, RefusedReason.ALREADY), (number + 1, RefusedReason.UNKNOWN_FOLLOW_UP)):
        found = desk.for_follow_up(name, "")
        assert isinstance(found, Refused) and found.reason is reason


@pytest.mark.parametrize(("merge", "is_refused"), [("number", True), ("number_and_topic", False), ("never", False)])
def test_who_has_charge_of_a_part_moves_no_promise_of_another(store: Store, merge: str, is_refused: bool) -> None:
    policy = center({"sales": Queue(), "support": Queue()}).model_dump(exclude_unset=True)
    outbound = {"zone": "Europe/Berlin", "region": "DE", "trunks": {"world": {"dial": "PJSIP/{number}@x"}}}
    found = Center.model_validate(policy | {"outbound": outbound | {"callbacks": {"merge": merge}}})
    writer = OutboundWriter(store)
    desk, sales = (
        CallbackDesk(store, writer, lambda: NOW, lambda: found, Unanswered(lambda: NOW).watched),
        Part(["sales"], []),
    )
    first = made(desk.promise(Wanted(NUMBER, "14:30", queue="support"), Part(["support"], [])))
    refused = desk.promise(Wanted(NUMBER, "12:00", queue="sales"), sales)
    assert isinstance(refused, Refused) is is_refused
    assert open_promises(store)[0] == first and len(open_promises(store)) == 2 - is_refused
    made(desk.promise(Wanted("030 54321", "12:00", queue="sales"), sales))
    made(desk.promise(Wanted("030 54321", "13:00", queue="sales"), sales))
    made(desk.promise(Wanted(NUMBER, "12:00", queue="sales")))
    writer.close()
