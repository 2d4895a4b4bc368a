"""Is every valued customer promised his regular call, once in its time, and nobody else?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from cti.keepers import visit_keeper
from cti.keepers.visit_keeper import DAY_S, VisitKeeper
from cti.model.dialling import CallbackKind, CallbackState
from cti.model.events import AnyEvent, CallbackPromised
from cti.model.policy import Center
from cti.model.promise import Promise
from cti.store import visits
from cti.store.callbacks import keep, open_promises
from cti.store.database import Store, open_store
from cti.store.do_not_call import Entry, add_entry
from cti.store.lead_loading import LeadNumber, NewLead, add_portion, begin_list, finish_list
from cti.store.unanswered import Unanswered
from tests.breaking import breaking
from tests.kit import center, member

pytestmark = pytest.mark.unit

NOW = 1_700_000_000.0
GOLD, SILVER = '{"tier":"gold","cares":"anna"}', '{"tier":"silver"}'


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path}/cti.db")
    yield store
    store.close()


def fill(store: Store, *data: str, first: int = 0) -> None:
    leads = [
        NewLead(n, (LeadNumber(f"+4420794{first + n:05}", ("Europe/London",)),), data=said)
        for n, said in enumerate(data)
    ]
    listed = begin_list(store, "customers", "customers.csv", "eva", NOW)
    add_portion(store, listed, leads, NOW)
    finish_list(store, listed, len(leads), len(leads), {("Europe/London", 5)}, NOW)


class Keeping(VisitKeeper):
    def __init__(self, store: Store, **visit: Any) -> None:
        self.now = NOW
        policy = center(None, agents={"anna": member("sales")}).model_dump(exclude_unset=True)
        written = {"leads_of": "customers", "when": {"tier": "gold"}, "every_days": 30, "queue": "sales"} | visit
        found = Center.model_validate(policy | {"outbound": {"visits": {"gold-care": written}}})
        self.unanswered = Unanswered(lambda: self.now)
        super().__init__(store, lambda: self.now, lambda: found, self.unanswered.watched)

    async def looks(self, days: float = 0.0) -> list[Promise]:
        """What is promised `days` later."""
        self.now += days * DAY_S
        posted: list[AnyEvent] = []
        await self.look(posted.append)
        return [event.promise for event in posted if isinstance(event, CallbackPromised)]


async def test_those_who_are_meant_are_promised_a_call(store: Store) -> None:
    fill(store, GOLD, SILVER, GOLD)
    found = await Keeping(store, agent_column="cares").looks()
    assert [each.number.number for each in found] == ["+442079400000", "+442079400002"]
    first = found[0]
    assert (first.kind, first.topic, first.queue, first.agent) == (CallbackKind.VISIT, "gold-care", "sales", "anna")
    assert first.number.zones == ("Europe/London",) and first.expires_at == NOW + 30 * DAY_S
    assert open_promises(store) == found


async def test_never_two_within_its_time_whatever_became_of_the_first(store: Store) -> None:
    fill(store, GOLD, GOLD)
    fill(store, GOLD)  # the same number once more, in another list
    keeper = Keeping(store)
    first, second = await keeper.looks()
    assert await keeper.looks(1) == []
    keep(store, [msgspec.structs.replace(first, state=CallbackState.KEPT)])
    assert await keeper.looks(28.9) == []
    again = await keeper.looks(0.2)
    assert [each.number for each in again] == [first.number, second.number]


async def test_a_few_at_a_time(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visits, "PAGE", 2)
    fill(store, *[GOLD] * 7)
    keeper = Keeping(store, most_per_hour=3)
    assert [len(await keeper.looks()) for _ in range(4)] == [3, 3, 1, 0]


async def test_who_wants_no_calls_is_left_in_peace(store: Store) -> None:
    fill(store, GOLD, GOLD)
    add_entry(store, Entry("+442079400000", "", "asked", "eva", NOW - 1))
    assert [each.number.number for each in await Keeping(store).looks()] == ["+442079400001"]


async def test_a_store_that_is_away_is_asked_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(store, GOLD)
    keeper = Keeping(store)

    def failing(*_: Any) -> Any:
        raise OperationalError("", None, Exception())

    with monkeypatch.context() as away:
        away.setattr("cti.keepers.visit_keeper.due_page", failing)
        assert await keeper.looks() == [] and keeper.errors == 1
    assert len(await keeper.looks()) == 1


async def test_what_was_promised_before_one_fails_reaches_the_core(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store, GOLD, GOLD, GOLD)
    keeper, promise, calls = Keeping(store), visit_keeper.promise_at_once, [0]

    def third_fails(*words: Any) -> Any:
        calls[0] += 1
        if calls[0] == 3:
            raise OperationalError("", None, Exception())
        return promise(*words)

    monkeypatch.setattr(visit_keeper, "promise_at_once", third_fails)
    assert await keeper.looks() == open_promises(store) and keeper.errors == 1
    assert len(await keeper.looks()) == 1 and len(open_promises(store)) == 3


async def test_a_queue_that_is_gone_is_nobodys_visit(store: Store) -> None:
    fill(store, GOLD)
    assert await Keeping(store, queue="gone").looks() == []


async def test_a_visit_whose_commit_was_not_answered_is_known_to_who_looks_for_it(store: Store) -> None:
    fill(store, GOLD)
    keeper = Keeping(breaking(store, Connection.commit))
    assert await keeper.looks() == [] and keeper.errors == 1
    assert list(keeper.unanswered.done(store).values()) == open_promises(store) != []
    assert await keeper.looks() == [], "and is not promised twice"
