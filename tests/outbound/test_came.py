"""Does one table say what became of a customer, and does it say the same in whichever order the two ends are told?"""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.model.dialling import AttemptResult
from cti.model.words import DialResult, Outcome
from cti.outbound.came import CAME, of_dial

pytestmark = pytest.mark.unit


def weighed(told: list[DialResult | Outcome]) -> AttemptResult | None:
    """The first word that ends it, as calling/ reads them; of each kind the newest."""
    dial: DialResult | None = None
    visit: Outcome | None = None
    for one in told:
        if isinstance(one, DialResult):
            dial = one
        else:
            visit = one
        if (result := CAME[dial, visit]) is not None:
            return result
    return None


def test_every_pair_is_in_the_table() -> None:
    assert set(CAME) == set(product((None, *DialResult), (None, *Outcome)))


def together(dial: DialResult, visit: Outcome) -> bool:
    """Whether both can be told of one try: a visit of his, other than that nobody was reached, is of a person."""
    nobody = visit in (Outcome.NOT_REACHED, Outcome.MERGED, Outcome.WITHDRAWN, Outcome.MOVED)
    return dial is DialResult.HUMAN or nobody


@given(st.sampled_from([pair for pair in product(DialResult, Outcome) if together(*pair)]))
def test_the_order_makes_no_difference(pair: tuple[DialResult, Outcome]) -> None:
    dial, visit = pair
    assert weighed([dial, visit]) == weighed([visit, dial])


@pytest.mark.parametrize("visit", Outcome)
def test_a_person_ends_with_his_visit_and_not_before(visit: Outcome) -> None:
    assert CAME[DialResult.HUMAN, None] is None
    result = CAME[DialResult.HUMAN, visit]
    assert (result is None) == (visit is Outcome.MOVED)
    assert (result is AttemptResult.ANSWERED) == (visit is Outcome.ANSWERED)


def test_who_leaves_of_his_own_accord_has_hung_up_and_whom_we_lose_was_abandoned() -> None:
    left = {visit for visit in Outcome if CAME[DialResult.HUMAN, visit] is AttemptResult.HUNG_UP}
    assert left == {Outcome.ABANDONED, Outcome.KEY_EXIT, Outcome.MERGED}
    assert CAME[DialResult.HUMAN, Outcome.TIMED_OUT] is AttemptResult.ABANDONED


def test_a_visit_alone_ends_nothing_but_a_talk() -> None:
    assert {visit for visit in Outcome if CAME[None, visit] is not None} == {Outcome.ANSWERED}


def test_what_the_store_says_of_a_dial() -> None:
    assert of_dial("human") is AttemptResult.ANSWERED
    assert of_dial("no_answer") is AttemptResult.NO_ANSWER
    assert of_dial("cancelled") is AttemptResult.NOT_DIALLED
    assert of_dial("unknown") is of_dial("") is of_dial("sold") is AttemptResult.UNKNOWN
