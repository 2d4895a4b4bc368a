"""How is the Redis of `redis:` reached, be it one, behind its sentinels, or a cluster, and why is it not?

It and door.py are all that knows redis-py. What is asked there, this module does not know.
"""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.cluster import ClusterNode, RedisCluster
from redis.exceptions import MovedError, RedisClusterException
from redis.retry import Retry
from redis.sentinel import MasterNotFoundError, Sentinel

from cti.config.joined import Joined
from cti.model.errors import ConfigError

AWAY = (redis.RedisError, RedisClusterException, OSError)
"""What redis-py raises where it has no answer; that of a cluster is no RedisError."""

_OTHER_NAME = (62, 64)  # X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH [OpenSSL, x509_vfy.h]
_REMEDIES: dict[type[BaseException], str] = {
    redis.AuthenticationError: "it does not take the password: look at redis.password, or that of redis.url",
    MasterNotFoundError: "no sentinel knows a primary that lives: look at redis.sentinels and redis.primary",
    MovedError: "it is a cluster: write cluster: true",
}


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
    is_tls = {"ssl": True} if rules.url.startswith("rediss:") else {}
    asking: dict[str, Any] = {**common, **tls, **is_tls, "retry": once}
    if rules.sentinel_password is not None:
        asking["password"] = rules.sentinel_password.get_secret_value()
    addresses = [(each.host, each.port) for each in rules.sentinels]
    sentinels = Sentinel(addresses, sentinel_kwargs=asking)  # type: ignore[no-untyped-call]
    return sentinels.master_for(rules.primary, **given, **is_tls)  # type: ignore[no-untyped-call]


def why_away(error: BaseException) -> str:
    """Return why there was no answer, and what to do; never redis-py's own text: that may hold a password."""
    for each in _chain(error):
        if isinstance(each, ssl.SSLCertVerificationError):
            if each.verify_code in _OTHER_NAME:
                return "its certificate is of another name: name it in redis.url as its certificate does"
            return f"its certificate is not trusted ({each.verify_message}): name its authority in redis.ca_file"
        if isinstance(each, ssl.SSLEOFError):  # its reason may come too late to be read
            return "it hung up; where it does so always it may want a certificate of ours: redis.certificate, redis.key"
        if isinstance(each, ssl.SSLError):
            reason = str(each.reason)
            if "CERTIFICATE_REQUIRED" in reason or "HANDSHAKE_FAILURE" in reason:
                return "it wants a certificate of ours: redis.certificate, redis.key"
            return f"TLS: {reason}"
    if isinstance(error, RedisClusterException) and "not enabled" in str(error):
        return "it is no cluster: leave redis.cluster away"
    return _REMEDIES.get(type(error), type(error).__name__)


def _tls(rules: Joined) -> dict[str, str]:
    """What is said of certificates; tried here, since a file that cannot be used is not Redis' absence."""
    context, found, key = ssl.create_default_context(), dict[str, str](), "ca_file"
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


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
