"""What becomes in the history of contacts whose engine died: whoever comes back goes on, the others have ended."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from kit import START, Scene, center, member
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from cti.metrics.live import LiveView
from cti.model.changes import LEFT_BEHIND, Changed, Kind
from cti.model.words import ContactId
from cti.reports.today import restore_today
from cti.store.database import Store, open_store
from cti.store.history import History
from cti.store.history_left import AFTER_S, PAUSE_S, PORTION, RETRY_S, LeftBehind, _still_open, told_of
from cti.store.history_writer import HistoryWriter
from cti.store.interval_tables import queue_interval
from cti.store.tables import contact_fact

pytestmark = pytest.mark.unit

CENTER = center(agents={"anna": member("sales")})
REBORN = START + 50


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path}/cti.db")
    yield store
    store.close()


def writer_of(store: Store, at: float = START) -> HistoryWriter:
    return HistoryWriter(store, CENTER, "v1", now=at, keep_s=1e9, gather_s=0.0, retry_s=0.01)


def died(store: Store, scene: Scene) -> str:
    """The engine wrote all that had happened, and died; the contact's name."""
    writer = writer_of(store)
    for told in scene.changes():
        writer.apply(told)
    assert writer.close() == 0
    return next(str(told.contact) for told in scene.changes() if told.contact)


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


async def end(writer: HistoryWriter, slept: Callable[[float], object] = lambda pause_s: None) -> list[Changed]:
    """What is told of those who were left open; `slept` is called at each pause."""
    told: list[Changed] = []

    async def sleep(pause_s: float) -> None:
        slept(pause_s)

    def tell(facts: Iterable[Changed]) -> None:
        for fact in facts:
            told.append(fact)
            writer.apply(fact)

    await writer.left.run(tell, sleep)
    return told


async def after(store: Store, *told: Changed) -> dict[str, Any]:
    """How the contact stands when the next engine was told this, and time has passed."""
    writer = writer_of(store, REBORN)
    for each in told:
        writer.apply(each)
    await end(writer)
    found = row(store, writer)
    assert writer.close() == 0
    return found


async def test_who_waited_and_never_came_back_gave_up(store: Store) -> None:
    scene = Scene(CENTER)
    waits(scene)
    contact = died(store, scene)
    found = await after(store)
    assert (found["state"], found["outcome"], found["ended_at"]) == ("ended", "abandoned", REBORN)
    assert (found["caller"], found["queue"]) == ("+49301", "sales")
    assert counts(store) == {"offered": 1, "answered": 0, "abandoned": 1}
    facts = History(store, CENTER, "v1").facts(contact)
    assert [(fact.kind, fact.old, fact.new) for fact in facts if fact.cause == LEFT_BEHIND] == [
        (Kind.VISIT, "waiting", "abandoned"),
        (Kind.CONTACT, "waiting", "ended"),
    ]


async def test_they_end_too_when_the_engine_was_down_for_days(store: Store) -> None:
    scene = Scene(CENTER)
    waits(scene)
    died(store, scene)
    writer = writer_of(store, monday := START + 3 * 86_400.0)
    await end(writer)
    found = row(store, writer)
    assert (found["state"], found["outcome"], found["ended_at"]) == ("ended", "abandoned", monday)
    writer.close()


def test_those_who_are_open_are_found_by_their_index(store: Store) -> None:
    """On SQLite: PostgreSQL's plans depend on its statistics."""
    asked = _still_open().compile(store.engine, compile_kwargs={"literal_binds": True})
    with store.engine.connect() as connection:
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}")]
    assert len(plan) == 1 and "USING INDEX contact_history_open" in plan[0]


def test_what_istold_of_them_is_found_by_their_index(store: Store) -> None:
    """A start that reads all facts of a month takes half a minute, in which nobody is served."""
    query = told_of(["n/1", "n/2"], [Kind.CONTACT, Kind.VISIT])
    asked = query.compile(store.engine, compile_kwargs={"literal_binds": True})
    with store.engine.connect() as connection:
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}")]
    assert len(plan) == 1 and "USING INDEX contact_fact_contact" in plan[0]


async def test_a_talk_that_ended_meanwhile_keeps_what_was_known_of_it(store: Store) -> None:
    scene = Scene(CENTER)
    talks(scene)
    died(store, scene)
    found = await after(store)
    assert (found["state"], found["outcome"], found["agent"]) == ("ended", "answered", "anna")
    assert counts(store) == {"offered": 1, "answered": 1, "abandoned": 0}


def resumed(contact: str, state: str, at: float = REBORN + 1) -> Changed:
    return Changed(Kind.CONTACT, contact, "arrived", state, at, "resumed", contact=ContactId(contact))


async def test_a_talk_that_goes_on_keeps_its_outcome_and_agent(store: Store) -> None:
    """Before, whoever talked at a death had neither afterwards."""
    scene = Scene(CENTER)
    talks(scene)
    contact = died(store, scene)
    found = await after(store, resumed(contact, "talking"))
    assert (found["state"], found["outcome"], found["agent"]) == ("talking", "answered", "anna")
    assert found["ended_at"] is None


