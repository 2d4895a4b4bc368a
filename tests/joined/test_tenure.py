"""May an owner act, and a standby take over, exactly when nobody else can own the centre?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.joined.tenure import Patience, Standing, Tenure

pytestmark = pytest.mark.unit

LEASE_S = 2.0


def tenure(asked_at: float = 0.0) -> Tenure:
    return Tenure(LEASE_S, asked_at + LEASE_S)


def test_a_lease_counts_from_the_question_and_ends() -> None:
    ours = tenure(10.0)
    assert [ours.standing(at) for at in (10.0, 11.9, 12.0, 99.0)] == [
        Standing.OURS, Standing.OURS, Standing.UNSURE, Standing.UNSURE,
    ]  # fmt: skip


def test_a_renewal_that_comes_late_counts_from_its_question_too() -> None:
    ours = tenure()
    ours.renewed(asked_at=1.0)
    assert ours.standing(2.9) is Standing.OURS and ours.standing(3.0) is Standing.UNSURE


def test_an_older_renewal_takes_nothing_away() -> None:
    ours = tenure(5.0)
    ours.renewed(asked_at=4.0)
    assert ours.standing(6.9) is Standing.OURS


def test_while_redis_is_away_who_was_sure_goes_on() -> None:
    ours = tenure()
    for at in (1.0, 2.5, 4.0, 5.5):
        ours.unanswered(at)
        assert ours.standing(at) is Standing.OURS
    assert ours.away_since == 1.0
    ours.renewed(6.0)
    assert ours.away_since is None and ours.standing(7.9) is Standing.OURS


def test_who_slept_past_his_lease_is_not_sure_again_without_a_word() -> None:
    ours = tenure()
    ours.unanswered(60.0)
    assert ours.standing(60.1) is Standing.UNSURE
    ours.confirmed(61.0)
    assert ours.standing(61.1) is Standing.OURS, "the store said that nobody has taken over"


def test_lost_is_lost() -> None:
    ours = tenure()
    ours.taken()
    ours.renewed(0.5)
    ours.confirmed(0.6)
    assert ours.standing(0.7) is Standing.LOST


def test_a_standby_waits_for_a_whole_lease_of_answers_unless_it_was_given_back() -> None:
    patience = Patience(LEASE_S)
    assert not patience.may_take(0.0, given_back=True), "Redis has not answered yet"
    for at in (10.0, 10.5, 11.4, 11.9):  # one comes a little late
        patience.answered(at)
    assert patience.may_take(10.0, given_back=True)
    assert not patience.may_take(11.9, given_back=False)
    assert patience.may_take(12.0, given_back=False)
    patience.answered(13.5)
    assert patience.may_take(13.5, given_back=True)
    assert not patience.may_take(14.5, given_back=False), "an owner who went on meanwhile comes first"


class OneRedis:
    """A lease that ends by its own clock, which runs as ours does; a question takes a while both ways."""

    def __init__(self) -> None:
        self.owner, self.until = "", 0.0

    def ask(self, who: str, at: float) -> bool:
        if self.owner in ("", who) or at >= self.until:
            self.owner, self.until = who, at + LEASE_S
            return True
        return False


@given(
    st.lists(
        st.tuples(
            st.floats(0.01, 3.0),  # until the owner asks again; a long one: he was stopped
            st.floats(0.0, 0.5),  # until Redis has the question
            st.booleans(),  # Redis answers the owner
            st.floats(0.0, 0.6),  # until the standby asks
        ),
        max_size=40,
    )
)
def test_never_two_who_may_act_while_redis_answers_both(steps: list[tuple[float, float, bool, float]]) -> None:
    redis, ours, now = OneRedis(), tenure(), 0.0
    redis.ask("owner", 0.0)
    for pause, late, answers, standby_after in steps:
        now += pause
        asked_at = now
        if redis.owner != "standby" and redis.ask("standby", now):
            assert ours.standing(now) is not Standing.OURS
        if answers:
            if redis.ask("owner", asked_at + late):
                ours.renewed(asked_at)
            else:
                ours.taken()
            now += late
        now += standby_after
        if redis.owner != "standby" and redis.ask("standby", now):
            assert ours.standing(now) is not Standing.OURS, "the standby owns it, and the owner still acts"


def test_a_lease_that_is_gone_before_its_end_was_forgotten_and_its_owner_asks_first() -> None:
    patience = Patience(LEASE_S)
    for at in (0.0, 0.5, 1.0, 1.5, 2.0, 2.5):
        patience.answered(at)
        patience.seen(at, 1.9)
    patience.answered(3.0)
    patience.seen(3.0, None)  # it was to end at 4.4
    assert [patience.may_take(at, given_back=False) for at in (3.0, 4.5, 4.8, 5.0)] == [False, False, False, True]
    assert patience.may_take(3.0, given_back=True)


def test_a_death_costs_no_patience() -> None:
    patience = Patience(LEASE_S)
    for at in (0.0, 0.5, 1.0, 1.5, 2.0, 2.5):
        patience.answered(at)
        patience.seen(at, 0.5)
    patience.answered(3.0)
    patience.seen(3.0, None)
    assert patience.may_take(3.0, given_back=False)
