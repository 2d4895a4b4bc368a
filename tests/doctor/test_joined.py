"""Does the doctor say whether several engines could take over from one another?"""

from __future__ import annotations

from pathlib import Path

import pytest

from cti.config import settings as config
from cti.config.settings import Settings
from cti.doctor.joined import examine_joined, judge_engines
from cti.joined.door import Door, Whereabouts
from cti.store.database import open_store
from cti.store.owner import claim
from tests import valkey

pytestmark = pytest.mark.contract


def settings(redis: str = "") -> Settings:
    joined = f"store: postgresql://cti@127.0.0.1:1/cti\nredis: {{url: '{redis}'}}\n" if redis else ""
    text = f"nodes: {{n: {{host: 127.0.0.1, secret: x}}}}\nfastagi: {{token: t}}\nqueues: {{sales: {{}}}}\n{joined}"
    return config.loads(text.encode(), environ={})


async def test_an_engine_alone_needs_no_redis() -> None:
    assert await examine_joined(settings()) == []
    assert judge_engines("n", settings(), ["10.0.0.5:4573"]) == []


async def test_who_owns_the_centre_is_told() -> None:
    with valkey.server() as server:
        ours = settings(server.url)
        assert ours.redis is not None
        [found] = await examine_joined(ours)
        assert found.level == "ok" and "nobody owns" in found.text
        owner = Door(ours.redis, Whereabouts("one", "10.0.0.5:4573"))
        owner.take(0)
        [found, store] = await examine_joined(ours)
        assert found.text == "answers; 10.0.0.5:4573 owns the centre, 0 could take over"
        assert (store.level, store.check) == ("fail", "store"), "it would stand by for nothing"
        assert "nobody answers there" in store.text and "pg_hba.conf" in store.remedy
        owner.leave()


async def test_a_store_that_is_not_the_owners_is_a_failure(tmp_path: Path) -> None:
    with valkey.server() as server:
        ours = settings(server.url).model_copy(update={"store": f"sqlite:///{tmp_path}/cti.db"})
        assert ours.redis is not None
        owner = Door(ours.redis, Whereabouts("one", "10.0.0.5:4573"))
        owner.take(0)
        [_, found] = await examine_joined(ours)
        assert (found.level, found.check) == ("fail", "store") and "another store" in found.text
        store = open_store(ours.store)
        claim(store, ours.redis.domain, 1, "one", 0.0)
        store.close()
        assert [found.level for found in await examine_joined(ours)] == ["ok"]
        owner.leave()


async def test_those_who_stand_by_while_nobody_owns_it_are_warned_of() -> None:
    with valkey.server() as server:
        ours = settings(server.url)
        assert ours.redis is not None
        waits = Door(ours.redis, Whereabouts("two", "10.0.0.6:4573"))
        waits.stand_by()
        [found] = await examine_joined(ours)
        assert found.level == "warn" and "1 stand by" in found.text
        waits.leave()


async def test_a_redis_that_is_away_is_a_failure_with_a_remedy() -> None:
    [found] = await examine_joined(settings(f"redis://127.0.0.1:{valkey.free_port()}/0"))
    assert found.level == "fail" and "redis.url" in found.text and "redis-cli" in found.remedy


async def test_a_redis_that_refuses_says_which_key_mends_it() -> None:
    with valkey.server(guard=valkey.Guard("right")) as server:
        [found] = await examine_joined(settings(server.url))
        assert found.level == "fail" and "name it in redis.password_env" in found.text


def test_an_asterisk_that_knows_one_engine_only_is_warned_of() -> None:
    ours = settings("redis://127.0.0.1/0")
    assert [found.level for found in judge_engines("n", ours, ["10.0.0.5:4573"])] == ["warn"]
    assert judge_engines("n", ours, ["10.0.0.5:4573", "10.0.0.6:4573"]) == []
