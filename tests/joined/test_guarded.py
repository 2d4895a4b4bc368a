"""Is the lease kept where a real Redis asks for passwords, users and TLS, alone, with sentinels and as a cluster, and
does whoever is refused hear which key of the configuration mends it?
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cti.clocks import lasting_clock
from cti.config.joined import Joined
from cti.joined.door import Door, RedisAway, Whereabouts
from cti.joined.holding import Holding
from tests import valkey, valkey_kinds
from tests.acceptance.waiting import until
from tests.valkey import Guard
from tests.valkey_kinds import Cluster, Watched, asking

sys.path.insert(0, str(Path(__file__).parents[2] / "asterisk"))

from labkit.errors import CannotBeHad  # the folder has to be on the path first
from labkit.valkey import find_valkey

pytestmark = pytest.mark.contract

LEASE_S = 2.0
PATIENT_S = 60.0  # a lease so long that a busy machine's silence is not taken for a refusal
IMPATIENT_S = 1.0  # where silence is the answer
PASSWORD, THEIRS, WRONG = "s3rvers", "s3ntinels", "wr0ng"
RIGHTS = (
    *("-@all", "+eval", "+time", "+get", "+set", "+exists", "+incr", "+del", "+pexpire", "+pttl"),
    *("+hset", "+hdel", "+hgetall"),
)
RIGHTS_IN_A_CLUSTER = (*RIGHTS, "+cluster|slots", "+command")
RIGHTS_AT_SENTINELS = ("-@all", "+sentinel|masters")
DOCUMENTATION = Path(__file__).parents[2] / "docs" / "several-engines.md"

Rules = dict[str, Any]


def door_of(name: str, rules: Rules, lease_s: float = PATIENT_S) -> Door:
    return Door(Joined.model_validate({**rules, "lease_s": lease_s}), Whereabouts(name, f"{name}:4573"))


def keeps_the_lease(rules: Rules, domain: str) -> None:
    """Every question there is, asked by an owner and a standby."""
    one, two = (door_of(name, {**rules, "domain": domain}) for name in ("one", "two"))
    assert one.take(6) == 7 and one.renew(7) and two.take(0) is None
    assert two.stand_by().owner == one.me and one.standbys() == ["two"] and two.owner() == one.me
    two.no_longer_by()
    assert one.standbys() == []
    assert one.give_back(7) and two.take(0) == 8 and two.give_back(8)
    one.leave()
    two.leave()


def why(rules: Rules, lease_s: float = PATIENT_S) -> str:
    """What is said of a question that is refused. It holds no password, and no address with one."""
    door = door_of("x", rules, lease_s)
    told = refusal(door)
    door.leave()
    assert not any(secret in told for secret in (PASSWORD, THEIRS, WRONG))
    return told


def without(rules: Rules, *keys: str) -> Rules:
    return {key: value for key, value in rules.items() if key not in keys}


def as_user(rules: Rules, user: str) -> Rules:
    """It stands in the url, and its password where passwords stand."""
    return {**rules, "url": rules["url"].replace("//", f"//{user}@")}


# --- the servers ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An authority that signed nothing here."""
    return str(valkey_kinds.certificate(tmp_path_factory.mktemp("other"))[0])


@pytest.fixture(scope="module")
def over_tls(tmp_path_factory: pytest.TempPathFactory) -> Guard:
    """Real TLS, of a server that is built with it; skips where none can be had, but in a build."""
    try:
        program = find_valkey()
    except CannotBeHad as reason:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"NO VALKEY WITH TLS: {reason}")
    certificate, key = valkey_kinds.certificate(tmp_path_factory.mktemp("tls"))
    return Guard(PASSWORD, certificate, key, str(program))


@pytest.fixture(scope="module")
def alone(over_tls: Guard) -> Iterator[valkey.Valkey]:
    with valkey.server(guard=over_tls) as found:
        yield found


