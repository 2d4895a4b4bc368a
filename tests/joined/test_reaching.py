"""Is the lease kept through sentinels, in a cluster and over TLS, by real servers, when their primary dies too?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cti.clocks import lasting_clock
from cti.config.joined import Joined
from cti.joined.door import Door, RedisAway, Whereabouts
from cti.joined.holding import Holding
from cti.joined.reaching import connect
from cti.model.errors import ConfigError
from tests import valkey, valkey_kinds
from tests.acceptance.waiting import until

pytestmark = pytest.mark.contract

LEASE_S = 2.0


def door_of(name: str, rules: dict[str, Any], lease_s: float = LEASE_S) -> Door:
    return Door(Joined.model_validate({**rules, "lease_s": lease_s}), Whereabouts(name, f"{name}:4573"))


def answered(ask: Callable[[], bool]) -> bool:
    try:
        return ask()
    except RedisAway:
        return False


# --- sentinels --------------------------------------------------------------------------------------------------------


def test_an_owner_keeps_his_lease_where_the_promoted_replica_had_not_heard_of_him() -> None:
    with valkey_kinds.watched() as watched:
        one, two = door_of("one", watched.rules, 60.0), door_of("two", watched.rules)
        _, replica = watched.servers
        assert one.take(0) == 1
        watched.cut_off()
        assert one.give_back(1) and two.take(0) == 2
        lost: list[str] = []
        holding = Holding(two, 2, lambda: 2, lambda: lost.append("two"), lease_s=LEASE_S, asked_at=lasting_clock())
        holding.begin()
        watched.kill_primary()
        until(lambda: holding.redis_away_s is not None, "the owner to notice")
        assert holding.may_act(), "nobody can take over without Redis"
        until(lambda: watched.primary() is replica, "the replica promoted")
        until(lambda: holding.redis_away_s is None, "the owner to be back")
        assert not lost and one.stand_by().owner == two.me, "the greater token counts, whoever was there"
        assert not one.renew(1) and one.take(0) is None
        holding.give_back()
        assert one.take(0) == 3


# --- a cluster --------------------------------------------------------------------------------------------------------


def test_all_keys_of_a_centre_are_in_one_slot_of_a_cluster_and_outlive_its_primary() -> None:
    with valkey_kinds.cluster("{cti:center}:owner") as cluster:
        one, two = door_of("one", cluster.rules), door_of("two", cluster.rules)
        assert one.take(6) == 7 and two.take(0) is None
        assert two.stand_by().owner == one.me and one.standbys() == ["two"] and one.owner() == one.me
        with valkey_kinds.asking(cluster.has_slot) as primary:
            assert len(primary.keys("*")) >= 3
            primary.wait(1, 5000)
        cluster.kill_primary()
        until(lambda: answered(lambda: one.renew(7)), "the replica to have the slot")
        until(lambda: answered(lambda: two.stand_by().owner == one.me), "the standby to see him there")
        assert one.give_back(7) and two.take(0) == 8
        first = cluster.nodes[0]
        if first.is_alive():
            first.stop()
        later = door_of("later", cluster.rules)
        until(lambda: answered(lambda: later.owner() == two.me), "a start without the node of the url")


def test_a_cluster_that_is_none_and_one_that_is_not_said_to_be() -> None:
    with valkey.server() as alone, pytest.raises(RedisAway, match=r"no cluster: leave redis\.cluster away"):
        door_of("x", {"url": alone.url, "cluster": True}).take(0)
    nobody = {"url": f"redis://127.0.0.1:{valkey.free_port()}/0", "cluster": True}
    with pytest.raises(RedisAway):
        door_of("x", nobody).take(0)


def test_sentinels_that_are_away() -> None:
    nobody = {"sentinels": [f"127.0.0.1:{valkey.free_port()}"], "primary": "other"}
    with pytest.raises(
        RedisAway, match=r"nobody listens where it should be: does it run, and is redis\.sentinels right"
    ):
        door_of("x", nobody).take(0)


# --- TLS --------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server() -> Iterator[valkey.Valkey]:
    with valkey.server() as found:
        yield found


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    return valkey_kinds.certificate(tmp_path_factory.mktemp("tls"))


def over_tls(tls: valkey_kinds.TlsDoor, host: str = "127.0.0.1", **more: str) -> dict[str, Any]:
    return {"url": f"rediss://{host}:{tls.port}/0", **more}


def test_over_tls_with_an_authority_of_ones_own(server: valkey.Valkey, pem: tuple[Path, Path]) -> None:
    certificate, key = pem
    tls = valkey_kinds.TlsDoor(server, certificate, key, asks=True)
    ours = {"ca_file": str(certificate), "certificate": str(certificate), "key": str(key), "domain": "tls"}
    one = door_of("one", over_tls(tls, **ours))
    assert one.take(0) == 1 and one.renew(1)
    for rules, told in (
        (over_tls(tls), r"is not trusted \(self-signed certificate\): name its authority in redis\.ca_file"),
        (over_tls(tls, "localhost", **ours), r"of another name: name it in redis\.url"),
        (over_tls(tls, ca_file=str(certificate)), r"a certificate of ours: redis\.certificate"),
    ):
        with pytest.raises(RedisAway, match=told):
            door_of("x", rules).take(0)
    tls.close()


def test_files_that_cannot_be_used_are_the_configurations_fault(tmp_path: Path, pem: tuple[Path, Path]) -> None:
    (tmp_path / "x.pem").write_text("no certificate")
    for more, told in (
        ({"ca_file": str(tmp_path / "x.pem")}, r"redis\.ca_file: no certificate in PEM"),
        ({"ca_file": str(tmp_path / "none.pem")}, r"redis\.ca_file: cannot be read"),
        ({"certificate": str(pem[0]), "key": str(pem[0])}, r"redis\.certificate: no certificate in PEM, or not"),
    ):
        asking = door_of("x", {"url": "rediss://127.0.0.1:1/0", **more})
        with pytest.raises(ConfigError, match=told):
            asking.take(0)
        asking.leave()


def test_sentinels_have_a_password_of_their_own_and_the_same_tls(pem: tuple[Path, Path]) -> None:
    words = {
        "url": "rediss://cti@x/0",
        "sentinels": ["x:26379"],
        "password": "a",
        "sentinel_user": "c",
        "sentinel_password": "b",
    }
    pool = connect(Joined.model_validate({**words, "ca_file": str(pem[0])})).connection_pool
    asking = pool.sentinel_manager.sentinel_kwargs
    assert (asking["username"], asking["password"]) == ("c", "b")
    assert (asking["ssl"], asking["ssl_ca_certs"]) == (True, str(pem[0]))
    login = pool.connection_kwargs
    assert (login["username"], login["password"], login["ssl_ca_certs"]) == ("cti", "a", str(pem[0]))
