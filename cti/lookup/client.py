"""How is one of your own systems asked? By HTTP, bounded in time, size, number and place; the answer is always a word.

Never raises into the caller, and never logs a path, a value or a header: they are personal or secret.
"""

from __future__ import annotations

import asyncio
import logging
import os
import ssl
from collections import Counter
from collections.abc import Mapping
from typing import Any

import aiohttp
from yarl import URL

from cti.lookup import mapping, target
from cti.lookup.addresses import CheckedResolver, ForbiddenAddress
from cti.lookup.breaker import Breaker
from cti.model.errors import ConfigError
from cti.model.lookups import Answer, Down, Found, NotFound, Request, System, Why

MAX_REDIRECTS = 3
REDIRECTS = (301, 302, 303, 307, 308)
NOT_FOUND = (404, 410)
AGAIN = (502, 503, 504)  # a restart behind a proxy: worth one more try
OUR_FAULT = (Why.BAD_REQUEST, Why.BUG)  # says nothing about the system
ANSWERED = (Why.REFUSED, Why.WRONG_TYPE)  # it is there; five callers with odd numbers must not shut it off for all
PAUSE_S = 0.05
CHUNK_BYTES = 16_384

_log = logging.getLogger(__name__)


class _Failed(Exception):
    def __init__(self, why: Why, *, again: bool = False) -> None:
        super().__init__(why)
        self.why, self.again = why, again


class Lookups:
    """All systems of a centre. `async with` it, then `ask`; what came of it is counted in `counts`.

    `counts`: (system, found | not_found | the word of a Why | retried) -> how often; `seconds`: time spent by system.
    """

    def __init__(self, systems: Mapping[str, System], environ: Mapping[str, str] = os.environ) -> None:
        """Raise ConfigError for each variable of `secret_headers` that is not set, each `ca_file` that is none."""
        self.counts: Counter[tuple[str, str]] = Counter()
        self.seconds: dict[str, float] = dict.fromkeys(systems, 0.0)
        missing = [
            f"lookups.{name}.secret_headers.{header}: the environment variable {variable} is not set; set it"
            for name, system in systems.items()
            for header, variable in system.secret_headers.items()
            if not environ.get(variable, "").isprintable() or not environ.get(variable)
        ]
        trusted = {name: trust(system.ca_file) for name, system in systems.items()}
        missing += [f"lookups.{name}.ca_file: {why}" for name, why in trusted.items() if isinstance(why, str)]
        if missing:
            raise ConfigError(missing)
        self._systems = {
            name: _System(name, systems[name], environ, self.counts, context)
            for name, context in trusted.items()
            if isinstance(context, ssl.SSLContext)
        }

    async def __aenter__(self) -> Lookups:
        for system in self._systems.values():
            system.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*(system.close() for system in self._systems.values()))

    @property
    def resting(self) -> list[str]:
        """The systems that failed so often that they are not asked now."""
        return sorted(name for name, system in self._systems.items() if system.breaker.resting)

    async def ask(self, request: Request) -> Answer:
        """Return what came of `request`, within the system's timeout_s."""
        system = self._systems.get(request.system)
        if system is None:
            return Down(Why.BAD_REQUEST)
        began = asyncio.get_running_loop().time()
        answer = await system.ask(request)
        self.seconds[request.system] += asyncio.get_running_loop().time() - began
        word = answer.why if isinstance(answer, Down) else "found" if isinstance(answer, Found) else "not_found"
        self.counts[request.system, str(word)] += 1
        return answer


