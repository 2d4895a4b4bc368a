"""Does a real Valkey give the lease to one engine at a time, each with a greater token?"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest
from redis import from_url

from cti.config.joined import Joined
from cti.joined.door import Door, RedisAway, Whereabouts
from tests import valkey

pytestmark = pytest.mark.contract

PATIENCE_S = 30.0


@pytest.fixture
def redis() -> Iterator[valkey.Valkey]:
    with valkey.server() as server:
        yield server


Make = Callable[..., Door]


@pytest.fixture
def door(redis: valkey.Valkey) -> Iterator[Make]:
    made: list[Door] = []

    def make(name: str, lease_s: float = 60.0, domain: str = "center") -> Door:
        rules = Joined.model_validate({"url": redis.url, "lease_s": lease_s, "domain": domain})
        made.append(Door(rules, Whereabouts(name, f"{name}:4573", f"{name}:8470", f"https://{name}")))
        return made[-1]

    yield make
    for each in made:
        each.leave()


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_one_owns_it_and_the_others_see_where_he_is(door: Make) -> None:
    one, two = door("one"), door("two")
    assert one.take(0) == 1 and two.take(0) is None
    seen = two.stand_by()
    assert seen.owner == Whereabouts("one", "one:4573", "one:8470", "https://one") and not seen.given_back
    assert 0 < seen.ends_in_s <= 60 and one.owner() == seen.owner
    assert one.standbys() == ["two"]
    two.stand_by(would_take=False)
    assert one.standbys() == [], "it is there, and would not take over"
    assert one.renew(1) and not two.renew(1)


def test_what_an_owner_says_is_heard_as_long_as_he_owns_it(door: Make) -> None:
    one, two = door("one"), door("two")
    one.take(0)
    assert two.stand_by().says == ""
    assert one.renew(1, "file 7") and two.stand_by().says == "file 7"
    assert one.renew(1) and two.stand_by().says == "file 7"
    assert one.renew(1, "file 8") and two.stand_by().says == "file 8"
    one.give_back(1)
    assert two.take(0) == 2 and one.stand_by().says == "", "the next one has said nothing yet"


def test_domains_know_nothing_of_one_another(door: Make) -> None:
    one, two = door("one"), door("two", domain="other")
    assert one.take(0) == 1 and two.take(0) == 1
    assert two.standbys() == []


def test_given_back_is_free_at_once_and_the_next_token_is_greater(door: Make) -> None:
    one, two = door("one"), door("two")
    one.take(0)
    assert one.give_back(1)
    seen = two.stand_by()
    assert seen.owner is None and seen.given_back
    assert two.take(0) == 2
    assert not one.renew(1) and not one.give_back(1)
    assert not one.stand_by().given_back


def test_what_ran_out_is_free_but_not_given_back(door: Make) -> None:
    one, two = door("one", lease_s=1.0), door("two")
    one.take(0)
    until(lambda: two.stand_by().owner is None)
    assert not two.stand_by().given_back
    assert one.renew(1), "nobody has had it since: it is held again, by the same token"
    until(lambda: two.stand_by().owner is None)
    assert two.take(0) == 2
    assert not one.renew(1)


def test_who_had_it_before_the_newest_owner_does_not_get_it_back(door: Make) -> None:
    one, two = door("one", lease_s=1.0), door("two", lease_s=1.0)
    one.take(0)
    until(lambda: two.take(0) == 2)
    until(lambda: one.stand_by().owner is None)
    assert not one.renew(1)


def test_a_token_is_greater_than_the_stores_even_where_redis_forgot_its_own(door: Make) -> None:
    assert door("one").take(41) == 42


def test_kept_over_a_restart_of_redis(door: Make, redis: valkey.Valkey) -> None:
    one = door("one")
    assert one.take(6) == 7
    redis.stop()
    with pytest.raises(RedisAway):
        one.renew(7)
    redis.start()
    assert one.renew(7)
    one.give_back(7)
    assert one.take(0) == 8


def test_a_redis_that_forgot_everything_gives_it_to_its_owner_again(door: Make, redis: valkey.Valkey) -> None:
    import redis as redis_py

    one, two = door("one"), door("two")
    one.take(6)
    redis_py.Redis.from_url(redis.url).flushall()
    assert one.renew(7)
    assert two.take(0) is None
    one.give_back(7)
    assert two.take(0) == 8


def test_a_frozen_redis_is_away_in_time(door: Make, redis: valkey.Valkey) -> None:
    one = door("one", lease_s=1.0)
    one.take(0)
    redis.freeze()
    began = time.monotonic()
    with pytest.raises(RedisAway):
        one.renew(1)
    redis.thaw()
    assert time.monotonic() - began < PATIENCE_S
    until(lambda: one.take(0) is not None or one.stand_by().owner is not None)


def test_a_standby_that_is_gone_is_not_counted(door: Make) -> None:
    one, two, three = door("one"), door("two", lease_s=1.0), door("three")
    two.stand_by()
    three.stand_by()
    three.no_longer_by()
    until(lambda: one.standbys() == [])


def test_a_password_is_used_and_never_told() -> None:
    with valkey.server("--requirepass", "right") as server:
        for password in ("wr0ng", "right"):
            rules = Joined.model_validate({"url": server.url, "password": password})
            asking = Door(rules, Whereabouts("x", "x:1"))
            if password == "right":
                assert asking.take(0) == 1
            else:
                with pytest.raises(RedisAway) as told:
                    asking.take(0)
                assert password not in str(told.value)
            asking.leave()


def test_whoever_cannot_be_reached_is_away() -> None:
    nobody = Door(Joined(url=f"redis://127.0.0.1:{valkey.free_port()}/0"), Whereabouts("x", "x:1"))
    with pytest.raises(RedisAway):
        nobody.take(0)
    nobody.leave()


def test_an_owner_whose_word_is_too_deep_to_read_is_one_whom_nobody_knows(door: Make, redis: valkey.Valkey) -> None:
    """It killed every engine, at each start anew."""
    one = door("one")
    one.take(0)
    with from_url(redis.url) as client:
        [key] = client.scan_iter("*:owner")
        client.set(key, '99 {"x":' + "[" * 100_000, px=60_000)
    assert one.stand_by().owner == Whereabouts("", "") and one.owner_by() == (Whereabouts("", ""), 99)


def test_a_token_that_no_store_takes_is_told_with_its_key(door: Make, redis: valkey.Valkey) -> None:
    one = door("one")
    one.take(0)
    one.give_back(1)
    with from_url(redis.url) as client:
        [key] = client.scan_iter("*:token")
        client.set(key, 2**63 - 2)
    with pytest.raises(RedisAway, match=":token"):
        one.take(0)


@pytest.mark.parametrize("told", [None, 5, "x y", [1, 2], b"\xff"])
def test_an_answer_that_no_redis_gives_is_none(told: object, monkeypatch: pytest.MonkeyPatch) -> None:
    strange = Door(Joined(url="redis://127.0.0.1:1/0"), Whereabouts("x", "x:1"))
    monkeypatch.setattr(strange, "_client", SimpleNamespace(eval=lambda *_: told, get=lambda *_: told))
    for ask in (strange.stand_by, lambda: strange.take(0), strange.owner, strange.standbys):
        with contextlib.suppress(RedisAway):
            ask()
    with pytest.raises(RedisAway, match=r"redis\.url"):
        strange.stand_by()
