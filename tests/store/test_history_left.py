"""What becomes in the history of contacts whose engine died: whoever comes back goes on, the others have ended."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kit import START, Scene, center, member
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from cti.model.changes import Changed, Kind
from cti.model.words import AgentId, ContactId
from cti.ports import Clock
from cti.store.database import Store, open_store
from cti.store.history import History
from cti.store.history_left import AFTER_S, CAUSE, LeftBehind
from cti.store.history_writer import HistoryWriter
from cti.store.interval_tables import queue_interval

pytestmark = pytest.mark.unit

CENTER = center(agents={"anna": member("sales")})
REBORN = START + 50
LATER = REBORN + AFTER_S


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path}/cti.db")
    yield store
    store.close()


def writer_of(store: Store, at: float = START, *, alone: bool = True, clock: Clock = lambda: 0.0) -> HistoryWriter:
    return HistoryWriter(store, CENTER, "v1", now=at, keep_s=1e9, gather_s=0.0, retry_s=0.01, alone=alone, clock=clock)


def died(store: Store, scene: Scene) -> str:
    """The engine wrote all that had happened, and died; the contact's name."""
    writer = writer_of(store)
    for told in scene.changes():
        writer.apply(told)
    assert writer.close() == 0
    return next(str(told.contact) for told in scene.changes() if told.contact)


def tick(at: float) -> Changed:
    return Changed(Kind.STATUS, "anna", "", "available", at, "login", agent=AgentId("anna"))


def row(store: Store, writer: HistoryWriter) -> dict[str, Any]:
    (found,) = History(store, CENTER, "v1", lambda: writer.flush(30.0)).contacts()
    return found


def counts(store: Store) -> dict[str, float]:
    with store.engine.connect() as connection:
        found = connection.execute(select(queue_interval)).mappings().all()
    return {name: sum(float(each[name]) for each in found) for name in ("offered", "answered", "abandoned")}


def waits(scene: Scene) -> None:
    scene.arrive("c1", caller="+49301")


def talks(scene: Scene) -> None:
    scene.login("anna")
    scene.arrive("c1", caller="+49301")
    scene.answer("anna")


def after(store: Store, *told: Changed, alone: bool = True) -> dict[str, Any]:
    """The next engine is told this, and then something else much later."""
    seconds = [0.0]
    writer = writer_of(store, REBORN, alone=alone, clock=lambda: seconds[0])
    for each in told:
        writer.apply(each)
    seconds[0] = AFTER_S
    writer.apply(tick(LATER))
    assert writer.flush(30.0)
    writer.apply(tick(LATER + 1))  # what is due is done after a batch
    found = row(store, writer)
    assert writer.close() == 0
    return found


def test_who_waited_and_never_came_back_gave_up(store: Store) -> None:
    scene = Scene(CENTER)
    waits(scene)
    contact = died(store, scene)
    found = after(store)
    assert (found["state"], found["outcome"], found["ended_at"]) == ("ended", "abandoned", REBORN)
    assert (found["caller"], found["queue"]) == ("+49301", "sales")
    assert counts(store) == {"offered": 1, "answered": 0, "abandoned": 1}
    facts = History(store, CENTER, "v1").facts(contact)
    assert [(fact.kind, fact.old, fact.new) for fact in facts if fact.cause == CAUSE] == [
        (Kind.VISIT, "waiting", "abandoned"),
        (Kind.CONTACT, "waiting", "ended"),
    ]


def test_a_talk_that_ended_meanwhile_keeps_what_was_known_of_it(store: Store) -> None:
    scene = Scene(CENTER)
    talks(scene)
    died(store, scene)
    found = after(store)
    assert (found["state"], found["outcome"], found["agent"]) == ("ended", "answered", "anna")
    assert counts(store) == {"offered": 1, "answered": 1, "abandoned": 0}


def resumed(contact: str, state: str, at: float = REBORN + 1) -> Changed:
    return Changed(Kind.CONTACT, contact, "arrived", state, at, "resumed", contact=ContactId(contact))


def test_a_talk_that_goes_on_keeps_its_outcome_and_agent(store: Store) -> None:
    """Before, whoever talked at a death had neither afterwards."""
    scene = Scene(CENTER)
    talks(scene)
    contact = died(store, scene)
    found = after(store, resumed(contact, "talking"))
    assert (found["state"], found["outcome"], found["agent"]) == ("talking", "answered", "anna")
    assert found["ended_at"] is None


@pytest.mark.parametrize("state", ["talking", "aside"])
def test_who_was_answered_while_nobody_lived_is_answered(store: Store, state: str) -> None:
    scene = Scene(CENTER)
    waits(scene)
    contact = died(store, scene)
    assert after(store, resumed(contact, state))["outcome"] == "answered"


def test_who_came_back_goes_on_waiting(store: Store) -> None:
    scene = Scene(CENTER)
    waits(scene)
    contact = died(store, scene)
    found = after(store, resumed(contact, "waiting"))
    assert (found["state"], found["ended_at"]) == ("waiting", None)


def test_beside_other_engines_nobody_is_given_up(store: Store) -> None:
    """He may be with another one."""
    scene = Scene(CENTER)
    waits(scene)
    died(store, scene)
    assert after(store, alone=False)["ended_at"] is None


def test_nobody_is_given_up_too_early(store: Store) -> None:
    scene = Scene(CENTER)
    waits(scene)
    died(store, scene)
    seconds = [0.0]
    writer = writer_of(store, REBORN, clock=lambda: seconds[0])
    seconds[0] = AFTER_S - 1
    for _ in range(2):
        writer.apply(tick(LATER - 1))
        assert writer.flush(30.0)
    assert row(store, writer)["ended_at"] is None
    writer.close()


def test_who_was_seen_by_a_clock_that_was_ahead_ends_too(store: Store) -> None:
    scene = Scene(CENTER)
    scene.wait(REBORN - START + 45)
    waits(scene)
    died(store, scene)
    found = after(store)
    assert (found["state"], found["outcome"], found["ended_at"]) == ("ended", "abandoned", REBORN + 45)


def test_a_read_that_fails_is_tried_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene(CENTER)
    waits(scene)
    died(store, scene)
    seconds = [0.0]
    left = LeftBehind(store, REBORN, lambda: seconds[0])
    seconds[0] = AFTER_S
    with monkeypatch.context() as broken:

        def away() -> None:
            raise OperationalError("SELECT", None, Exception())

        broken.setattr(store.engine, "connect", away)
        with pytest.raises(OperationalError):
            left.ends()
    assert left.due()
    ((contact, facts),) = left.ends().items()
    assert [fact.new for fact in facts] == ["abandoned", "ended"]
    assert left.seen(contact) and not left.due()


def test_who_is_heard_of_while_the_ends_are_read_lives_on(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene(CENTER)
    waits(scene)
    contact = died(store, scene)
    seconds = [0.0]
    writer = writer_of(store, REBORN, clock=lambda: seconds[0])
    read = LeftBehind.ends

    def slowly(left: LeftBehind) -> dict[str, list[Changed]]:
        found = read(left)
        writer.apply(resumed(contact, "waiting", LATER))
        return found

    monkeypatch.setattr(LeftBehind, "ends", slowly)
    seconds[0] = AFTER_S
    writer.apply(tick(LATER))
    assert writer.flush(30.0)
    writer.apply(tick(LATER + 1))
    assert writer.flush(30.0)
    found = row(store, writer)
    assert (found["state"], found["ended_at"]) == ("waiting", None)
    assert writer.close() == 0
