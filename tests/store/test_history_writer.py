"""Does the history get every fact, without the loop ever waiting, and does it say what it lost?"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from kit import START, Queue, Scene, center, member
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from cti.clocks import AgeingClock, SteadyClock
from cti.model.changes import Changed, Kind
from cti.model.words import AgentAction, AgentId, ContactId
from cti.store import history_retention, history_writer
from cti.store.database import Store, open_store
from cti.store.history import History
from cti.store.history_writer import SWEEP_STEP_S, HistoryWriter
from cti.store.tables import agent_fact, config_version, contact_fact, contact_history
from cti.store.writer_thread import NO_ANSWER
from tests.waiting import until

pytestmark = pytest.mark.unit

CENTER = center(agents={"anna": member("sales"), "ben": member("sales")})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path}/cti.db")
    yield store
    store.close()


def writer_of(store: Store, *, max_pending: int = 1000) -> HistoryWriter:
    return HistoryWriter(
        store, CENTER, "v1", now=START, keep_s=1e9, gather_s=0.0, retry_s=0.01, max_pending=max_pending
    )


def contact(number: int, at: float = START) -> Changed:
    return Changed(Kind.CONTACT, f"n/{number}", "", "arrived", at, "CallArrived", contact=ContactId(f"n/{number}"))


def count(store: Store, table: object) -> int:
    with store.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()  # type: ignore[arg-type]


def test_flush_returns_when_all_that_was_told_can_be_read(store: Store) -> None:
    writer = writer_of(store)
    history = History(store, CENTER, "v1", lambda: writer.flush(30.0))
    for number in range(30):
        writer.apply(contact(number, START + number))
        assert [row["contact"] for row in history.contacts(1)] == [f"n/{number}"]
    assert writer.close() == 0


def test_while_the_loop_is_late_nothing_is_written_until_half_of_the_room_is_taken(store: Store) -> None:
    late = threading.Event()
    late.set()
    writer = HistoryWriter(
        store, CENTER, "v1", now=START, keep_s=1e9, gather_s=0.0, retry_s=0.01, max_pending=40, may_wait=late.is_set
    )
    for number in range(10):
        writer.apply(contact(number))
    assert len(writer._facts) >= 10  # and the opening of the policy
    for number in range(10, 25):
        writer.apply(contact(number))
    assert writer.flush(30.0) and count(store, contact_fact) == 25  # who asks does not wait for a quiet loop
    writer.apply(contact(25))
    assert writer.close() == 0 and count(store, contact_fact) == 26


def test_a_start_tells_how_everybody_stands(store: Store) -> None:
    writer_of(store).close()
    assert count(store, agent_fact) == 2
    writer = writer_of(store)  # the engine died and starts again: what was true before is over
    writer.close()
    assert count(store, agent_fact) == 4
    assert count(store, config_version) == 0  # no fact of a contact names it yet


def test_who_is_new_in_a_policy_is_known_from_then_on(store: Store) -> None:
    writer = writer_of(store)
    carl = center(agents={"anna": member("sales"), "carl": member("sales", starts="available")})
    writer.propose(carl, "v2", START + 5)
    writer.settle(accepted=True)
    writer.apply(contact(1))
    writer.propose(CENTER, "v1", START + 6)
    writer.settle(accepted=True)
    writer.apply(contact(2))
    writer.close()
    with store.engine.connect() as connection:
        query = select(agent_fact.c.agent, agent_fact.c.at).order_by(agent_fact.c.id)
        told = [(name, at - START) for name, at in connection.execute(query)]
        assert connection.execute(select(config_version.c.version)).scalars().all() == ["v1", "v2"]
    assert told == [("anna", 0), ("ben", 0), ("carl", 5), ("ben", 6)]


def test_a_policy_that_never_held_leaves_no_trace(store: Store) -> None:
    writer = writer_of(store)
    writer.propose(center(agents={"carl": member("sales")}), "v2", START + 5)
    writer.apply(contact(1))
    assert writer.flush(30.0)  # what is undecided is not waited for
    assert count(store, contact_fact) == 0
    writer.settle(accepted=False)
    writer.apply(contact(2))
    writer.close()
    with store.engine.connect() as connection:
        assert connection.execute(select(agent_fact.c.agent)).scalars().all() == ["anna", "ben"]
        assert connection.execute(select(config_version.c.version)).scalars().all() == ["v1"]
        assert connection.execute(select(contact_fact.c.version)).scalars().all() == ["v1", "v1"]


def test_what_is_told_while_a_policy_is_proposed_comes_after_it(store: Store) -> None:
    writer = writer_of(store)
    carl = center(agents={"carl": member("sales")})
    writer.propose(carl, "v2", START + 5)
    carl_is = Changed(Kind.STATUS, "carl", "", "available", START + 5, "PolicyChanged", agent=AgentId("carl"))
    writer.apply(carl_is)
    writer.settle(accepted=True)
    writer.close()
    with store.engine.connect() as connection:
        query = select(agent_fact.c.body).where(agent_fact.c.agent == "carl").order_by(agent_fact.c.id)
        bodies = connection.execute(query).scalars().all()
        assert ["available" in body for body in bodies] == [False, True]


def test_policies_that_wait_have_a_bound_and_facts_keep_their_names(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_writer, "MAX_POLICIES", 3)
    writer = writer_of(store)
    writer.flush(30.0)
    with capture_logs(), store.durable.connect() as other:
        other.exec_driver_sql("BEGIN IMMEDIATE")
        for number in range(20):
            writer.propose(center(agents={f"agent{number}": member("sales")}), f"p{number}", START)
            writer.settle(accepted=True)
        waiting = list(writer._facts)
        writer.apply(contact(1))
        other.rollback()
    writer.close()
    assert len(waiting) <= 4 and writer.lost >= 16
    with store.engine.connect() as connection:
        assert connection.execute(select(contact_fact.c.version)).scalars().all() == ["p19"]


def test_numbers_go_on_after_a_restart(store: Store) -> None:
    for number in range(3):
        writer = writer_of(store)
        writer.apply(contact(number))
        writer.close()
    with store.engine.connect() as connection:
        numbers = [*connection.execute(select(contact_fact.c.id)).scalars()]
        numbers += connection.execute(select(agent_fact.c.id)).scalars()
    assert len(set(numbers)) == len(numbers) == 9


def test_what_finds_no_room_is_counted_and_told_and_the_rest_is_written(store: Store) -> None:
    writer = writer_of(store, max_pending=10)
    writer.flush(30.0)
    with capture_logs() as logged:
        with store.durable.connect() as other:
            other.exec_driver_sql("BEGIN IMMEDIATE")  # the writer's thread now waits for us
            for number in range(50):
                writer.apply(contact(number))
            other.rollback()
        assert writer.close() == 0
    assert writer.lost >= 30
    assert count(store, contact_fact) + writer.lost == 50
    assert [(entry["event"], entry["lost"]) for entry in logged] == [
        ("history_facts_lost", 1),
        ("history_facts_lost", 10),
    ]


def test_errors_are_counted_and_everything_is_tried_again(store: Store) -> None:
    writer = writer_of(store)
    writer.flush(30.0)
    failed = threading.Event()
    real = writer._try

    def watched(work: Any) -> bool:
        done = real(work)
        if not done:
            failed.set()
        return done

    writer._try = watched  # type: ignore[method-assign]
    with store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE contact_fact RENAME TO away")
    for number in range(5):
        writer.apply(contact(number))
    assert failed.wait(10)
    with store.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE away RENAME TO contact_fact")
    assert writer.close() == 0
    assert writer.errors >= 1
    assert count(store, contact_fact) == 5


def test_a_fact_that_is_not_understood_ends_nothing(store: Store) -> None:
    writer = writer_of(store)
    with capture_logs():
        writer.apply(Changed(Kind.STATUS, "anna", "", "on_the_moon", START, "Test"))
        writer.flush(30.0)
    writer.apply(contact(1))
    assert writer.close() == 0
    assert (writer.errors, writer.lost, count(store, contact_fact)) == (1, 1, 1)


def test_close_says_how_much_could_not_be_written(store: Store) -> None:
    writer = writer_of(store)
    writer.flush(30.0)
    with store.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE contact_fact")
    writer.apply(contact(1))
    assert writer.close() == 1


def test_a_story_survives_a_restart(store: Store) -> None:
    scene = Scene(CENTER)
    writer = writer_of(store)
    scene.login("anna")
    scene.arrive("c1")
    scene.talk("anna", 5)
    for told in scene.changes():
        writer.apply(told)
    writer.close()
    again = writer_of(store)
    history = History(store, CENTER, "v1", lambda: again.flush(30.0))
    (row,) = history.contacts()
    assert (row["state"], row["outcome"], row["agent"]) == ("ended", "answered", "anna")
    assert [look.standings[0].agent for look in history.looks(row["contact"])] == ["anna"]
    again.close()


@pytest.mark.parametrize("when", ["in the talk", "in the wrap-up", "in the wrap-up, later"])
def test_what_came_of_a_talk_stands_with_its_contact(store: Store, when: str) -> None:
    """In the wrap-up the contact has ended: its row is written, and nobody may write it anew without its caller."""
    rules = Queue(wrap_up_s=10, dispositions={"sale": "Sale"})
    scene = Scene(center({"sales": rules}))
    writer = writer_of(store)
    told = 0

    def write() -> None:
        nonlocal told
        for each in scene.changes()[told:]:
            writer.apply(each)
        told = len(scene.changes())

    scene.login("anna")
    scene.arrive("c1", caller="+49301")
    scene.answer("anna")
    if when == "in the talk":
        scene.request("anna", AgentAction.DISPOSITION, "sale")
    scene.agent_hangs_up("anna")
    if when == "in the wrap-up, later":
        write()
        writer.flush(30.0)
    scene.request("anna", AgentAction.DISPOSITION, "sale")
    write()
    assert writer.flush(30.0)
    history = History(store, scene.policy, "v1", lambda: writer.flush(30.0))
    (row,) = history.contacts()
    assert (row["disposition"], row["caller"], row["state"], row["agent"]) == ("sale", "+49301", "ended", "anna")
    assert next(fact.new for fact in history.facts(row["contact"]) if fact.kind is Kind.DISPOSITION) == "sale"
    writer.close()


def test_a_row_that_no_database_takes_costs_itself_and_nothing_beside_it(store: Store) -> None:
    writer = writer_of(store)
    assert writer.flush(30.0)
    poison = msgspec.structs.replace(contact(40), caller="\ud800")  # half a character: utf-8 has no bytes for it
    with capture_logs() as logs, store.durable.connect() as other:
        other.exec_driver_sql("BEGIN IMMEDIATE")  # so that all are of one batch
        for number in range(100):
            writer.apply(poison if number == 40 else contact(number))
        other.rollback()
        assert writer.flush(30.0)
    assert (writer.lost, [line["event"] for line in logs]) == (1, ["history_lost"])
    writer.apply(contact(100))
    assert writer.close() == 0
    assert (count(store, contact_fact), count(store, contact_history)) == (101, 100)  # of him, the row with the caller


def test_a_clock_that_is_ahead_for_a_moment_deletes_nothing(store: Store) -> None:
    off_s, up_s = [0.0], [0.0]
    clock = SteadyClock(lambda: START + up_s[0] + off_s[0], lambda: up_s[0])
    ageing = AgeingClock(clock, lambda: START + up_s[0] + off_s[0], lambda: up_s[0])
    writer = HistoryWriter(store, CENTER, "v1", now=START, keep_s=5 * 86_400.0, gather_s=0.0, clock=ageing)
    for number in range(10):
        writer.apply(contact(number, START - 4 * 86_400.0))

    def left() -> int:
        for number in (98, 99):  # once the second one is written, all is done that follows from the first
            writer.apply(contact(number, START + up_s[0]))
            assert writer.flush(30.0)
        return count(store, contact_fact)

    found = []
    for up_s[0], off_s[0] in ((900.0, 400 * 86_400.0), (2_000.0, 0.0), (3_100.0, 400 * 86_400.0)):
        found.append(left())
    assert found == [12, 14, 16], "ten of them are too old by the wrong clock only"
    up_s[0], off_s[0] = 2 * 86_400.0, 0.0
    assert left() == 8, "two days later they are"
    writer.close()


async def test_what_is_too_old_goes_on_going_where_nothing_happens(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One portion a minute took days for what a shorter `keep_days` lets go."""
    monkeypatch.setattr(history_writer, "SWEEP_ON_S", 0.001)
    for module in (history_writer, history_retention):
        monkeypatch.setattr(module, "PORTION", 10)
    writer = HistoryWriter(store, CENTER, "v1", now=START, keep_s=86_400.0, gather_s=0.0)
    for number in range(95):
        writer.apply(contact(number, START + number))
    writer.apply(contact(99, START + 2 * 86_400.0))  # no clock: this is how late it is
    await until(lambda: count(store, contact_fact) == 1, "the others are gone")
    writer.close()


