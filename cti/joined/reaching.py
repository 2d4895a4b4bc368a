"""How is the Redis of `redis:` reached, be it one, behind its sentinels, or a cluster?

It, remedies.py and door.py are all that knows redis-py. What is asked there, this module does not know.
"""

from __future__ import annotations

import os
import ssl
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.cluster import ClusterNode, RedisCluster
from redis.retry import Retry
from redis.sentinel import Sentinel

from cti.config.joined import Joined
from cti.joined.remedies import AWAY, NoPrimary, says_why
from cti.model.errors import ConfigError


class Sentinels(Sentinel):
    """redis-py's own forgets why a sentinel gave no answer, and asks none after one that refuses the question."""

    def discover_master(self, service_name: str) -> tuple[str, int]:
        """Where the primary is; who knew it is asked first the next time. Raises NoPrimary."""
        failed: list[BaseException] = []
        for at, sentinel in enumerate(self.sentinels):
            try:
                masters: Any = sentinel.sentinel_masters()
            except AWAY as error:
                failed.append(error)
                continue
            state = masters.get(service_name)
            if state and self.check_master_state(state, service_name):  # type: ignore[no-untyped-call]
                self.sentinels[0], self.sentinels[at] = sentinel, self.sentinels[0]
                return state["ip"], state["port"]
        is_silence = len(failed) == len(self.sentinels)
        cause = next(filter(says_why, failed), failed[0] if is_silence else None)
        raise NoPrimary(service_name) from cause


def connect(rules: Joined) -> Any:
    """Return a client for what `rules` say. It never asks twice by itself. Raises ConfigError, and any of AWAY."""
    wait_s = rules.lease_s / 4  # so that an owner has asked several times before his lease is over
    common: dict[str, Any] = {"socket_timeout": wait_s, "socket_connect_timeout": wait_s}
    tls = _tls(rules)
    login: dict[str, Any] = {"decode_responses": True, **common, **tls}
    if rules.password is not None:
        login["password"] = rules.password.get_secret_value()
    once = Retry(NoBackoff(), 0)
    if rules.cluster:
        nodes = [ClusterNode(node.host, node.port) for node in rules.nodes]  # type: ignore[no-untyped-call]
        return RedisCluster.from_url(rules.url, startup_nodes=nodes, retry=once, **login)
    login["retry"] = once
    if not rules.sentinels:
        return redis.Redis.from_url(rules.url, **login)
    pool = redis.Redis.from_url(rules.url, **login).connection_pool
    given = {key: value for key, value in pool.connection_kwargs.items() if key not in ("host", "port")}
    is_tls = {"ssl": True} if rules.is_tls else {}
    asking: dict[str, Any] = {**common, **tls, **is_tls, "retry": once}
    if rules.sentinel_password is not None:
        asking |= {"username": rules.sentinel_user, "password": rules.sentinel_password.get_secret_value()}
    addresses = [(each.host, each.port) for each in rules.sentinels]
    sentinels = Sentinels(addresses, sentinel_kwargs=asking)  # type: ignore[no-untyped-call]
    return sentinels.master_for(rules.primary, **given, **is_tls)  # type: ignore[no-untyped-call]


def _tls(rules: Joined) -> dict[str, str]:
    """What is said of certificates; tried here, since a file that cannot be used is not Redis' absence."""
    context, found, key = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), dict[str, str](), "ca_file"
    try:
        if rules.ca_file is not None:
            found["ssl_ca_certs"] = os.path.expanduser(rules.ca_file)
            context.load_verify_locations(found["ssl_ca_certs"])
        key = "certificate"
        if rules.certificate is not None and rules.key is not None:
            found["ssl_certfile"], found["ssl_keyfile"] = map(os.path.expanduser, (rules.certificate, rules.key))
            context.load_cert_chain(found["ssl_certfile"], found["ssl_keyfile"])
    except ssl.SSLError:
        raise ConfigError([f"redis.{key}: no certificate in PEM, or not that of redis.key"]) from None
    except OSError as error:
        raise ConfigError([f"redis.{key}: cannot be read: {error.strerror}; correct the path"]) from None
    return found