@pytest.mark.parametrize("state", ["talking", "aside"])
async def test_who_was_answered_while_nobody_lived_is_answered(store: Store, state: str) -> None:
    scene = Scene(CENTER)
    waits(scene)
    contact = died(store, scene)
    assert (await after(store, resumed(contact, state)))["outcome"] == "answered"


async def test_who_came_back_goes_on_waiting(store: Store) -> None:
    scene = Scene(CENTER)
    waits(scene)
    contact = died(store, scene)
    found = await after(store, resumed(contact, "waiting"))
    assert (found["state"], found["ended_at"]) == ("waiting", None)


async def test_nobody_is_given_up_too_early(store: Store) -> None:
    scene = Scene(CENTER)
    waits(scene)
    contact = died(store, scene)
    writer, pauses = writer_of(store, REBORN), list[float]()

    def comes_back(pause_s: float) -> None:
        pauses.append(pause_s)
        writer.apply(resumed(contact, "waiting"))

    assert await end(writer, comes_back) == [] and pauses == [AFTER_S]
    assert row(store, writer)["ended_at"] is None
    writer.close()


async def test_who_was_seen_by_a_clock_that_was_ahead_ends_too(store: Store) -> None:
    scene = Scene(CENTER)
    scene.wait(REBORN - START + 45)
    waits(scene)
    died(store, scene)
    found = await after(store)
    assert (found["state"], found["outcome"], found["ended_at"]) == ("ended", "abandoned", REBORN + 45)


async def test_a_read_that_fails_is_tried_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene(CENTER)
    waits(scene)
    died(store, scene)
    writer, pauses = writer_of(store, REBORN), list[float]()
    assert writer.flush(30.0)
    read, away = LeftBehind._newest_visit, [OperationalError("SELECT", None, Exception()), RuntimeError()]

    def newest_visit(left: LeftBehind, name: str) -> Changed | None:
        if away:
            raise away.pop()
        return read(left, name)

    monkeypatch.setattr(LeftBehind, "_newest_visit", newest_visit)
    with capture_logs() as logged:
        told = await end(writer, pauses.append)
    assert [fact.new for fact in told] == ["abandoned", "ended"] and pauses == [AFTER_S, RETRY_S, RETRY_S]
    assert writer.left.errors == 2 and [line["event"] for line in logged] == ["contacts_left_open"] * 2
    assert writer.close() == 0


async def test_who_is_heard_of_while_the_ends_are_read_lives_on(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene(CENTER)
    waits(scene)
    contact = died(store, scene)
    writer = writer_of(store, REBORN)
    read = LeftBehind._ends

    def slowly(left: LeftBehind, rows: Mapping[str, Any]) -> dict[str, list[Changed]]:
        found = read(left, rows)
        writer.apply(resumed(contact, "waiting", REBORN + AFTER_S))
        return found

    monkeypatch.setattr(LeftBehind, "_ends", slowly)
    assert await end(writer) == []
    found = row(store, writer)
    assert (found["state"], found["ended_at"]) == ("waiting", None)
    assert writer.close() == 0


async def test_a_visit_that_cannot_be_read_ends_nothing_but_itself(store: Store) -> None:
    """Of an older version: it ended the thread of the history, without a word."""
    scene = Scene(CENTER)
    for call in ("c1", "c2"):
        scene.arrive(call, caller="+49301")
    first = died(store, scene)
    with store.engine.begin() as connection:
        ours = (contact_fact.c.contact == first, contact_fact.c.kind == Kind.VISIT.value)
        connection.execute(update(contact_fact).where(*ours).values(body='{"kind": "a word of yesterday"}'))
    writer = writer_of(store, REBORN)
    with capture_logs():
        told = await end(writer)
    assert sorted((str(fact.kind), fact.new) for fact in told) == [
        *[("contact", "ended")] * 2,
        ("visit", "abandoned"),
    ]
    assert writer.left.errors == 1 and writer.close() == 0


async def test_many_are_ended_a_few_at_a_time(store: Store) -> None:
    scene = Scene(CENTER)
    for number in range(PORTION + 1):
        scene.arrive(f"c{number}", caller="+49301")
    died(store, scene)
    writer, pauses = writer_of(store, REBORN), list[float]()
    assert len(await end(writer, pauses.append)) == 2 * (PORTION + 1) and pauses == [AFTER_S, PAUSE_S]
    assert writer.close() == 0
    assert counts(store)["abandoned"] == PORTION + 1


async def test_a_board_says_the_same_of_today_as_a_report(store: Store) -> None:
    """Before, whom a death had left open was in the one, and never in the other until the next restart."""
    scene = Scene(CENTER)
    waits(scene)
    died(store, scene)
    writer, view = writer_of(store, REBORN), LiveView(CENTER)
    view.tally.begin(REBORN)
    assert writer.flush(30.0) and restore_today(store, view.tally, REBORN)
    for fact in await end(writer):
        view.apply(fact)
    assert writer.close() == 0
    shown = view.tally.windows("sales").shown(REBORN)["today"]
    assert {name: shown[name] for name in ("offered", "answered", "abandoned")} == counts(store)
    assert shown["waiting"] == 0 and view.inconsistent == 0 and view.queues["sales"].counts.offered == 1
