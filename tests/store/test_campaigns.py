"""Are leads handed out with all that was tried, and does nothing get lost over a death?"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from breaking import breaking
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from cti.model.books import KeepCampaign, KeepNotAgain, SettleLead
from cti.model.dialling import AttemptResult, CampaignName, CampaignState, LeadId, LeadOutcome
from cti.model.lead import AnswersOfDay
from cti.store import campaigns
from cti.store.attempts import Attempt, ended, intend
from cti.store.database import Store, open_store
from cti.store.do_not_call import blocked
from cti.store.lead_loading import LeadNumber, NewLead, add_portion, begin_list, finish_list
from cti.store.leads import give_back

pytestmark = pytest.mark.unit

SPRING, NOW = CampaignName("spring"), 1_700_000_000.0
BERLIN = ("Europe/Berlin",)


def number(row: int) -> str:
    return f"+4930000{row:04d}"


def everywhere(zones: object) -> list[tuple[str, ...]]:
    return list(zones)  # type: ignore[call-overload, no-any-return]


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    store = open_store(store_url)
    name = begin_list(store, SPRING, "spring.csv", "eva", NOW - 100.0)
    rows = [NewLead(row, (LeadNumber(number(row), BERLIN),), f"Name {row}", data='{"tier": "gold"}') for row in (1, 2)]
    add_portion(store, name, rows, NOW - 100.0)
    finish_list(store, name, 2, 2, {(" ".join(BERLIN), 5)}, NOW - 100.0)
    yield store
    store.close()


def test_leads_come_once_with_their_list_and_their_data(store: Store) -> None:
    offered = campaigns.offer(store, SPRING, 10, NOW, everywhere)
    assert [lead.numbers[0].number for lead in offered.leads] == [number(1), number(2)]
    assert offered.leads[0].data == {"tier": "gold", "name": "Name 1"}
    assert offered.leads[0].listed_at == NOW - 100.0
    assert offered.leads_left
    again = campaigns.offer(store, SPRING, 10, NOW, everywhere)
    assert (again.leads, again.leads_left) == ((), True)


@pytest.mark.parametrize("what", ["history", "_leads"])
def test_what_cannot_be_read_to_the_end_is_not_taken(store: Store, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    def fails(*_words: object, **_more: object) -> object:
        raise OperationalError("", None, Exception())

    with monkeypatch.context() as away:
        away.setattr(campaigns, what, fails)
        with pytest.raises(OperationalError):
            campaigns.offer(store, SPRING, 10, NOW, everywhere)
    assert len(campaigns.offer(store, SPRING, 10, NOW, everywhere).leads) == 2


@pytest.mark.parametrize("when", [Connection.commit, Connection.rollback], ids=["after", "before"])
def test_what_was_taken_without_an_answer_is_given_back(store: Store, when: Callable[[Connection], None]) -> None:
    taken = list[int]()
    with pytest.raises(OperationalError):
        campaigns.offer(breaking(store, when), SPRING, 10, NOW, everywhere, taken=taken)
    state = "held" if when is Connection.commit else "due"
    assert len(taken) == 2 and campaigns.progress(store)[SPRING].states == {state: 2}
    give_back(store, taken)
    assert [lead.id for lead in campaigns.offer(store, SPRING, 10, NOW, everywhere).leads] == taken


def test_who_gives_back_waits_for_a_commit_that_hangs(store: Store) -> None:
    if store.engine.dialect.name == "sqlite":
        pytest.skip("one writer at a time: nothing is read while a commit is under way")
    under_way, taken, given = list[Connection](), list[int](), list[None]()

    @contextmanager
    def begin() -> Iterator[Connection]:
        under_way.append(store.engine.connect())
        under_way[0].begin()
        yield under_way[0]
        raise OperationalError("COMMIT", None, TimeoutError())

    hanging: Any = SimpleNamespace(engine=SimpleNamespace(begin=begin, connect=store.engine.connect))
    with pytest.raises(OperationalError):
        campaigns.offer(hanging, SPRING, 10, NOW, everywhere, taken=taken)
    giving = threading.Thread(target=lambda: given.append(give_back(store, taken)))
    giving.start()
    giving.join(0.2)
    assert not given
    under_way[0].commit()
    under_way[0].close()
    giving.join(30)
    assert given and campaigns.progress(store)[SPRING].states == {"due": 2}


def test_where_everybody_sleeps_nobody_is_taken(store: Store) -> None:
    assert campaigns.offer(store, SPRING, 10, NOW, lambda zones: []).leads == ()
    assert len(campaigns.offer(store, SPRING, 10, NOW, everywhere).leads) == 2


def test_what_came_of_an_attempt_is_known_when_the_lead_comes_again(store: Store) -> None:
    lead = campaigns.offer(store, SPRING, 1, NOW, everywhere).leads[0]
    wanted = Attempt(SPRING, lead.id, 1, 0, number(1))
    assert intend(store, wanted, NOW).why_not is None
    ended(store, wanted.id, "human", NOW + 5.0)
    campaigns.settle(
        store, [SettleLead(SPRING, lead.id, NOW, None, NOW + 60.0, 0, "abandoned", "retry", f"spring-{lead.id}-1")]
    )
    assert not campaigns.offer(store, SPRING, 1, NOW, lambda zones: []).leads
    offered = campaigns.offer(store, SPRING, 5, NOW + 61.0, everywhere)
    again = next(each for each in offered.leads if each.id == lead.id)
    assert [tried.result for tried in again.tries] == [AttemptResult.ABANDONED]
    assert again.attempts == 1
    assert [tried.result for tried in offered.history[number(1)]] == [AttemptResult.ABANDONED]


def test_when_all_have_their_outcome_none_is_left(store: Store) -> None:
    leads = campaigns.offer(store, SPRING, 10, NOW, everywhere).leads
    campaigns.settle(store, [SettleLead(SPRING, each.id, NOW, LeadOutcome.REACHED, NOW, 0, "sold") for each in leads])
    assert not campaigns.offer(store, SPRING, 10, NOW + 1.0, everywhere).leads_left
    assert campaigns.progress(store)[SPRING] == campaigns.Progress(2, {"reached": 2})


def test_a_campaign_without_a_list_waits_for_its_first(store: Store) -> None:
    """It was done before its leads came, and never dialled them."""
    offered = campaigns.offer(store, CampaignName("autumn"), 10, NOW, everywhere)
    assert (offered.leads, offered.leads_left) == ((), True)


def test_after_a_death_who_was_not_dialled_is_due_and_who_was_is_told(store: Store) -> None:
    first, _ = campaigns.offer(store, SPRING, 10, NOW, everywhere).leads
    intend(store, Attempt(SPRING, first.id, 1, 0, number(1)), NOW)
    (left,) = campaigns.left_behind(store)
    assert (left.lead.id, left.tried.attempt_no, left.tried.result) == (first.id, 1, None)
    assert [each.numbers[0].number for each in campaigns.offer(store, SPRING, 10, NOW, everywhere).leads] == [number(2)]


def test_an_attempt_whose_lead_is_gone_is_told_all_the_same(store: Store) -> None:
    intend(store, Attempt("winter", 999, 1, 0, number(9)), NOW)
    (left,) = campaigns.left_behind(store)
    assert (left.lead.id, left.lead.numbers[0].number) == (LeadId(999), number(9))


def test_a_campaign_stands_as_it_stood(store: Store) -> None:
    answers = (AnswersOfDay(738_000, 10, 1),)
    campaigns.keep(store, [KeepCampaign(SPRING, CampaignState.RUNNING, NOW, "eva")])
    campaigns.keep(store, [KeepCampaign(SPRING, CampaignState.PAUSED, NOW, "", answers)])
    (found,) = campaigns.restored(store)
    assert (found.state, found.answers) == (CampaignState.PAUSED, answers)


def test_who_wants_no_more_calls_is_on_the_list(store: Store) -> None:
    campaigns.not_again(store, [KeepNotAgain(number(1), "", "spring: never", "agent", NOW)])
    assert blocked(store, number(1), "winter", NOW + 1.0) is not None
