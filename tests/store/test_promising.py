"""What does a request become: a promise with all that it said, or somebody's work, once?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from cti.model.changes import Changed, Kind
from cti.model.dialling import AttemptResult, CallbackKind, CallbackState, CampaignName
from cti.model.promise import Number, Promise, Tried
from cti.model.words import AgentId, ContactId, QueueName
from cti.store import follow_up
from cti.store.callback_request import CallbackRequest, NotWanted, take_over
from cti.store.callbacks import keep, open_promises
from cti.store.database import Store, open_store
from cti.store.promising import Placed, promise_at_once, take_requests
from cti.store.tables import callback_request
from cti.store.voicemail import Voicemail
from cti.store.voicemail import keep as leave

pytestmark = pytest.mark.unit

NOW = 1_700_000_000.0
NUMBER = Number("+4930555", ("Europe/Berlin",))
FILE = "/var/spool/x/node1-17-1-a-1"


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    store = open_store(store_url)
    yield store
    store.close()


def place(number: str, queue: str) -> Placed | None:
    return (NUMBER, queue) if number.startswith("+49") else None


def message(store: Store, name: str = "message-1", number: str = "+4930555", **more: Any) -> None:
    words = {"at": NOW, "queue": "sales", "call": "node1/17.1", "recording": FILE, "seconds": 12.4} | more
    leave(store, Voicemail(name, number=number, **words))


def asked(**more: Any) -> dict[str, Any]:
    return {"id": "s1", "at": NOW, "number": NUMBER.number, "queue": "sales", "kind": "scheduled"} | more


def test_a_message_becomes_a_promise_that_begins_with_it(store: Store) -> None:
    message(store)
    [made], unusable = take_requests(store, place)
    assert (made.kind, made.recordings, made.node, made.since, made.due_at) == (
        CallbackKind.VOICEMAIL, (FILE,), "node1", NOW, NOW,
    )  # fmt: skip
    assert unusable == 0 and open_promises(store) == [made] and follow_up.load(store) == []


@pytest.mark.parametrize("more", [{"number": ""}, {"connect": False}, {"number": "123"}])
def test_a_message_whose_owner_is_not_called_is_somebodys_work(store: Store, more: dict[str, Any]) -> None:
    message(store, **more)
    assert take_requests(store, place) == ([], 0) and take_requests(store, place) == ([], 0)
    [row] = follow_up.load(store)
    assert (row["owner"], row["recording"], row["answer"], row["due_at"]) == ("sales", FILE, "12 s", NOW + 86_400.0)
    assert open_promises(store) == []


def test_a_message_of_one_who_was_not_reached_is_to_be_heard_all_the_same(store: Store) -> None:
    message(store)
    [made], _ = take_requests(store, place)
    failed = msgspec.structs.replace(made, state=CallbackState.FAILED, reason="no_answer")
    keep(store, [failed])
    keep(store, [failed])
    [row] = follow_up.load(store)
    assert (row["recording"], row["answer"]) == (FILE, f"not reached (callback {made.id})")


def test_all_that_a_request_says_is_in_its_promise(store: Store) -> None:
    row = asked(
        kind="personal", due_at=NOW + 3600, agent="anna", topic="offer", requires='{"en": 2}', head_start_s=30.0,
        customer='{"id": "7"}', expires_at=NOW + 7200,
    )  # fmt: skip
    made = promise_at_once(store, row, (NUMBER, "sales"))
    assert made is not None and made.kind is CallbackKind.PERSONAL
    assert (made.agent, made.topic, made.requires, made.head_start_s) == ("anna", "offer", {"en": 2}, 30.0)
    assert (made.customer, made.expires_at, made.due_at) == ({"id": "7"}, NOW + 7200, NOW + 3600)
    assert made.since == NOW + 3600, "whom we have promised a time waits from then on"
    assert open_promises(store) == [made]


def test_it_is_made_once_and_never_taken_again(store: Store) -> None:
    assert promise_at_once(store, asked(), (NUMBER, "sales")) is not None
    assert promise_at_once(store, asked(), (NUMBER, "sales")) is None
    assert take_requests(store, place) == ([], 0)
    with store.engine.connect() as connection:
        [row] = connection.execute(select(callback_request)).mappings().all()
    assert row["state"] == "taken"


def work(store: Store) -> int:
    row = follow_up.message("n/1", "sales", NUMBER.number, "") | {"survey": "after"}
    with store.durable.begin() as connection:
        number = follow_up.open_one(connection, row | {"opened_at": NOW, "due_at": NOW + 60})
    assert number is not None
    return number


def called(store: Store, number: int, **ends: Any) -> Promise:
    made = promise_at_once(store, asked(kind="follow_up", follow_up=number), (NUMBER, "sales"))
    assert made is not None
    assert follow_up.load(store)[0]["callback"] == made.id
    keep(store, [msgspec.structs.replace(made, **ends)])
    return made


def test_work_is_done_when_its_customer_was_reached(store: Store) -> None:
    tried = Tried(NOW + 90, CampaignName("callbacks"), 1, NUMBER.number, 1, AttemptResult.ANSWERED)  # type: ignore[arg-type]
    made = called(store, work(store), state=CallbackState.KEPT, tries=(tried,))
    assert follow_up.load(store) == []
    [row] = follow_up.load(store, done=True)
    assert (row["outcome"], row["done_at"]) == (f"called back (callback {made.id})", NOW + 90)


def test_work_stays_open_and_says_why_where_nobody_was_reached(store: Store) -> None:
    made = called(store, work(store), state=CallbackState.FAILED, reason="no_answer")
    [row] = follow_up.load(store)
    assert row["outcome"] == f"callback {made.id}: no_answer" and row["done_at"] is None


def low_answer(
    contact: str = "n/1", owner: str = "anna", call_in_s: float | None = 7200.0, caller: str = "+4930555"
) -> Any:
    return Changed(
        Kind.FOLLOW_UP, f"{contact}/after", "", owner, NOW, "SurveyAnswered", queue=QueueName("sales"), caller=caller,
        agent=AgentId("anna"), contact=ContactId(contact), reason="how=1", until=NOW + 60, seconds=call_in_s,
    )  # fmt: skip


@pytest.mark.parametrize(("owner", "agent"), [("anna", "anna"), ("sales", "")])
def test_a_low_answer_opens_work_and_the_call_for_it_at_once(store: Store, owner: str, agent: str) -> None:
    told = [low_answer(owner=owner)]
    assert follow_up.open_told(store, told) == 1 and follow_up.open_told(store, told) == 0
    [made], unusable = take_requests(store, place)
    assert (made.kind, made.agent, made.due_at, made.since) == (
        CallbackKind.FOLLOW_UP, agent, NOW + 7200, NOW + 7200,
    )  # fmt: skip
    [row] = follow_up.load(store)
    assert (row["callback"], made.follow_up, unusable) == (made.id, row["id"], 0)


def test_a_low_answer_of_one_who_hides_his_number_or_is_not_to_be_called_is_work_alone(store: Store) -> None:
    told = [low_answer("n/1", call_in_s=None), low_answer("n/2", caller=""), low_answer("n/3", caller="anonymous")]
    assert follow_up.open_told(store, told) == 3
    assert take_requests(store, place)[0] == []
    assert len(follow_up.load(store)) == 3


def test_whoever_was_told_no_while_the_store_was_busy_is_not_kept(store: Store) -> None:
    request = CallbackRequest("r1", NOW, "+4930555", "+4930555", "sales", "", "n/1")
    with pytest.raises(NotWanted):
        take_over(store, request, NOW, wanted=lambda: False)
    assert take_requests(store, place) == ([], 0)
    assert take_over(store, request, NOW)
