"""What do the tests of reports share? A store with what two callers, an agent and a survey have left in it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cti.model.changes import Changed, Kind
from cti.model.policy import Agent, Center, Membership, Queue
from cti.reports.running import Reports
from cti.store.database import Store, open_store
from cti.store.history_batch import insert_batch
from cti.store.history_facts import Book, Opening

NOON = 1_700_049_600.0  # 2023-11-15 12:00 UTC
POLICY = Center(
    queues={"sales": Queue(target_s=20), "support": Queue(target_s=20)},
    agents={
        "anna": Agent(phone="PJSIP/1", queues={"sales": Membership(), "support": Membership()}, starts="available")
    },
)


class Teller:
    """Tells facts as the core does, into a store."""

    def __init__(self, store: Store) -> None:
        self.store, self.book = store, Book()
        self._numbers = itertools.count(1)
        self.tell(Opening(POLICY, "v1", NOON))

    def tell(self, *told: Changed | Opening) -> None:
        numbered = []
        for each in told:
            numbered.append((next(self._numbers), each))
            for _ in range(each.most_rows if isinstance(each, Opening) else 0):
                next(self._numbers)
        rows = self.book.rows(numbered)
        with self.store.engine.begin() as connection:
            insert_batch(connection, rows)

    def call(
        self, name: str, at: float, outcome: str, wait_s: float, *, queue: str = "sales", caller: str = "+49301234567"
    ) -> None:
        """A caller who dials 6001, waits, and has this outcome; who is answered talks for a minute."""
        who = {"contact": name, "call": name, "queue": queue, "caller": caller, "since": at}
        end = at + wait_s
        self.tell(
            Changed(Kind.CONTACT, name, "", "arrived", at, "CallArrived", dialled="6001", **who),
            Changed(Kind.CONTACT, name, "arrived", "waiting", at, "CallArrived", **who),
            Changed(Kind.VISIT, f"{name}/1", "", "waiting", at, "CallArrived", wait_s=0.0, **who),
            Changed(Kind.VISIT, f"{name}/1", "waiting", outcome, end, "Test", wait_s=wait_s, **who),
        )
        if outcome == "answered":
            anna = {"agent": "anna", "queue": queue}
            self.tell(
                Changed(Kind.OFFER, f"{name}#1", "ringing", "accepted", end, "Test", contact=name, **anna),
                Changed(Kind.ACTIVITY, "anna", "idle", "talking", end, "Test", **anna),
                Changed(Kind.ACTIVITY, "anna", "talking", "idle", end + 60, "Test", **anna),
            )
            end += 60
        self.tell(Changed(Kind.CONTACT, name, "waiting", "ended", end, "CallGone", **who))

    def answer(self, name: str, at: float, scale: str, score: int) -> None:
        """What a caller says in a survey."""
        of = {"contact": name, "queue": "sales", "agent": "anna"}
        self.tell(Changed(Kind.SURVEY, name, f"after.{scale}", str(score), at, "SurveyAnswered", reason=scale, **of))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path}/cti.db")
    yield store
    store.close()


@pytest.fixture
def teller(store: Store) -> Teller:
    return Teller(store)


@pytest.fixture
def rows(store: Store) -> Callable[..., list[dict[str, object]]]:
    """Ask a report, ten days later; its rows."""

    def ask(name: str, **asked: str) -> list[dict[str, object]]:
        reports = Reports(store, lambda: "UTC", lambda: NOON + 10 * 86_400)
        found = reports.run(name, {"from": "2023-11-15", "to": "2023-11-15", **asked})
        return found.as_object()["rows"]  # type: ignore[no-any-return]

    return ask
