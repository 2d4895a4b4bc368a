"""Is what was tried told in the words of the rules, over all campaigns, and no further back than any cap looks?"""

from __future__ import annotations

import pytest

from cti.model.dialling import CALLBACKS, AttemptResult
from cti.store.attempts import Attempt, ended, intend
from cti.store.database import Store
from cti.store.tried import HISTORY_S, history, tried

pytestmark = pytest.mark.unit

NOW, NUMBER = 1_700_000_000.0, "+49301234567"


def made(store: Store, campaign: str, at: float, result: str) -> None:
    one = Attempt(campaign, 7, 1, 0, NUMBER)
    assert intend(store, one, at).why_not is None
    if result:
        ended(store, one.id, result, at + 20.0)


def test_attempts_of_campaigns_and_callbacks_are_one_history(store: Store) -> None:
    made(store, "autumn", NOW - HISTORY_S - 100.0, "busy")
    made(store, "spring", NOW - 200.0, "no_answer")
    made(store, CALLBACKS, NOW - 100.0, "human")
    known = history(store, {NUMBER, "+4930999"}, NOW)
    assert list(known) == [NUMBER]
    assert [(each.campaign, each.result) for each in known[NUMBER]] == [
        ("spring", AttemptResult.NO_ANSWER),
        (CALLBACKS, AttemptResult.ANSWERED),
    ]


def test_nobody_is_asked_for_nothing(store: Store) -> None:
    assert history(store, set(), NOW) == {}


def test_what_the_agent_noted_is_an_answer() -> None:
    one = tried(Attempt("spring", 7, 2, 0, NUMBER, result="sold", intended_at=5.0))
    assert (one.result, one.disposition, one.attempt_no, one.at) == (AttemptResult.ANSWERED, "sold", 2, 5.0)
    assert tried(Attempt("spring", 7, 2, 0, NUMBER)).result is None
