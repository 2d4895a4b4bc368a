"""What follows from a result, and does it end?"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.model.campaign import Campaign
from cti.model.dialling import AttemptResult, LeadOutcome
from cti.outbound.lead import Lead
from cti.outbound.retry import DAY_S, LONGEST_S, Next, after
from tests.outbound.rules_kit import NOW, campaign, lead, number, tried

pytestmark = pytest.mark.unit

ONE, TWO = number(1), number(2)
DISPOSITIONS = {
    "sale": {"means": "reached"},
    "later": {"means": "again", "after_s": 86_400, "at_most": 1},
    "wrong": {"means": "wrong_number"},
    "opt_out": {"means": "do_not_call"},
}


def what(written: Campaign, asked: Lead, now: float = NOW) -> Next | LeadOutcome:
    return after(asked, written, now, written.dispositions, written.every_days)


def with_tries(*results: AttemptResult, **said: Any) -> Lead:
    tries = tuple(tried(NOW - 100 + n, result, ONE, n + 1) for n, result in enumerate(results))
    return lead(1, ONE, TWO, tries=tries, **said)


def noted(disposition: str, *before: AttemptResult) -> Lead:
    asked = with_tries(*before, AttemptResult.ANSWERED)
    last = msgspec.structs.replace(asked.tries[-1], disposition=disposition)
    return msgspec.structs.replace(asked, tries=(*asked.tries[:-1], last))


def test_busy_at_the_same_number_no_answer_at_the_next() -> None:
    assert what(campaign(), with_tries(AttemptResult.BUSY)) == Next(NOW + 300, 0, "busy 1 of 4")
    assert what(campaign(), with_tries(AttemptResult.NO_ANSWER)) == Next(NOW + 7200, 1, "no_answer 1 of 4")


def test_each_result_has_its_own_end() -> None:
    written = campaign(retry={"busy": {"after_s": 60, "at_most": 2, "growth": 2, "number": "same"}})
    busy = AttemptResult.BUSY
    assert what(written, with_tries(busy, busy)) == Next(NOW + 120, 0, "busy 2 of 2")
    assert what(written, with_tries(busy, busy, busy)) is LeadOutcome.EXHAUSTED
    assert isinstance(what(written, with_tries(busy, busy, AttemptResult.NO_ANSWER)), Next)


def test_over_all_results_there_is_a_last_attempt() -> None:
    two = campaign(max_attempts=2)
    assert isinstance(what(two, with_tries(AttemptResult.BUSY)), Next)
    assert what(two, with_tries(AttemptResult.BUSY, AttemptResult.NO_ANSWER)) is LeadOutcome.EXHAUSTED
    assert isinstance(what(two, with_tries(AttemptResult.BUSY, AttemptResult.NOT_DIALLED)), Next)


def test_reached() -> None:
    assert what(campaign(), with_tries(AttemptResult.ANSWERED)) is LeadOutcome.REACHED
    assert what(campaign(dispositions=DISPOSITIONS), noted("sale")) is LeadOutcome.REACHED
    assert what(campaign(dispositions=DISPOSITIONS), noted("unheard of")) is LeadOutcome.REACHED


def test_what_the_agent_noted_goes_before_the_result() -> None:
    written = campaign(dispositions=DISPOSITIONS)
    assert what(written, noted("later")) == Next(NOW + 86_400, 0, "later 1 of 1")
    assert what(written, noted("opt_out")) is LeadOutcome.DO_NOT_CALL
    assert what(written, noted("wrong")) == Next(NOW, 1, "another number")


def test_again_has_its_end_too() -> None:
    written = campaign(dispositions=DISPOSITIONS)
    first = noted("later").tries[0]
    asked = lead(1, ONE, TWO, tries=(first, msgspec.structs.replace(first, at=NOW - 1, attempt_no=2)))
    assert what(written, asked) is LeadOutcome.EXHAUSTED


def test_a_number_that_does_not_exist_is_never_tried_again() -> None:
    assert what(campaign(), with_tries(AttemptResult.INVALID)) == Next(NOW, 1, "another number")
    both = with_tries(AttemptResult.INVALID)
    both = msgspec.structs.replace(both, tries=(*both.tries, tried(NOW, AttemptResult.INVALID, TWO, 2)))
    assert what(campaign(), both) is LeadOutcome.WRONG_NUMBER
    busy = msgspec.structs.replace(both, tries=(both.tries[0], tried(NOW, AttemptResult.NO_ANSWER, TWO, 2)))
    assert what(campaign(), busy) == Next(NOW + 7200, 1, "no_answer 1 of 4"), "the next is the only one left"


def test_a_regular_visit_begins_anew_each_time() -> None:
    visits = campaign(every_days=90, max_attempts=2)
    assert what(visits, with_tries(AttemptResult.ANSWERED)) == Next(NOW + 90 * DAY_S, 0, "every 90 days")
    second = with_tries(AttemptResult.BUSY, AttemptResult.ANSWERED, AttemptResult.BUSY)
    assert what(visits, second) == Next(NOW + 300, 0, "busy 1 of 4")


def test_a_delay_grows_and_stays_a_delay() -> None:
    written = campaign(
        max_attempts=1000, retry={"busy": {"after_s": 3600, "at_most": 1000, "growth": 10, "number": "same"}}
    )
    found = what(written, with_tries(*[AttemptResult.BUSY] * 500))
    assert isinstance(found, Next) and found.due_at == NOW + LONGEST_S


@given(
    st.lists(st.sampled_from([*AttemptResult]), min_size=1, max_size=300),
    st.lists(st.sampled_from(["", "", *DISPOSITIONS]), min_size=300, max_size=300),
)
def test_a_lead_ends_whatever_comes(results: list[AttemptResult], notes: list[str]) -> None:
    written = campaign(dispositions=DISPOSITIONS)
    tries, now, place = [], NOW, 0
    for made, (result, note) in enumerate(zip(results, notes, strict=False)):
        disposition = note if result is AttemptResult.ANSWERED else ""
        tries.append(tried(now, result, (ONE, TWO)[place], made + 1, disposition=disposition))
        found = what(written, lead(1, ONE, TWO, number_index=place, tries=tuple(tries)), now)
        if not isinstance(found, Next):
            return
        assert found.due_at >= now and sum(each.counts for each in tries) < written.max_attempts
        now, place = found.due_at, found.number_index
    not_dialled = sum(result is AttemptResult.NOT_DIALLED for result in results)
    assert len(tries) - not_dialled < written.max_attempts and not_dialled <= 100