@pytest.fixture(scope="module")
def cluster(over_tls: Guard) -> Iterator[Cluster]:
    with valkey_kinds.cluster("{cti:center}:owner", over_tls) as found:
        yield found


@pytest.fixture(scope="module")
def watched(over_tls: Guard) -> Iterator[Watched]:
    with valkey_kinds.watched(over_tls, THEIRS) as found:
        yield found


@pytest.fixture(scope="module")
def watched_without_tls() -> Iterator[Watched]:
    with valkey_kinds.watched(Guard(PASSWORD), THEIRS) as found:
        yield found


@pytest.fixture
def rules(request: pytest.FixtureRequest) -> Rules:
    found: Rules = request.getfixturevalue(request.param).rules
    return found


every_kind = pytest.mark.parametrize("rules", ["alone", "cluster", "watched"], indirect=True)
with_sentinels = pytest.mark.parametrize("rules", ["watched", "watched_without_tls"], indirect=True)


# --- it is let in -----------------------------------------------------------------------------------------------------


def test_tls_alone(over_tls: Guard) -> None:
    with valkey.server(guard=replace(over_tls, password="")) as server:
        keeps_the_lease(server.rules, "tls")


@every_kind
def test_a_password_over_tls(rules: Rules) -> None:
    keeps_the_lease(rules, "password")


def test_sentinels_with_a_password_of_their_own(watched_without_tls: Watched) -> None:
    keeps_the_lease(watched_without_tls.rules, "password")


# --- users ------------------------------------------------------------------------------------------------------------


def test_a_user_with_the_rights_that_the_documentation_names(alone: valkey.Valkey) -> None:
    with asking(alone) as server:
        let_in(server, "cti", "{cti:*", RIGHTS)
        let_in(server, "elsewhere", "other:*", RIGHTS)
        let_in(server, "reader", "{cti:*", ("-@all", "+eval", "+get"))
    keeps_the_lease(as_user(alone.rules, "cti"), "user")
    assert "docs/several-engines.md says which rights" in why(as_user(alone.rules, "elsewhere"))
    told = "look at redis.url, and at redis.password"
    assert told in why(as_user(alone.rules, "nobody")) and told in why({**as_user(alone.rules, "cti"), "password": "x"})
    reader = door_of("x", as_user(alone.rules, "reader"))
    with pytest.raises(RedisAway, match="which rights"):
        reader.take(0)


def test_a_user_of_a_cluster_needs_two_rights_more(cluster: Cluster) -> None:
    for node in cluster.nodes:
        with asking(node) as server:
            let_in(server, "cti", "{cti:*", RIGHTS_IN_A_CLUSTER)
            let_in(server, "lacking", "{cti:*", RIGHTS)
    keeps_the_lease(as_user(cluster.rules, "cti"), "user")
    assert "which rights" in why(as_user(cluster.rules, "lacking")), "and not that it is no cluster"


def test_a_user_of_the_sentinels(watched: Watched) -> None:
    for sentinel in watched.sentinels:
        with asking(sentinel) as server:
            let_in(server, "cti", "", RIGHTS_AT_SENTINELS)
            let_in(server, "lacking", "", ("-@all", "+ping"))
    theirs = {**watched.rules, "sentinel_password": PASSWORD}
    keeps_the_lease({**theirs, "sentinel_user": "cti"}, "user")
    assert why({**theirs, "sentinel_user": "lacking"}).startswith("a sentinel: its user may not")
    assert "redis.sentinel_password and redis.sentinel_user" in why({**theirs, "sentinel_user": "nobody"})


def test_the_documentation_names_these_rights() -> None:
    named = set(re.findall(r"[-+~][@a-z{|:*]+", DOCUMENTATION.read_text(encoding="utf-8")))
    assert {*RIGHTS_IN_A_CLUSTER, *RIGHTS_AT_SENTINELS, "~{cti:*"} <= named


def let_in(server: Any, user: str, keys: str, rights: tuple[str, ...]) -> None:
    words = (f"~{keys}",) if keys else ()
    server.execute_command("ACL SETUSER", user, "reset", "on", f">{PASSWORD}", *words, *rights)


