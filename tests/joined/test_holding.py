"""Does an owner act only while he owns the centre, whoever answers him or not?"""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from cti.joined.door import RedisAway
from cti.joined.holding import Holding
from cti.joined.tenure import Standing

pytestmark = pytest.mark.unit

LEASE_S = 2.0


class Redis:
    def __init__(self) -> None:
        self.held, self.is_away, self.asked, self.given_back = True, False, 0, False

    def renew(self, token: int, says: str) -> bool:
        self.asked += 1
        if self.is_away:
            raise RedisAway("TimeoutError")
        return self.held

    def give_back(self, token: int) -> bool:
        self.given_back = True
        return True

    def standbys(self) -> list[str]:
        return ["two"]


class Office:
    """A holding without its thread: `look` does what that would."""

    def __init__(self, lease_s: float = LEASE_S) -> None:
        self.now, self.redis, self.store, self.losses = 0.0, Redis(), 7, 0
        self.failing = False
        self.newest: Callable[[], int] = self._stored
        self.holding = Holding(
            self.redis, 7, lambda: self.newest(), self._lost, lease_s=lease_s, asked_at=0.0, clock=lambda: self.now
        )

    def _stored(self) -> int:
        if self.failing:
            raise OSError
        return self.store

    def _lost(self) -> None:
        self.losses += 1

    def at(self, now: float) -> bool:
        self.now = now
        return self.holding.may_act()


@pytest.fixture
def office() -> Office:
    return Office()


def test_within_the_lease_nobody_is_asked(office: Office) -> None:
    assert office.at(1.9) and office.redis.asked == 0


def test_after_a_pause_redis_is_asked_before_anything_is_done(office: Office) -> None:
    assert office.at(60.0) and office.redis.asked == 1
    assert office.holding.standbys == 1
    office.redis.held = False
    assert not office.at(120.0) and office.losses == 1
    assert not office.at(120.1)
    assert office.redis.asked == 2, "lost is lost"


def test_without_redis_the_store_knows_who_took_over(office: Office) -> None:
    office.redis.is_away = True
    assert office.at(60.0) and office.holding.redis_away_s == 0.0
    assert office.at(61.5) and office.holding.redis_away_s == 1.5
    office.store = 8
    assert not office.at(90.0) and office.losses == 1


def test_a_redis_that_forgot_the_newest_owner_is_not_believed(office: Office) -> None:
    office.store = 8
    assert not office.at(60.0) and office.losses == 1 and office.redis.asked == 1


def test_the_store_is_asked_once_a_lease_and_its_silence_changes_nothing(office: Office) -> None:
    asked: list[float] = []

    def newest() -> int:
        asked.append(office.now)
        raise OSError

    office.newest = newest
    for at in (0.5, 1.0, 1.5, 2.0, 2.5):
        office.now = at
        assert office.holding._look() is Standing.OURS
    assert asked == [0.5, 2.5]


def test_before_it_is_claimed_the_store_knows_an_older_token_only(office: Office) -> None:
    office.store, office.redis.is_away = 6, True
    assert office.at(60.0) and office.losses == 0


def test_without_anybody_who_slept_does_nothing(office: Office) -> None:
    office.redis.is_away = office.failing = True
    assert not office.at(60.0)
    assert not office.at(60.1) and office.redis.asked == 1, "not one question after the other"
    office.redis.is_away = False
    assert office.at(61.0) and office.losses == 0


def test_the_stores_word_ends_it_at_once(office: Office) -> None:
    office.holding.step_down()
    assert office.losses == 1 and not office.at(0.1)


def test_who_slept_and_meets_a_redis_and_a_store_that_hang_is_held_up_for_a_moment_only() -> None:
    office, hangs = Office(lease_s=0.2), threading.Event()
    office.redis.renew = lambda token, says: hangs.wait(30)  # type: ignore[method-assign]
    office.newest = lambda: int(hangs.wait(30))
    assert not office.at(60.0) and office.losses == 0
    hangs.set()


def test_while_redis_is_away_nobody_can_take_over(office: Office) -> None:
    assert office.at(60.0) and office.holding.standbys == 1
    office.redis.is_away = True
    assert office.at(120.0), "the store says that it is ours"
    assert office.holding.standbys == 0


