"""Why did Redis give no answer, and which key of center.yaml mends that? In words that hold no password.

Judges what redis-py raised, and never says redis-py's own text: that may hold an address with its password.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

import redis
from redis.exceptions import ClusterDownError, MovedError, NoPermissionError, RedisClusterException
from redis.sentinel import MasterNotFoundError

from cti.config.joined import Joined

AWAY = (redis.RedisError, RedisClusterException, OSError)
"""What redis-py raises where it has no answer; that of a cluster is no RedisError."""

RIGHTS = "its user may not do what we ask: docs/several-engines.md says which rights it needs"

_OTHER_NAME = (62, 64)  # X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH [OpenSSL, x509_vfy.h]
_NO_TLS = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "UNKNOWN_PROTOCOL")
_REMEDIES: dict[type[BaseException], str] = {
    MasterNotFoundError: "no sentinel knows a primary that lives: look at redis.sentinels and redis.primary",
    MovedError: "it is a cluster: write cluster: true",
    ClusterDownError: "the cluster is down: some of its slots have no node that lives",
    redis.ReadOnlyError: "it is a replica: name its primary in redis.url, or its sentinels in redis.sentinels",
}


class NoPrimary(MasterNotFoundError):
    """No sentinel named a primary. Its cause is what one of them did instead of an answer; none: they had one."""


def why_away(error: BaseException, rules: Joined) -> str:
    """Return why there was no answer, and what to do."""
    by_sentinel = isinstance(error, NoPrimary) and error.__cause__ is not None
    for each in _chain(error):
        if told := _refused(each, rules, by_sentinel) or _of_tls(each, rules, by_sentinel):
            return told
    for each in _chain(error):
        if told := _not_reached(each, rules, by_sentinel):
            return told
    if isinstance(error, RedisClusterException) and "not enabled" in str(error):
        return "it is no cluster: leave redis.cluster away"
    return next((text for kind, text in _REMEDIES.items() if isinstance(error, kind)), type(error).__name__)


def says_why(error: BaseException) -> bool:
    """Whether it is more than silence: who refuses is to be told of before who is away."""
    kinds = (redis.AuthenticationError, NoPermissionError, ssl.SSLError)
    return any(isinstance(each, kinds) for each in _chain(error))


def _refused(error: BaseException, rules: Joined, by_sentinel: bool) -> str | None:
    if isinstance(error, NoPermissionError) or "ACL failure in script" in str(error):
        return f"a sentinel: {RIGHTS}" if by_sentinel else RIGHTS
    if not isinstance(error, redis.AuthenticationError):
        return None
    if by_sentinel:
        if rules.sentinel_password is None:
            return "a sentinel wants a password: name it in redis.sentinel_password_env"
        user = "" if rules.sentinel_user is None else " and redis.sentinel_user"
        return f"a sentinel does not take the password: look at redis.sentinel_password{user}"
    url = urlsplit(rules.url)
    if rules.password is None and not url.password:
        return "it wants a password: name it in redis.password_env"
    if url.username:
        return "it does not take user and password: look at redis.url, and at redis.password"
    return "it does not take the password: look at redis.password, or that of redis.url"


def _of_tls(error: BaseException, rules: Joined, by_sentinel: bool) -> str | None:
    if isinstance(error, ssl.SSLCertVerificationError):
        if error.verify_code not in _OTHER_NAME:
            return f"its certificate is not trusted ({error.verify_message}): name its authority in redis.ca_file"
        if by_sentinel:
            return "a sentinel's certificate is of another name: name it in redis.sentinels as its certificate does"
        if rules.sentinels or rules.cluster:
            told = "its sentinels tell" if rules.sentinels else "its nodes tell of one another"
            return f"its certificate is not for the address that {told}: see TLS in docs/several-engines.md"
        return "its certificate is of another name: name it in redis.url as its certificate does"
    if isinstance(error, ssl.SSLEOFError):  # its reason may come too late to be read
        return "it hung up; where it does so always it may want a certificate of ours: redis.certificate, redis.key"
    if isinstance(error, TimeoutError) and "handshake" in str(error):  # it waits for the end of a line
        return f"no TLS was spoken in time; {_PLAIN}"
    if isinstance(error, ssl.SSLError):
        reason = str(error.reason)
        if "CERTIFICATE_REQUIRED" in reason or "HANDSHAKE_FAILURE" in reason:
            return "it wants a certificate of ours: redis.certificate, redis.key"
        return f"it speaks no TLS; {_PLAIN}" if reason in _NO_TLS else f"TLS: {reason}"
    return None


_PLAIN = "where that port never does, name the one that does, or write redis:// in redis.url"


def _not_reached(error: BaseException, rules: Joined, by_sentinel: bool) -> str | None:
    where = "redis.sentinels" if by_sentinel else "redis.url"
    if isinstance(error, ConnectionRefusedError):
        return f"nobody listens where it should be: does it run, and is {where} right?"
    if isinstance(error, FileNotFoundError):  # while we ran: reaching.py has read them all
        return "a file is gone: redis.ca_file, redis.certificate or redis.key"
    if isinstance(error, socket.gaierror):
        return f"its name is not known here: look at {where}"
    if isinstance(error, ConnectionResetError | BrokenPipeError) or "closed by server" in str(error):
        return (
            "it hung up"
            if rules.is_tls
            else "it hung up; where it does so always it may speak TLS: write rediss:// in redis.url"
        )
    if isinstance(error, redis.TimeoutError | TimeoutError):
        return f"no answer in time: it hangs, or is not where {where} says"
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
