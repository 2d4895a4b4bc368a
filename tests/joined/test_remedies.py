"""Is every way in which Redis gives no answer told with the key that mends it? (By real servers: test_guarded.py.)"""

from __future__ import annotations

import socket
import ssl
from typing import Any

import pytest
import redis

from cti.config.joined import Joined
from cti.joined.remedies import NoPrimary, why_away

pytestmark = pytest.mark.unit

SENTINELS = {"url": "rediss://x/0", "sentinels": ["a:26379"]}


def caused(error: BaseException, cause: BaseException) -> BaseException:
    error.__cause__ = cause
    return error


def certificate_of_another_name() -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError()
    error.verify_code = 62
    return error


def tls(reason: str) -> ssl.SSLError:
    error = ssl.SSLError()
    error.reason = reason
    return error


@pytest.mark.parametrize(
    ("rules", "error", "told"),
    [
        ({}, certificate_of_another_name(), "name it in redis.url as its certificate does"),
        (SENTINELS, certificate_of_another_name(), "not for the address that its sentinels tell"),
        (SENTINELS, caused(NoPrimary(), certificate_of_another_name()), "name it in redis.sentinels as"),
        ({}, tls("WRONG_VERSION_NUMBER"), "it speaks no TLS; where that port never does"),
        ({}, tls("TLSV1_ALERT_PROTOCOL_VERSION"), "TLS: TLSV1_ALERT_PROTOCOL_VERSION"),
        ({"url": "rediss://x/0"}, redis.ConnectionError("Connection closed by server."), "it hung up"),
        ({}, redis.ConnectionError("Connection closed by server."), "write rediss:// in redis.url"),
        ({}, caused(redis.ConnectionError(), socket.gaierror()), "its name is not known here: look at redis.url"),
        ({}, redis.TimeoutError(), "no answer in time: it hangs, or is not where redis.url says"),
        ({}, redis.BusyLoadingError(), "BusyLoadingError"),
    ],
)
def test_the_remedy(rules: dict[str, Any], error: BaseException, told: str) -> None:
    assert told in why_away(error, Joined.model_validate(rules))


def test_what_redis_py_says_is_not_told() -> None:
    error = redis.ConnectionError("Error 1 connecting to redis://cti:s3cret@x:6379")
    assert "s3cret" not in why_away(error, Joined())
