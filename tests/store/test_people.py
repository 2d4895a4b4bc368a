"""Are people, sessions and tokens kept as they were given, once each?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from cti.people.records import Session, Token, User
from cti.people.rights import Role
from cti.store.database import open_store
from cti.store.people import PeopleRecords

pytestmark = pytest.mark.unit

EVA = User("eva", Role.SUPERVISOR, "$hash", 1.0, ("sales",), ("back-office",), "anna", "1009", "zh", "SECRET", 3)


@pytest.fixture
def records(tmp_path: Path) -> Iterator[PeopleRecords]:
    store = open_store(f"sqlite:///{tmp_path}/cti.db")
    yield PeopleRecords(store)
    store.close()


def test_a_person_is_kept_once_and_as_he_is(records: PeopleRecords) -> None:
    assert records.add_user(EVA) and not records.add_user(EVA)
    assert records.user("eva") == EVA and records.user("Eva") is None
    assert records.change_user("eva", queues=("support", "sales"), locked=True)
    assert records.users() == [msgspec.structs.replace(EVA, queues=("support", "sales"), locked=True)]
    assert not records.change_user("ben", locked=True)


def test_a_code_is_taken_once_and_none_before_it(records: PeopleRecords) -> None:
    records.add_user(EVA)
    assert [records.take_code("eva", step) for step in (3, 4, 4, 3, 5)] == [False, True, False, False, True]


def test_sessions_end_with_their_person(records: PeopleRecords) -> None:
    records.add_user(EVA)
    sessions = [Session(key, "eva", 1.0, 1.0, 100.0) for key in "abc"]
    for session in sessions:
        records.add_session(session)
    records.touch_session("a", 50.0)
    assert records.session("a") == (msgspec.structs.replace(sessions[0], seen_at=50.0), EVA)
    records.forget_sessions(60.0, 20.0)
    assert records.session("b") is None and records.session("a") is not None
    assert records.remove_user("eva") and not records.remove_user("eva")
    assert records.session("a") is None


def test_tokens_are_found_by_their_key(records: PeopleRecords) -> None:
    made = records.add_token(Token(0, "board", "k1", Role.WALL, "eva", 1.0, None, ("sales",)))
    assert made is not None and records.token("k1") == made and records.tokens() == [made]
    assert records.add_token(Token(0, "board", "k2", Role.WALL, "eva", 1.0)) is None
    assert records.remove_token(made.id) and not records.remove_token(made.id)
    again = records.add_token(Token(0, "board", "k3", Role.API, "eva", 1.0))
    assert again is not None and again.id > made.id