class _System:
    """One system: its connections, its breaker."""

    def __init__(
        self,
        name: str,
        policy: System,
        environ: Mapping[str, str],
        counts: Counter[tuple[str, str]],
        trust: ssl.SSLContext,
    ) -> None:
        self.name, self.policy, self.counts = name, policy, counts
        self.breaker = Breaker(policy.give_up_after, policy.rest_s)
        self._headers = {
            "Accept": "application/json",
            "Accept-Encoding": "identity",  # a small answer must not unpack into a large one
            **policy.headers,
            **{header: environ[variable] for header, variable in policy.secret_headers.items()},
        }
        self._trust = trust
        self._session: aiohttp.ClientSession | None = None
        self._seats = asyncio.Semaphore(policy.max_at_once)

    def open(self) -> None:
        connector = aiohttp.TCPConnector(
            ssl=self._trust,
            resolver=CheckedResolver(self.policy.networks),
            limit=self.policy.max_at_once,
            ttl_dns_cache=30,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),  # one caller's cookie is not the next one's
            timeout=aiohttp.ClientTimeout(total=None),  # ours holds for everything
            trust_env=False,
            auto_decompress=False,
        )

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def ask(self, request: Request) -> Answer:
        loop = asyncio.get_running_loop()
        if not self.breaker.allows(loop.time()):
            return Down(Why.RESTING)
        try:
            answer = await self._asked(request)
        except asyncio.CancelledError:
            self.breaker.forgotten()
            raise
        except Exception as error:  # a caller waits: whatever is wrong here, he goes on
            _log.error("lookup of %s failed by our own fault: %s", self.name, type(error).__name__)
            answer = Down(Why.BUG)
        if not isinstance(answer, Down) or answer.why in ANSWERED:
            if self.breaker.worked():
                _log.warning("lookups: %s answers again", self.name)
        elif answer.why in OUR_FAULT:
            self.breaker.forgotten()
        elif self.breaker.failed(loop.time()):
            _log.warning("lookups: %s is down (%s); not asked for %g s", self.name, answer.why, self.policy.rest_s)
        return answer

    async def _asked(self, request: Request) -> Answer:
        try:
            url = target.address(self.policy.base_url, request.path, request.values)
        except target.BadTarget:
            return Down(Why.BAD_REQUEST)
        repeatable = request.method == "GET" or (self.policy.retry_posts and bool(request.once))
        attempts = 1 + (self.policy.retries if repeatable else 0)
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.policy.timeout_s
        why = Why.TIMEOUT
        for left in range(attempts, 0, -1):
            try:
                async with asyncio.timeout((deadline - loop.time()) / left), self._seats:
                    return await self._once(request, url)
            except TimeoutError:
                why = Why.TIMEOUT
            except _Failed as failed:
                why = failed.why
                if not failed.again:
                    break
            if left > 1:
                self.counts[self.name, "retried"] += 1
                await asyncio.sleep(min(PAUSE_S, max(0.0, deadline - loop.time()) / left))
        return Down(why)

    async def _once(self, request: Request, url: str) -> Answer:
        for _ in range(MAX_REDIRECTS + 1):
            try:
                status, location, body = await self._exchange(request, url)
            except ForbiddenAddress as error:
                raise _Failed(Why.FORBIDDEN_ADDRESS) from error
            except (aiohttp.ClientError, OSError, ValueError) as error:
                forbidden = isinstance(getattr(error, "os_error", None), ForbiddenAddress)
                raise _Failed(Why.FORBIDDEN_ADDRESS if forbidden else Why.UNREACHABLE, again=not forbidden) from error
            if status not in REDIRECTS:
                return _meaning(status, body, request)
            onward = target.redirected(self.policy.base_url, url, location) if request.method == "GET" else None
            if onward is None:
                break
            url = onward
        raise _Failed(Why.REDIRECT)

    async def _exchange(self, request: Request, url: str) -> tuple[int, str, bytes]:
        """Return status, where it redirects to, and the JSON text."""
        assert self._session is not None, "open() comes first"
        body: dict[str, Any] = {"json": dict(request.send)} if request.method == "POST" else {}
        headers = self._headers | ({"Idempotency-Key": request.once} if request.once else {})
        async with self._session.request(
            request.method, URL(url, encoded=True), headers=headers, allow_redirects=False, **body
        ) as response:
            if response.status in REDIRECTS:
                response.close()
                return response.status, response.headers.get("Location", ""), b""
            if not 200 <= response.status < 300:
                response.close()
                return response.status, "", b""
            return response.status, "", await self._body(response)

    async def _body(self, response: aiohttp.ClientResponse) -> bytes:
        kind = response.content_type
        packed = response.headers.get("Content-Encoding", "identity").lower()
        if (kind != "application/json" and not kind.endswith("+json")) or packed != "identity":
            response.close()  # what we do not want to hear is not waited for
            raise _Failed(Why.NOT_JSON)
        if (response.content_length or 0) > self.policy.max_bytes:
            response.close()
            raise _Failed(Why.TOO_LARGE)
        body = bytearray()
        async for chunk in response.content.iter_chunked(CHUNK_BYTES):
            body += chunk
            if len(body) > self.policy.max_bytes:
                response.close()
                raise _Failed(Why.TOO_LARGE)
        return bytes(body)


def trust(ca_file: str | None) -> ssl.SSLContext | str:
    """Whose certificates are believed, or why the file cannot be used. Names and dates are always checked."""
    try:
        return ssl.create_default_context(cafile=os.path.expanduser(ca_file) if ca_file else None)
    except ssl.SSLError:
        return "no certificate in PEM; give the file of your authority's certificate"
    except OSError as error:
        return f"cannot be read: {error.strerror}; correct the path"


def _meaning(status: int, body: bytes, request: Request) -> Answer:
    if status in NOT_FOUND:
        return NotFound()
    if 400 <= status < 500 and status not in (408, 429):
        raise _Failed(Why.REFUSED)
    if not 200 <= status < 300:
        raise _Failed(Why.STATUS, again=status in AGAIN)
    if status == 204 or not body:
        if request.into:
            raise _Failed(Why.NOT_JSON)
        return Found({})
    try:
        content = mapping.read(body)
        return NotFound() if content is None else Found(mapping.values(content, request.into))
    except mapping.NotJson as error:
        raise _Failed(Why.NOT_JSON) from error
    except mapping.WrongType as error:
        raise _Failed(Why.WRONG_TYPE) from error
