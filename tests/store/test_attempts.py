"""Is every dial on the disk before it is made, made once, and never to somebody who must not be called?"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError

from cti.store import attempts
from cti.store.attempts import (
    Attempt,
    AttemptState,
    Intent,
    NotNow,
    attempts_of,
    attempts_since,
    ended,
    intend,
    open_attempts,
    sent,
)
from cti.store.database import Store, open_store
from cti.store.do_not_call import Entry, add_entry

pytestmark = pytest.mark.contract

NOW = 1_700_000_000.0
NUMBER, OTHER = "+442079460001", "+442079460002"


def planned(attempt_no: int = 1, number: str = NUMBER, campaign: str = "winter", lead: int = 10_000_000) -> Attempt:
    return Attempt(campaign, lead, attempt_no, 0, number, contact="c1", rule="first try")


def test_the_intent_is_kept_and_found_after_a_start(store: Store, store_url: str) -> None:
    assert intend(store, planned(), NOW) == Intent()
    again = open_store(store_url)
    assert open_attempts(again) == [msgspec.structs.replace(planned(), intended_at=NOW)]
    again.close()


def test_an_attempt_is_made_once(store: Store) -> None:
    assert intend(store, planned(), NOW) == Intent()
    assert intend(store, planned(), NOW + 1) == Intent(NotNow.ALREADY_MADE)
    ended(store, planned().id, "busy", NOW + 2)
    assert intend(store, planned(), NOW + 3) == Intent(NotNow.ALREADY_MADE)
    assert intend(store, planned(2), NOW + 3) == Intent()


def test_who_must_not_be_called_is_not_even_intended(store: Store) -> None:
    wish = Entry("+4420*", "", "opt_out", "agent anna", NOW)
    add_entry(store, wish)
    assert intend(store, planned(), NOW) == Intent(NotNow.DO_NOT_CALL, wish)
    assert (open_attempts(store), attempts_of(store, NUMBER)) == ([], [])
    assert intend(store, planned(number="+85221234567"), NOW) == Intent()


def test_a_number_is_never_dialled_twice_at_once_whoever_wants_to(store: Store) -> None:
    intend(store, planned(), NOW)
    rival = planned(campaign="summer", lead=20_000_000)
    assert intend(store, rival, NOW) == Intent(NotNow.NUMBER_IN_DIAL)
    sent(store, planned().id, NOW)
    assert intend(store, rival, NOW) == Intent(NotNow.NUMBER_IN_DIAL)
    assert intend(store, planned(number=OTHER, campaign="summer", lead=20_000_001), NOW) == Intent()
    ended(store, planned().id, "busy", NOW + 9)
    assert intend(store, rival, NOW + 9) == Intent()


def test_nor_by_two_who_look_at_the_same_moment(store: Store, store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rival, other, look = planned(campaign="summer", lead=20_000_000), open_store(store_url), attempts.blocked_of
    is_sqlite = other.durable.dialect.name == "sqlite"

    @event.listens_for(other.durable, "connect")
    def no_patience(connection: Any, _record: object) -> None:
        connection.cursor().execute("PRAGMA busy_timeout=1" if is_sqlite else "SET lock_timeout = 1")
        if not is_sqlite:
            connection.commit()

    other.durable.dispose()

    def meanwhile(*words: Any) -> Any:
        monkeypatch.setattr(attempts, "blocked_of", look)
        with pytest.raises(DBAPIError):  # it would wait for us
            intend(other, rival, NOW)
        return look(*words)

    monkeypatch.setattr(attempts, "blocked_of", meanwhile)
    assert intend(store, planned(), NOW) == Intent()
    assert intend(other, rival, NOW) == Intent(NotNow.NUMBER_IN_DIAL)
    other.close()


def test_an_attempt_goes_one_way(store: Store) -> None:
    name = planned().id
    assert name == "winter-10000000-1"
    assert not sent(store, name, NOW) and not ended(store, name, "busy", NOW), "there is none yet"
    intend(store, planned(), NOW)
    assert [sent(store, name, NOW + 1), sent(store, name, NOW + 2)] == [True, False]
    assert ended(store, name, "human", NOW + 3, rule="answered", contact="c2", by="anna")
    assert not ended(store, name, "busy", NOW + 4) and not sent(store, name, NOW + 4)
    (found,) = attempts_since(store, [NUMBER], NOW)[NUMBER]
    assert (found.state, found.result, found.rule, found.contact, found.by) == (
        "ended",
        "human",
        "answered",
        "c2",
        "anna",
    )
    assert (found.intended_at, found.sent_at, found.ended_at) == (NOW, NOW + 1, NOW + 3)


def test_unknown_is_no_last_word(store: Store) -> None:
    intend(store, planned(), NOW)
    assert ended(store, planned().id, "unknown", NOW + 1, state=AttemptState.UNKNOWN)
    assert open_attempts(store) == []
    assert not ended(store, planned().id, "unknown", NOW + 2, state=AttemptState.UNKNOWN)
    assert ended(store, planned().id, "no_answer", NOW + 3)
    assert not ended(store, planned().id, "unknown", NOW + 4, state=AttemptState.UNKNOWN)


def test_the_journal_of_a_number_is_over_all_campaigns(store: Store) -> None:
    for number, campaign, at in ((NUMBER, "winter", 0), (NUMBER, "summer", 5), (OTHER, "winter", 7)):
        made = planned(number=number, campaign=campaign, lead=10_000_000 + at)
        assert intend(store, made, NOW + at) == Intent()
        ended(store, made.id, "busy", NOW + at + 1)
    assert [(each.campaign, each.intended_at) for each in attempts_of(store, NUMBER)] == [
        ("summer", NOW + 5),
        ("winter", NOW),
    ]
    since = attempts_since(store, [NUMBER, OTHER, "+1"], NOW + 5)
    assert {number: [each.campaign for each in made] for number, made in since.items()} == {
        NUMBER: ["summer"],
        OTHER: ["winter"],
        "+1": [],
    }