@pytest.mark.parametrize("works", [True, False])
def test_a_sweep_may_take_long_and_a_server_that_hangs_in_it_is_told(
    store: Store, monkeypatch: pytest.MonkeyPatch, works: bool
) -> None:
    now, hangs, answers, swept = 1000.0, threading.Event(), threading.Event(), threading.Event()

    def step(*_: object) -> int:
        hangs.set()
        assert answers.wait(30)
        if works:
            return 0
        raise OperationalError("", None, Exception("timed out"))

    def last(*_: object) -> int:
        told.append(writer.trouble)
        swept.set()
        return 0

    told = list[str]()
    monkeypatch.setattr(history_retention, "_sweep_contacts", step)
    monkeypatch.setattr(history_retention, "_sweep_policies", last)
    writer = HistoryWriter(store, CENTER, "v1", now=START, keep_s=1e9, gather_s=0.0, monotonic=lambda: now)
    assert hangs.wait(30)
    for now in (1000.0, 1000.0 + SWEEP_STEP_S, 1001.0 + SWEEP_STEP_S):  # noqa: B007
        told.append(writer.trouble)
    answers.set()
    assert swept.wait(30)
    assert works or writer.trouble == NO_ANSWER, "nothing has worked since"
    writer.apply(contact(1))
    assert writer.flush(30.0) and writer.trouble == "", "it answers"
    assert writer.close() == 0
    assert told == ["", "", NO_ANSWER, NO_ANSWER]
