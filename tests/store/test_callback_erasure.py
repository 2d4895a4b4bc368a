"""Is nothing left of a customer, however his number was written, and is what is open or young kept otherwise?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from cti.model.dialling import CallbackState
from cti.model.promise import Number
from cti.store import follow_up
from cti.store.callback_erasure import Forgotten, erase, forget_before, open_of
from cti.store.callback_request import CallbackRequest, take_over
from cti.store.callbacks import keep, promises
from cti.store.database import Store, open_store
from cti.store.promising import Placed, take_requests
from cti.store.tables import callback, callback_request
from cti.store.tables import follow_up as work
from cti.store.voicemail import Voicemail
from cti.store.voicemail import keep as leave
from tests.store.retention import sweep

pytestmark = pytest.mark.unit

NOW = 1_700_000_000.0
HIS, OTHER = "+4930123456", "+4930999999"


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    store = open_store(store_url)
    for number in ("030123456", "030999999"):
        take_over(store, CallbackRequest(f"r{number}", NOW, number, number, "sales", "", "n1/1.1"), NOW)
        leave(store, Voicemail(f"m{number}", NOW + 10, number, "sales", "n1/2.1", f"/rec/{number}", 5.0, connect=False))
    take_requests(store, place)
    yield store
    store.close()


def place(number: str, queue: str) -> Placed | None:
    return Number(f"+49{number[1:]}"), queue


def his(text: str) -> bool:
    return text in (HIS, "030123456")


def left(store: Store) -> set[str]:
    """Every number that is in any of the tables."""
    columns = (callback.c.number, callback.c.body, callback_request.c.number, callback_request.c.caller, work.c.number)
    with store.engine.connect() as connection:
        return {text for column in columns for text in connection.execute(select(column)).scalars()}


def test_nothing_of_him_is_left_and_all_of_the_others(store: Store) -> None:
    before = left(store)
    assert any("30123456" in text for text in before)
    gone = erase(store, HIS, his)
    assert (gone.rows, gone.recordings) == (4, ("/rec/030123456",))
    assert left(store) == {text for text in before if "30123456" not in text} != set()
    assert erase(store, HIS, his).rows == 0


def test_what_is_still_open_is_told_first(store: Store) -> None:
    [found] = open_of(store, HIS)
    [made] = [each for each in promises(store) if each.id == found]
    assert made.number.number == HIS
    keep(store, [msgspec.structs.replace(made, state=CallbackState.WITHDRAWN)])
    assert open_of(store, HIS) == []


def test_what_has_ended_long_ago_is_forgotten_and_what_is_open_is_not(store: Store) -> None:
    [first, _] = promises(store)
    keep(store, [msgspec.structs.replace(first, state=CallbackState.KEPT)])
    assert forget_before(store, NOW, 9).rows == 0, "too young"
    done = follow_up.load(store)[0]["id"]
    follow_up.finish(store, done, "", "eva", NOW + 200)
    assert forget_before(store, NOW + 100, 9) == Forgotten(2), "the kept one with its request; the message is kept yet"
    gone = forget_before(store, NOW + 300, 9)
    assert gone.rows == 2, "the message with the work that was done"
    assert len(promises(store, all_of_them=True)) == 1 and len(follow_up.load(store)) == 1
    assert set(gone.recordings) == {"/rec/030123456", "/rec/030999999"} - {follow_up.load(store)[0]["recording"]}


def test_what_was_promised_long_ago_for_today_is_young(store: Store) -> None:
    [first, _] = promises(store)
    keep(store, [msgspec.structs.replace(first, state=CallbackState.KEPT, due_at=NOW + 1_000)])
    assert forget_before(store, NOW + 100, 9).rows == 0


def test_a_message_that_another_promise_has_taken_over_is_kept(store: Store) -> None:
    leave(store, Voicemail("m3", NOW, "030123456", "sales", "n1/3.1", "/rec/taken", 5.0), None)
    take_requests(store, place)
    [_, other, third] = promises(store, all_of_them=True)[::-1]
    merged = msgspec.structs.replace(third, state=CallbackState.MERGED)
    keep(store, [merged, msgspec.structs.replace(other, recordings=third.recordings)])
    assert third.recordings == ("/rec/taken",)
    assert forget_before(store, NOW + 100_000, 9) == Forgotten(2)


def test_no_number_of_a_promise_is_given_twice(store: Store) -> None:
    made = promises(store)
    keep(store, [msgspec.structs.replace(each, state=CallbackState.KEPT) for each in made])
    assert forget_before(store, NOW + 100, 1).rows == 2, "one of each table at a time"
    forget_before(store, NOW + 100, 1)
    assert promises(store, all_of_them=True) == []
    take_over(store, CallbackRequest("new", NOW, "030777777", "030777777", "sales", "", "n1/9.1"), NOW)
    [again], _ = take_requests(store, place)
    assert again.id > max(each.id for each in made), "its attempts would be those of another"


def test_sweeping_deletes_the_files_that_are_here(store: Store, tmp_path: Path) -> None:
    here = tmp_path / "heard.wav"
    here.write_bytes(b"sound")
    leave(store, Voicemail("m4", NOW, "", "sales", "n1/4.1", str(here.with_suffix("")), 5.0, connect=False))
    take_requests(store, place)
    for row in follow_up.load(store):
        follow_up.finish(store, row["id"], "", "eva", NOW + 1)
    sweep(store, NOW, "v", NOW + 1)
    assert here.exists()
    sweep(store, NOW, "v", NOW + 2)
    assert not here.exists() and follow_up.load(store, done=True) == []