# --- it is refused ----------------------------------------------------------------------------------------------------


@every_kind
def test_a_password_that_is_wrong_or_not_there(rules: Rules) -> None:
    assert "look at redis.password" in why({**rules, "password": WRONG})
    assert "name it in redis.password_env" in why(without(rules, "password"))


@with_sentinels
def test_a_password_of_the_sentinels_that_is_wrong_or_not_there(rules: Rules) -> None:
    assert "a sentinel does not take the password: look at redis.sentinel_password" in why(
        {**rules, "sentinel_password": WRONG}
    )
    assert "name it in redis.sentinel_password_env" in why(without(rules, "sentinel_password"))
    assert why({**rules, "password": WRONG}).startswith("it does not take the password"), "no sentinel, but the primary"


def test_a_sentinel_that_refuses_is_told_of_before_one_that_is_away(watched: Watched) -> None:
    nobody, first = f"127.0.0.1:{valkey.free_port()}", watched.rules["sentinels"][0]
    assert "redis.sentinel_password" in why({**watched.rules, "sentinels": [nobody, first], "sentinel_password": WRONG})
    assert "is redis.sentinels right" in why({**watched.rules, "sentinels": [nobody]})
    assert "redis.sentinels and redis.primary" in why({**watched.rules, "sentinels": [first], "primary": "other"})
    keeps_the_lease({**watched.rules, "sentinels": [nobody, first]}, "second")


@every_kind
def test_a_certificate_of_an_authority_that_is_not_ours(rules: Rules, other: str) -> None:
    assert "name its authority in redis.ca_file" in why({**rules, "ca_file": other})
    assert "name its authority in redis.ca_file" in why(without(rules, "ca_file"))


@every_kind
def test_no_tls_is_spoken_to_a_port_of_tls(rules: Rules) -> None:
    plain = {**without(rules, "ca_file"), "url": rules["url"].replace("rediss:", "redis:")}
    assert "write rediss:// in redis.url" in why(plain)


def test_tls_is_spoken_to_a_port_without_it(watched_without_tls: Watched) -> None:
    sentinels = {**watched_without_tls.rules, "sentinels": watched_without_tls.rules["sentinels"][:1]}
    for plain in (sentinels, watched_without_tls.servers[0].rules):
        tls = {**plain, "url": plain["url"].replace("redis:", "rediss:")}
        assert "write redis:// in redis.url" in why(tls, IMPATIENT_S)


def test_a_certificate_of_ours_is_wanted(over_tls: Guard) -> None:
    with valkey.server("--tls-auth-clients", "optional", guard=over_tls) as server:
        with asking(server) as asked:
            asked.config_set("tls-auth-clients", "yes")
        assert "redis.certificate, redis.key" in why(server.rules)
        ours = {"certificate": str(over_tls.certificate), "key": str(over_tls.key)}
        keeps_the_lease({**server.rules, **ours}, "ours")


def test_nodes_that_tell_of_addresses_which_their_certificates_do_not_have(over_tls: Guard) -> None:
    more = ("--bind", "127.0.0.1", "127.0.0.2", "--cluster-enabled", "yes", "--cluster-announce-ip", "127.0.0.2")
    ports = ("--tls-cluster", "yes", "--cluster-port", str(valkey.free_port()))
    with valkey.server(*more, *ports, guard=over_tls) as server:
        with asking(server) as asked:
            asked.execute_command("CLUSTER ADDSLOTSRANGE", 0, valkey_kinds.SLOTS - 1)
            until(lambda: asked.execute_command("CLUSTER INFO")["cluster_state"] == "ok", "the cluster to be whole")
        assert "the address that its nodes tell of one another" in why({**server.rules, "cluster": True})


