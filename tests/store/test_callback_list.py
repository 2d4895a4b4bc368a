"""Do people see promises as they stand now, also those of which the disk does not know yet?"""

from __future__ import annotations

import msgspec
import pytest

from cti.model.books import KeepPromise
from cti.model.dialling import CallbackState
from cti.model.promise import Number, Promise
from cti.ports import Part
from cti.store.callback_list import CallbackList
from cti.store.callback_request import CallbackRequest, take_over
from cti.store.callbacks import keep
from cti.store.database import Store
from cti.store.outbound_writer import OutboundWriter
from cti.store.promising import take_requests

pytestmark = pytest.mark.unit

NOW = 1_700_000_000.0


class Behind(OutboundWriter):
    """A disk that takes nothing in."""

    def flush(self, timeout_s: float = 0.0) -> None: ...

    def _write(self, *_: object) -> None:
        raise OSError("no space left on device")


@pytest.fixture
def promise(store: Store) -> Promise:
    take_over(store, CallbackRequest("r1", NOW, "030123456", queue="sales", uniqueid="n/1"), NOW)
    [made], _ = take_requests(store, lambda *_: (Number("+4930123456", ("Europe/Berlin",)), "sales"))
    return made


@pytest.mark.parametrize("kind", [OutboundWriter, Behind])
def test_the_newest_word_is_the_cores(store: Store, promise: Promise, kind: type[OutboundWriter]) -> None:
    writer = kind(store)
    listed = CallbackList(store, writer)
    assert [row["state"] for row in listed.load(all_of_them=False, limit=5)] == ["promised"]
    assert [len(listed.load(all_of_them=True, limit=5, part=Part([queue], []))) for queue in ("sales", "x")] == [1, 0]
    writer.order(KeepPromise(msgspec.structs.replace(promise, state=CallbackState.KEPT)))
    assert listed.load(all_of_them=False, limit=5) == []
    assert [row["state"] for row in listed.load(all_of_them=True, limit=5)] == ["kept"]
    one = listed.one(promise.id)
    assert one is not None and (one["state"], one["number"], one["tries"]) == ("kept", "+4930123456", [])
    assert listed.one(99) is None
    writer.close()


def test_into_which_one_of_another_part_it_went_is_not_told(store: Store, promise: Promise) -> None:
    take_over(store, CallbackRequest("r9", NOW, "030123456", queue="support", uniqueid="n/r9"), NOW)
    [other], _ = take_requests(store, lambda *_: (Number("+4930123456", ("Europe/Berlin",)), "support"))
    writer = OutboundWriter(store)
    listed = CallbackList(store, writer)
    merged = msgspec.structs.replace(promise, state=CallbackState.MERGED, merged_into=other.id)
    writer.order(KeepPromise(merged))
    seen = {
        part: listed.one(promise.id, Part(part, []) if part else None)
        for part in ((), ("sales",), ("sales", "support"))
    }
    assert [row and row["merged_into"] for row in seen.values()] == [other.id, None, other.id]
    [row] = listed.load(all_of_them=True, limit=5, part=Part(["sales"], []))
    assert (row["id"], row["merged_into"]) == (promise.id, None)
    writer.close()


@pytest.mark.parametrize("kind", [OutboundWriter, Behind])
def test_an_agent_sees_the_open_ones_that_are_his_alone(store: Store, kind: type[OutboundWriter]) -> None:
    for name in ("r1", "r2", "r3"):
        take_over(store, CallbackRequest(name, NOW, "030123456", queue="sales", uniqueid=f"n/{name}"), NOW)
    taken, _ = take_requests(store, lambda *_: (Number("+4930123456", ("Europe/Berlin",)), "sales"))
    agents = ("anna_1", "annax1", "")
    made = [msgspec.structs.replace(each, agent=agent) for each, agent in zip(taken, agents, strict=True)]
    keep(store, made)
    writer = kind(store)
    listed = CallbackList(store, writer)
    [his] = listed.of_agent("anna_1", 5)
    assert his["agent"] == "anna_1"
    kept = next(each for each in made if each.id == his["id"])
    writer.order(KeepPromise(msgspec.structs.replace(kept, state=CallbackState.KEPT)))
    assert listed.of_agent("anna_1", 5) == []
    writer.close()
