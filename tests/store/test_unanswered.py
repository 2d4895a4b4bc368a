"""Is a promise whose commit was not answered found where it was made, and nowhere else, once?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from breaking import breaking
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from cti.model.dialling import CallbackState
from cti.model.promise import Number
from cti.store.callback_request import CallbackRequest, take_over
from cti.store.callbacks import keep, open_promises
from cti.store.database import Store
from cti.store.promising import Placed, promise_at_once, take_requests
from cti.store.unanswered import WATCHED_S, Unanswered

pytestmark = pytest.mark.unit

NOW = 1_700_000_000.0
NUMBER = Number("+4930555", ("Europe/Berlin",))
BOTH = pytest.mark.parametrize("when", [Connection.commit, Connection.rollback], ids=["after", "before"])


def place(number: str, queue: str) -> Placed | None:
    return NUMBER, queue


def asked(**more: Any) -> dict[str, Any]:
    return {"id": "s1", "at": NOW, "number": NUMBER.number, "queue": "sales", "kind": "scheduled"} | more


@BOTH
def test_a_request_is_promised_once_whatever_became_of_its_commit(
    store: Store, when: Callable[[Connection], None]
) -> None:
    take_over(store, CallbackRequest("r1", NOW, "030555", "030555", "sales"), NOW)
    unanswered, broken = Unanswered(lambda: NOW), breaking(store, when)
    with pytest.raises(OperationalError):
        take_requests(broken, place, unanswered.watched)
    done = unanswered.done(store)
    unanswered.told(done)
    again, _ = take_requests(broken, place, unanswered.watched)
    assert [*done.values(), *again] == open_promises(store) and len(done) == (when is Connection.commit)
    assert unanswered.done(store) == {}


@BOTH
def test_what_was_promised_at_once_too(store: Store, when: Callable[[Connection], None]) -> None:
    unanswered = Unanswered(lambda: NOW)
    with pytest.raises(OperationalError):
        promise_at_once(breaking(store, when), asked(), (NUMBER, "sales"), unanswered.watched)
    assert list(unanswered.done(store).values()) == open_promises(store)
    assert list(unanswered.done(store)) == list(unanswered.done(store)), "until it is told"


def test_a_commit_may_be_done_long_after_it_was_given_up(store: Store) -> None:
    now = [NOW]
    unanswered = Unanswered(lambda: now[0])
    with pytest.raises(OperationalError):
        promise_at_once(breaking(store, Connection.rollback), asked(), (NUMBER, "sales"), unanswered.watched)
    now[0] += WATCHED_S
    assert unanswered.done(store) == {}
    made = promise_at_once(store, asked(), (NUMBER, "sales"))
    assert unanswered.done(store) == {"s1": made}
    now[0] += 1.0
    assert unanswered.done(store) == {}, "not for ever"


def test_what_is_over_and_what_was_answered_is_nobodys(store: Store) -> None:
    unanswered = Unanswered(lambda: NOW)
    with pytest.raises(OperationalError):
        promise_at_once(breaking(store, Connection.commit), asked(), (NUMBER, "sales"), unanswered.watched)
    [made] = open_promises(store)
    keep(store, [msgspec.structs.replace(made, state=CallbackState.KEPT)])
    assert unanswered.done(store) == {}
    assert promise_at_once(store, asked(id="s2"), (NUMBER, "sales"), unanswered.watched) is not None
    assert promise_at_once(store, asked(id="s2"), (NUMBER, "sales"), unanswered.watched) is None, "made before"
    assert unanswered.done(store) == {}