def test_a_node_or_a_replica_that_is_named_as_if_it_were_alone(cluster: Cluster, watched_without_tls: Watched) -> None:
    node = next(each for each in cluster.nodes[:3] if each is not cluster.has_slot)
    assert "write cluster: true" in why(node.rules)
    replica = door_of("x", watched_without_tls.servers[1].rules)
    with pytest.raises(RedisAway, match=r"name its primary in redis\.url"):
        replica.take(0)


# --- the owner goes on ------------------------------------------------------------------------------------------------


@pytest.fixture
def authority(over_tls: Guard, tmp_path: Path) -> Path:
    """A copy of its certificate, that a test may lose."""
    assert over_tls.certificate is not None
    return Path(shutil.copy(over_tls.certificate, tmp_path / "ca.pem"))


def test_an_owner_whom_redis_refuses_from_now_on_goes_on(over_tls: Guard, authority: Path) -> None:
    lost: list[str] = []
    with valkey.server(guard=over_tls) as server, asking(server) as asked:
        one = door_of("one", {**server.rules, "ca_file": str(authority)}, LEASE_S)
        assert one.take(0) == 1
        holding = Holding(one, 1, lambda: 1, lambda: lost.append("one"), lease_s=LEASE_S, asked_at=lasting_clock())
        holding.begin()

        def goes_on(told: str) -> None:
            hang_up(asked)
            until(lambda: holding.redis_away_s is not None, "the owner to notice")
            until(lambda: told in refusal(one), "the refusal, and not the silence of a busy machine")
            until(holding.may_act, "the owner to go on")
            assert not lost

        def is_back() -> None:
            until(lambda: holding.redis_away_s is None, "the owner to be let in again")
            until(holding.may_act, "the owner to go on")
            assert not lost

        asked.config_set("requirepass", "new")
        goes_on("look at redis.password")
        asked.config_set("requirepass", PASSWORD)
        is_back()
        aside = authority.rename(authority.with_suffix(".aside"))
        goes_on("redis.ca_file")
        aside.rename(authority)
        is_back()
        holding.give_back()
        assert one.take(0) == 2


def refusal(door: Door) -> str:
    with pytest.raises(RedisAway) as away:
        door.owner()
    return str(away.value)


def hang_up(asked: Any) -> None:
    """On everybody but on who asks."""
    asked.execute_command("CLIENT KILL", "TYPE", "normal", "SKIPME", "yes")


def test_an_owner_keeps_his_lease_over_tls_and_passwords_when_the_primary_dies(watched: Watched) -> None:
    """One of the last: nobody starts that primary again."""
    one, two = (door_of(name, {**watched.rules, "domain": "failover"}, LEASE_S) for name in ("one", "two"))
    assert one.take(0) == 1
    with asking(watched.servers[0]) as primary:
        primary.wait(1, 5000)
    lost: list[str] = []
    holding = Holding(one, 1, lambda: 1, lambda: lost.append("one"), lease_s=LEASE_S, asked_at=lasting_clock())
    holding.begin()
    watched.kill_primary()
    until(lambda: holding.redis_away_s is not None, "the owner to notice")
    until(holding.may_act, "the owner to go on: nobody can take over without Redis")
    until(lambda: watched.primary() is watched.servers[1], "the replica promoted")
    until(lambda: holding.redis_away_s is None, "the owner to be back")
    until(holding.may_act, "the owner to go on")
    assert not lost
    until(lambda: answered(lambda: two.stand_by().owner == one.me), "the standby to see him there")
    holding.give_back()
    two.leave()


def test_a_cluster_over_tls_with_a_password_outlives_a_primary(cluster: Cluster) -> None:
    """The last one, too."""
    one = door_of("one", {**cluster.rules, "domain": "center"}, LEASE_S)
    token = one.take(0)
    assert token is not None
    with asking(cluster.has_slot) as primary:
        primary.wait(1, 5000)
    cluster.kill_primary()
    until(lambda: answered(lambda: one.renew(token)), "the replica to have the slot")
    one.leave()


def answered(ask: Callable[[], bool]) -> bool:
    try:
        return ask()
    except RedisAway:
        return False
