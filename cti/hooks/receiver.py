"""How is one message handed to one receiver? One POST, bounded in time and place; what comes of it is always a word.

Guarded as lookups are: no name leads into networks that are not allowed, no redirect is followed, no answer is read.
"""

from __future__ import annotations

import secrets
import time
from typing import NamedTuple

import aiohttp

from cti.hooks import signing
from cti.hooks.backoff import retry_after_s
from cti.lookup.addresses import CheckedResolver, ForbiddenAddress
from cti.lookup.client import trust
from cti.model.errors import ConfigError
from cti.model.hooks import TEST, Hook

TAKEN = range(200, 300)
GONE = 410  # the receiver wants no more of this message; Standard Webhooks, "Consuming webhooks"


class Answer(NamedTuple):
    """`word`: the status, or why there was none. `rests_s`: for so long it wants to be left alone."""

    word: str
    taken: bool = False
    refused: bool = False  # for ever
    rests_s: float | None = None


class Receiver:
    """One of `hooks`. `async with` it, then `hand_over`. Raises ConfigError where its `ca_file` is none."""

    def __init__(self, name: str, hook: Hook) -> None:
        self.name, self.hook = name, hook
        trusted = trust(hook.ca_file)
        if isinstance(trusted, str):
            raise ConfigError([f"hooks.{name}.ca_file: {trusted}"])
        self._trusted = trusted
        secrets = (hook.secret, hook.former_secret)
        self._secrets = [secret.get_secret_value() for secret in secrets if secret is not None]
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Receiver:
        connector = aiohttp.TCPConnector(
            ssl=self._trusted,
            resolver=CheckedResolver(self.hook.networks),
            limit=self.hook.max_at_once + 1,  # and one for a test
            ttl_dns_cache=30,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=self.hook.timeout_s),
            trust_env=False,
            auto_decompress=False,
            headers={"Content-Type": "application/json", "User-Agent": "cti-hooks/1"},
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()

    async def hand_over(self, message: str, body: str) -> Answer:
        """Return what came of it, within timeout_s. Never raises but when cancelled."""
        assert self._session is not None, "open it first"
        data = body.encode()
        headers = signing.headers(self._secrets, message, time.time(), data)
        try:
            async with self._session.post(self.hook.url, data=data, headers=headers, allow_redirects=False) as response:
                response.close()  # whatever it says: the status is the answer
                rests_s = retry_after_s(response.headers.get("Retry-After", ""))
                taken = response.status in TAKEN
                return Answer(str(response.status), taken, response.status == GONE, None if taken else rests_s)
        except TimeoutError:
            return Answer("timeout")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            inner = getattr(error, "os_error", error)
            return Answer("forbidden_address" if isinstance(inner, ForbiddenAddress) else "unreachable")

    async def test(self) -> Answer:
        """Send a message that tells of nothing."""
        stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        body = f'{{"type":"{TEST}","timestamp":"{stamp}","data":{{"hook":"{self.name}"}}}}'
        return await self.hand_over(f"msg_{secrets.token_hex(15)}", body)
