"""Does a row that no database takes cost nobody but itself, in every kind of writer, and is what waits bounded?"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import msgspec
import pytest
from sqlalchemy import Table, func, select
from structlog.testing import capture_logs

from cti.model.audit import AuditEntry
from cti.model.books import KeepNotAgain
from cti.model.changes import Changed, Kind
from cti.store.abandoned_callers import AbandonedCallers
from cti.store.agent_status import AgentStatusWriter
from cti.store.amd_tables import amd_verdict
from cti.store.amd_verdicts import AmdVerdicts
from cti.store.audit import AuditLog
from cti.store.database import Store
from cti.store.follow_up_writer import FollowUpWriter
from cti.store.outbound_writer import OutboundWriter
from cti.store.row_writer import AT_ONCE, RowWriter
from cti.store.tables import agent_status, audit, callback_request, do_not_call, follow_up
from cti.store.writer_thread import WriterThread
from tests.store import test_abandoned_callers, test_amd_verdicts, test_follow_up

pytestmark = pytest.mark.unit

NOW = 1_700_000_000.0


class Letters(RowWriter[str]):
    """Writes letters into a list; one that is small is taken by nobody."""

    def __init__(self, most: int = 1000) -> None:
        super().__init__("letters", 0.001, most=most)
        self.stored: list[str] = []
        self.commits: list[int] = []

    def put(self, letter: str, key: Hashable = None) -> None:
        self._put(letter, key)

    def begin(self) -> None:
        self._begin()

    def _write(self, work: dict[Hashable, str]) -> None:
        letters = list(work.values())
        if any(letter.islower() for letter in letters):
            raise ValueError
        self.stored += letters
        self.commits.append(len(letters))


def test_what_waits_is_bounded() -> None:
    letters = Letters(most=3)
    for letter in "ABCDE":
        letters.put(letter)
    letters.begin()
    assert (letters.lost, letters.close(), letters.stored) == (2, 0, list("ABC"))


def test_of_a_key_the_newest_is_written_however_many_wait() -> None:
    letters = Letters(most=0)
    for letter in "ABCD":
        letters.put(letter, letter in "AC")
    letters.begin()
    assert (letters.lost, letters.close(), letters.stored) == (0, 0, list("CD"))


def test_whoever_waits_for_what_he_told_waits_until_it_is_written() -> None:
    letters = Letters()
    letters.put("A")
    letters.begin()
    letters.flush(30.0)
    assert letters.stored == ["A"]
    letters.close()


def test_a_bad_row_among_many_costs_few_commits_and_the_order_stays() -> None:
    letters = Letters(most=4 * AT_ONCE)
    wanted = ["a" if number == 700 else chr(65 + number % 26) for number in range(4 * AT_ONCE)]
    for letter in wanted:
        letters.put(letter)
    with capture_logs() as logged:
        letters.begin()
        assert letters.close(30.0) == 0
    assert letters.stored == [letter for letter in wanted if letter != "a"]
    assert letters.lost == 1 and len(letters.commits) < 40
    assert [(line["event"], line["lost"]) for line in logged] == [("letters_lost", 1)]


def only_bad_ones() -> Letters:
    letters = Letters()
    for _ in range(50):
        letters.put("a")
    return letters


def test_the_end_comes_also_where_nothing_can_be_written() -> None:
    letters = only_bad_ones()
    letters.begin()
    assert (letters.close(30.0), letters.lost, letters.stored) == (0, 50, [])


Feed = Callable[[Any, int, str], None]


def put_status(writer: AgentStatusWriter, number: int, text: str) -> None:
    writer.apply(Changed(Kind.STATUS, f"agent{number}", "", "on_break", NOW, "AgentRequest", reason=text))


def put_entry(writer: AuditLog, number: int, text: str) -> None:
    writer.add(AuditEntry(NOW, None, text, "reload", "", {}, "done"))


def put_follow_up(writer: FollowUpWriter, number: int, text: str) -> None:
    writer.apply(msgspec.structs.replace(test_follow_up.told(f"n/{number}"), reason=text))


def put_caller(writer: AbandonedCallers, number: int, text: str) -> None:
    writer.apply(msgspec.structs.replace(test_abandoned_callers.GAVE_UP, id=f"n/{number}", call=text))


def put_verdict(writer: AmdVerdicts, number: int, text: str) -> None:
    writer.apply(test_amd_verdicts.told(f"s{number}", reason=f"human {text}"))


def put_wish(writer: OutboundWriter, number: int, text: str) -> None:
    writer.order(KeepNotAgain(f"+4930000{number}", "", text, "eva", NOW))


KINDS: dict[str, tuple[Callable[[Store], RowWriter[Any]], Feed, Table]] = {
    "agent_status": (AgentStatusWriter, put_status, agent_status),
    "audit": (AuditLog, put_entry, audit),
    "follow_ups": (FollowUpWriter, put_follow_up, follow_up),
    "abandoned_callers": (
        lambda store: AbandonedCallers(store, lambda: test_abandoned_callers.POLICY),
        put_caller,
        callback_request,
    ),
    "amd_verdicts": (AmdVerdicts, put_verdict, amd_verdict),
    "outbound": (OutboundWriter, put_wish, do_not_call),
}


POISON = {
    "sqlite": "half a character: \ud800",  # neither driver has bytes for it
    "postgresql": "a byte that no text may have: \0",
}


@pytest.mark.parametrize("kind", KINDS)
def test_in_every_kind_of_writer(store: Store, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    begin = WriterThread._begin
    monkeypatch.setattr(WriterThread, "_begin", lambda _: None)  # so that all of it is one portion
    make, put, table = KINDS[kind]
    writer = make(store)
    for number in range(5):
        put(writer, number, POISON[store.engine.dialect.name] if number == 2 else "words")
    with capture_logs() as logged:
        begin(writer)
        assert writer.close(30.0) == 0
    with store.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(table)).scalar_one() == 4
    assert (writer.lost, [line["event"] for line in logged]) == (1, [f"{kind}_lost"])
