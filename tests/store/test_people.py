"""Are people, sessions and tokens kept as they were given, once each?"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import msgspec
import pytest

from cti.people.records import Session, Token, User
from cti.people.rights import Role
from cti.store.database import Store
from cti.store.people import PeopleRecords

pytestmark = pytest.mark.contract

EVA = User("eva", Role.SUPERVISOR, "$hash", 1.0, ("sales",), ("back-office",), "anna", "1009", "zh", "SECRET", 3)


@pytest.fixture
def records(store: Store) -> PeopleRecords:
    return PeopleRecords(store)


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


@pytest.mark.parametrize("way", ["remove", "lock", "demote"])
def test_of_two_administrators_who_shut_each_other_out_one_stays(records: PeopleRecords, way: str) -> None:
    ways: dict[str, Callable[[str], bool]] = {
        "remove": records.remove_user,
        "lock": lambda name: records.change_user(name, not_the_last=True, locked=True),
        "demote": lambda name: records.change_user(name, not_the_last=True, role=Role.AUDITOR),
    }
    for name in ("anna", "ben"):
        records.add_user(User(name, Role.ADMIN, "$hash", 1.0))
        records.add_session(Session(name, name, 1.0, 1.0, 100.0))
    together = Barrier(2)

    def shut_out(name: str) -> bool:
        together.wait(30)
        return ways[way](name)

    with ThreadPoolExecutor(2) as threads:
        done = list(threads.map(shut_out, ("anna", "ben")))
    assert sorted(done) == [False, True]
    [stays] = [each.name for each in records.users() if each.role is Role.ADMIN and not each.locked]
    assert records.session(stays) is not None


def test_who_is_no_administrator_may_go(records: PeopleRecords) -> None:
    records.add_user(EVA)
    assert records.change_user("eva", not_the_last=True, locked=True) and records.remove_user("eva")
