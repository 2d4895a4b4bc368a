"""Is what joins several engines said clearly, and what cannot work refused?"""

from __future__ import annotations

import pytest

from cti.config import settings as config

pytestmark = pytest.mark.unit

BASE = """nodes: {n: {host: 127.0.0.1, secret: x}}
fastagi: {token: t}
queues: {sales: {}}
"""


def read(redis: str, store: str = "store: postgresql://cti@db/cti") -> config.Reading:
    return config.read_bytes(f"{BASE}{store}\nredis: {redis}\n".encode(), file="c.yaml", environ={})


def test_the_shortest_one() -> None:
    settings = read("{}").settings
    assert settings is not None and settings.redis is not None
    assert (settings.redis.url, settings.redis.domain, settings.redis.lease_s) == (
        "redis://127.0.0.1:6379/0", "center", 2.0,
    )  # fmt: skip


def test_secrets_stand_outside_the_file() -> None:
    redis = "{sentinels: ['a:26379'], password_env: P, sentinel_user: 'app.cti', sentinel_password_env: S}"
    text = f"{BASE}store: postgresql://cti@db/cti\nredis: {redis}\n".encode()
    found = config.loads(text, environ={"P": "one", "S": "two"}).redis
    assert found is not None and found.password is not None and found.sentinel_password is not None
    secrets = [each.get_secret_value() for each in (found.password, found.sentinel_password)]
    assert (secrets, found.sentinel_user, found.is_tls) == (["one", "two"], "app.cti", False)


def test_without_the_key_there_is_none() -> None:
    settings = config.loads(BASE.encode(), environ={})
    assert settings.redis is None


@pytest.mark.parametrize(
    ("redis", "told"),
    [
        ("{url: 'http://x'}", "must be redis://host:6379/0"),
        ("{lease_s: 0.1}", "lease_s"),
        ("{url: 'redis://127.0.0.1:x/0'}", "its host or port"),
        ("{url: 'redis://127.0.0.1:99999/0'}", "its host or port"),
        ("{url: 'redis://[::1/0'}", "its host or port"),
        ("{url: 'redis://127.0.0.1:1/99999999999999999999'}", "its database"),
        ("{cluster: true, sentinels: ['a:26379']}", "keep one of them"),
        ("{nodes: ['a:6379']}", "write cluster: true"),
        ("{url: 'redis://a?socket_timeout=60'}", "nothing stands behind its database"),
        ("{url: 'redis://a/0#x'}", "nothing stands behind its database"),
        ("{url: 'rediss://a', certificate: a.pem}", "name both"),
        ("{ca_file: a.pem}", "write rediss:// in the url"),
        ("{sentinels: ['a']}", 'must be "host:port"'),
        ("{sentinel_password: a}", "name them in sentinels, or write password"),
        ("{sentinels: ['a:26379'], sentinel_user: a}", "name it in sentinel_password_env"),
        ("{sentinels: ['a:26379'], sentinel_user: 'a b', sentinel_password: b}", "sentinel_user"),
        ("{urll: 'redis://x'}", 'did you mean "url"'),
    ],
)
def test_what_cannot_work_is_refused(redis: str, told: str) -> None:
    reading = read(redis)
    assert reading.settings is None
    [line] = reading.lines(reading.errors)
    assert told in line and line.startswith("c.yaml:5:")


def test_engines_without_a_store_in_common_are_refused() -> None:
    reading = read("{}", store="")
    assert "need one store" in reading.lines(reading.errors)[0]


def test_a_file_is_a_store_of_one_machine() -> None:
    reading = read("{}", store="store: sqlite:////var/lib/cti/cti.db")
    assert any("on this machine" in line for line in reading.lines(reading.warnings))


def test_engines_that_are_joined_share_the_secret_of_the_web() -> None:
    (error,) = read("{}\nweb: {}").errors
    assert str(error.text).startswith("secret_env: engines that are joined need one")
    assert read("{}\nweb: {secret: " + "s" * 32 + "}").settings is not None
