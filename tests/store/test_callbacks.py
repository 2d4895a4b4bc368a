"""Does a request become one promise, on the disk before anybody keeps it, and is it found again as it was left?"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from sqlalchemy import update

from cti.model.dialling import AttemptResult, CallbackKind, CallbackState, CampaignName
from cti.model.promise import Number, Tried
from cti.store.attempts import Attempt, intend
from cti.store.callback_request import CallbackRequest, take_over
from cti.store.callbacks import keep, open_promises, promise_of, promises
from cti.store.database import Store, open_store
from cti.store.promising import Placed, take_requests
from cti.store.tables import callback_request

pytestmark = pytest.mark.unit

NOW = 1_700_000_000.0
NUMBER, CALL = "+4930123456", "node1/1.1"


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    store = open_store(store_url)
    yield store
    store.close()


def place(number: str, queue: str) -> Placed | None:
    return (Number(f"+49{number[1:]}", ("Europe/Berlin",)), queue) if number.startswith("0") else None


def ask(store: Store, name: str = "r1", number: str = "030123456", **more: str) -> None:
    words = {"caller": number, "queue": "sales", "uniqueid": CALL} | more
    take_over(store, CallbackRequest(name, NOW, number, **words), NOW + 1)


def test_a_request_becomes_one_promise(store: Store) -> None:
    ask(store)
    [made], unusable = take_requests(store, place)
    assert (made.id, made.kind, made.state) == (1, CallbackKind.VIRTUAL_HOLD, CallbackState.PROMISED)
    assert (made.number.number, made.given, made.queue, made.call) == (NUMBER, "030123456", "sales", CALL)
    assert (made.promised_at, made.due_at, made.since, unusable) == (NOW, NOW, NOW, 0)
    assert take_requests(store, place) == ([], 0), "once"
    assert open_promises(store) == promises(store) == [made] == [promise_of(store, made.id)]


def test_one_that_cannot_be_used_is_said_once_and_kept(store: Store) -> None:
    ask(store, number="123")
    assert take_requests(store, place) == ([], 1)
    assert take_requests(store, place) == ([], 0)
    assert promises(store, all_of_them=True) == []


def test_how_it_stands_is_what_is_found_again(store: Store) -> None:
    ask(store)
    ask(store, "r2")
    [first, second], _ = take_requests(store, place)
    tried = Tried(NOW, CampaignName("callbacks"), first.id, NUMBER, 1, AttemptResult.BUSY)
    later = msgspec.structs.replace(first, due_at=NOW + 180, tries=(tried,))
    ended = msgspec.structs.replace(second, state=CallbackState.MERGED, merged_into=first.id)
    keep(store, [later, ended])
    assert open_promises(store) == promises(store) == [later]
    assert promises(store, all_of_them=True) == [ended, later]
    assert promises(store, all_of_them=True, after=(ended.due_at, ended.id)) == [later]
    assert promises(store, after=(later.due_at, later.id - 1)) == [later]
    assert promises(store, after=(later.due_at, later.id)) == []


def test_an_attempt_that_is_on_the_disk_counts_although_the_promise_was_not_written_after(store: Store) -> None:
    ask(store)
    [made], _ = take_requests(store, place)
    intend(store, Attempt("callbacks", made.id, 1, 0, NUMBER), NOW + 60)
    [left] = open_promises(store)
    assert left.state is CallbackState.DIALLING
    assert [(tried.attempt_no, tried.at) for tried in left.tries] == [(1, NOW + 60)]


def test_a_promise_is_there_as_a_whole_or_not_at_all(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A death in the middle leaves the request as it was: a promise without a body would stop the next start."""
    ask(store)

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("cti.store.promising._encode", dies)
    with pytest.raises(KeyboardInterrupt):
        take_requests(store, place)
    monkeypatch.undo()
    assert open_promises(store) == []
    assert len(take_requests(store, place)[0]) == 1


def test_one_that_was_made_before_is_not_made_again(store: Store) -> None:
    ask(store)
    take_requests(store, place)
    with store.durable.begin() as connection:
        connection.execute(update(callback_request).values(state="new"))
    assert take_requests(store, place) == ([], 0)
    assert len(open_promises(store)) == 1
