"""Is nothing left of a customer, however his number was written, and is what is open or young kept otherwise?"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from sqlalchemy import select

from cti.model.dialling import CallbackState
from cti.model.promise import Number
from cti.store import follow_up
from cti.store.callback_erasure import erase, forget_before, open_of
from cti.store.callback_request import CallbackRequest, take_over
from cti.store.callbacks import keep, promises
from cti.store.database import Store, open_store
from cti.store.promising import Placed, take_requests
from cti.store.tables import callback, callback_request
from cti.store.tables import follow_up as work
from cti.store.voicemail import Voicemail
from cti.store.voicemail import keep as leave

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
    assert forget_before(store, NOW).rows == 0, "too young"
    done = follow_up.load(store)[0]["id"]
    follow_up.finish(store, done, "", "eva", NOW)
    gone = forget_before(store, NOW + 100)
    assert gone.rows == 4, "the kept one with its request, the message that was heard with the work that is done"
    assert len(promises(store, all_of_them=True)) == 1 and len(follow_up.load(store)) == 1
    assert set(gone.recordings) == {"/rec/030123456", "/rec/030999999"} - {follow_up.load(store)[0]["recording"]}