def test_a_redis_that_does_not_come_to_an_end_holds_up_nobody() -> None:
    office, hangs = Office(lease_s=0.2), threading.Event()
    office.redis.standbys = office.redis.give_back = lambda *_: hangs.wait(30)  # type: ignore[assignment]
    assert office.at(60.0), "the store says that it is ours"
    assert office.holding.standbys == 0
    office.holding.give_back()
    hangs.set()


def test_who_was_sure_stays_sure_while_the_store_thinks() -> None:
    office, sure = Office(), list[bool]()
    office.redis.is_away = True

    def newest() -> int:
        office.now = 2.1  # the lease is over by now
        sure.append(office.holding.may_act())
        return 7

    office.newest = newest
    office.now = 1.5
    assert office.holding._look() is Standing.OURS
    assert sure == [True]


def test_an_answer_counts_from_its_own_question() -> None:
    office, late = Office(lease_s=0.2), threading.Event()
    office.redis.renew = lambda token, says: late.wait(30)  # type: ignore[method-assign]
    office.failing = True
    office.now = 0.1
    office.holding._look()  # asked at 0.1, no answer in time: sure until 0.3
    office.now = 10.0
    late.set()
    office.holding._look()
    assert not office.at(10.0), "that was the answer to a question of ten seconds ago"
    assert office.at(20.0)


def test_a_redis_that_says_no_is_heard_even_where_its_next_answer_fails(office: Office) -> None:
    def fails() -> list[str]:
        raise RedisAway

    office.redis.standbys = fails  # type: ignore[method-assign]
    assert office.at(60.0)
    office.redis.held = False
    assert not office.at(120.0) and office.losses == 1


def test_it_is_told_once_that_it_is_lost(office: Office) -> None:
    office.holding.step_down()
    office.holding.step_down()
    assert office.losses == 1


@pytest.mark.parametrize("lose", [False, True])
def test_given_back_only_what_is_ours(office: Office, lose: bool) -> None:
    if lose:
        office.holding.step_down()
    office.holding.give_back()
    assert office.redis.given_back is not lose


def test_the_thread_keeps_it_until_it_is_given_back() -> None:
    office, looked = Office(), threading.Event()
    renew: Callable[[int, str], bool] = office.redis.renew

    def renewed(token: int, says: str) -> bool:
        looked.set()
        return renew(token, says)

    office.redis.renew = renewed  # type: ignore[method-assign]
    office.holding.begin()
    assert looked.wait(30)
    office.holding.give_back()
    assert office.redis.given_back and office.redis.asked >= 1


def test_who_was_stopped_asks_before_he_thinks_that_his_loop_hangs(office: Office) -> None:
    """The clock goes on while the process is stopped, and its loop cannot beat."""
    assert office.holding._turn() is Standing.OURS
    office.now = 60.0
    assert office.holding._turn() is Standing.OURS and office.losses == 0
    assert office.redis.asked == 2
    office.now, office.redis.held = 120.0, False
    assert office.holding._turn() is Standing.LOST and office.losses == 1


@pytest.mark.parametrize(("lease_s", "serves_s"), [(1.0, 15.0), (2.0, 15.0), (30.0, 30.0), (60.0, 60.0)])
def test_a_loop_without_a_beat_hangs_while_its_thread_takes_its_turns(lease_s: float, serves_s: float) -> None:
    """Each turn as late as one to which neither Redis nor the store gave an answer."""
    office, turns = Office(lease_s=lease_s), 0
    while office.holding._turn() is Standing.OURS:
        turns += 1
        office.now = turns * lease_s * 0.55
    assert serves_s < office.now < serves_s + lease_s and office.losses == 1


@pytest.mark.parametrize("lease_s", [1.0, 2.0, 10.0, 15.0, 30.0, 60.0])
@pytest.mark.parametrize("share", [0.3, 0.7, 0.8, 1.1, 10.0])
def test_no_pause_is_a_loop_that_hangs(lease_s: float, share: float) -> None:
    office = Office(lease_s=lease_s)
    office.now = 0.5  # since its last beat
    office.holding._turn()
    office.now = 0.5 + share * lease_s
    assert office.holding._turn() is Standing.OURS and office.losses == 0


def test_a_loop_that_hangs_lets_the_lease_go() -> None:
    office, lost = Office(), threading.Event()
    office.holding._lost = lost.set
    office.now = 1000.0
    office.holding.begin()
    assert lost.wait(30)
    assert not office.holding.may_act()
