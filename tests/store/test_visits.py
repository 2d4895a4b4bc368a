"""Who of a list is due for his regular call, page by page?"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from cti.model.dialling import CallbackKind
from cti.model.promise import Number
from cti.store import visits
from cti.store.database import Store, open_store
from cti.store.lead_loading import LeadNumber, NewLead, add_portion, begin_list, finish_list
from cti.store.leads import forget_number
from cti.store.promising import promise_at_once
from cti.store.visits import due_page

pytestmark = pytest.mark.unit

NOW, DAY_S = 1_700_000_000.0, 86_400.0
ZONES = ("Europe/London",)


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    store = open_store(store_url)
    listed = begin_list(store, "customers", "customers.csv", "eva", NOW)
    leads = [NewLead(n, (LeadNumber(number(n), ZONES),), data='{"tier":"gold"}') for n in range(3)]
    add_portion(store, listed, leads, NOW)
    finish_list(store, listed, 3, 3, {("Europe/London", 5)}, NOW)
    yield store
    store.close()


def number(n: int) -> str:
    return f"+4420794{n:05}"


def due(store: Store, since: float = NOW - DAY_S, campaign: str = "customers") -> list[str]:
    return [each.number for each in due_page(store, "care", campaign, since, NOW, 0)[0]]


def visited(store: Store, n: int, topic: str = "care", kind: CallbackKind = CallbackKind.VISIT) -> None:
    row = {"id": f"{topic}-{kind}-{n}", "at": NOW, "number": number(n), "queue": "sales", "kind": kind.value}
    promise_at_once(store, row | {"topic": topic}, (Number(number(n), ZONES), "sales"))


def test_everybody_of_the_list_with_what_it_says_of_him(store: Store) -> None:
    found, after = due_page(store, "care", "customers", NOW - DAY_S, NOW, 0)
    assert [each.number for each in found] == [number(n) for n in range(3)] and after == 0
    assert (found[0].zones, found[0].data) == (ZONES, {"tier": "gold"})
    assert due(store, campaign="other") == []


def test_whoever_was_promised_this_visit_lately_is_not_due_and_other_calls_do_not_count(store: Store) -> None:
    visited(store, 0)
    visited(store, 1, topic="other")
    visited(store, 2, kind=CallbackKind.SCHEDULED)
    assert due(store) == [number(1), number(2)]
    assert due(store, since=NOW) == [number(n) for n in range(3)], "its time has come again"


def test_page_by_page(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visits, "PAGE", 2)
    first, after = due_page(store, "care", "customers", NOW - DAY_S, NOW, 0)
    rest, end = due_page(store, "care", "customers", NOW - DAY_S, NOW, after)
    assert [each.number for each in (*first, *rest)] == [number(n) for n in range(3)] and end == 0


def test_who_was_forgotten_is_not_visited(store: Store) -> None:
    forget_number(store, number(1))
    assert due(store) == [number(0), number(2)]
