"""How does somebody sign in at an OpenID Connect provider? Authorization code flow with PKCE; he must be known here.

The provider says who he is; what he may, his row here says. What is begun is bound to the browser by a cookie. Only
browsers come here, and people look at what comes: whatever goes wrong leads to our sign-in page, which says it.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import secrets
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

import aiohttp
import msgspec
import structlog
from aiohttp import web

from cti.api.asking import NOT_OURS, REFUSED, add, name_asker, note
from cti.api.operations import PREFIX
from cti.api.responses import answer, problem
from cti.api.store_away import REASON, StoreAway
from cti.api.web_guard import Entrance, address_of, set_cookie
from cti.people.id_token import NotTold, name_in, prepare
from cti.people.keys import same
from cti.people.sessions import Sessions

BEGIN, BACK = "/sign-in/oidc", "/sign-in/oidc/back"
PENDING_S, MOST_PENDING = 600.0, 20_000
TIMEOUT_S = 10.0
KNOWN_S = 3600.0
MAX_ANSWER_BYTES = 1_000_000

_log = structlog.get_logger(__name__)


class Provider(msgspec.Struct, frozen=True):
    """Who recognises people for us; `claim` is what in his token is a user's name here, `name` what people call him."""

    issuer: str
    client: str
    secret: str = ""
    scopes: str = "openid profile email"
    claim: str = "preferred_username"
    name: str = ""


class _Pending(msgspec.Struct, frozen=True):
    browser: str
    nonce: str
    verifier: str
    ends_at: float


class Unreachable(Exception):
    """The provider did not answer as OpenID Connect says."""


def add_routes(
    app: web.Application,
    provider: Provider | None,
    sessions: Sessions,
    entrance: Entrance,
    clock: Callable[[], float],
    store_away: StoreAway,
) -> None:
    """Add GET /sign-in (which ways there are) and, with a provider, the two requests of his way."""
    ways: dict[str, Any] = {"password": True, "oidc": None, "oidc_name": ""}
    if provider is not None:
        ways |= {"oidc": f"{PREFIX}{BEGIN}", "oidc_name": provider.name}

    async def told(_request: web.Request) -> web.Response:
        return answer(ways)

    add(app, "GET", "/sign-in", told)
    flow = None if provider is None else _Flow(provider, sessions, entrance, clock, store_away)

    async def none(_request: web.Request) -> web.Response:
        return problem(404, "no_provider", "no OpenID Connect provider is configured; see web.oidc")

    add(app, "GET", "/sign-in/oidc", none if flow is None else flow.begin)
    add(app, "GET", "/sign-in/oidc/back", none if flow is None else flow.back)


class _Flow:
    def __init__(
        self,
        provider: Provider,
        sessions: Sessions,
        entrance: Entrance,
        clock: Callable[[], float],
        store_away: StoreAway,
    ) -> None:
        self._provider, self._sessions, self._entrance, self._clock = provider, sessions, entrance, clock
        self._store_away = store_away
        prepare()
        self._pending: dict[str, _Pending] = {}
        self._known: tuple[float, dict[str, Any]] = (float("-inf"), {})
        self._cookie = f"{entrance.cookie}-oidc"

    async def begin(self, _request: web.Request) -> web.Response:
        now = self._clock()
        try:
            where = (await self._discovered(now))["authorization_endpoint"]
        except (Unreachable, KeyError):
            return _to_sign_in("provider_unreachable")
        browser, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        state, pending = secrets.token_urlsafe(24), _Pending(browser, nonce, verifier, now + PENDING_S)
        self._pending[state] = pending
        self._forget(now)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(pending.verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code",
            "client_id": self._provider.client,
            "redirect_uri": self._back,
            "scope": self._provider.scopes,
            "state": state,
            "nonce": pending.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        response = web.Response(status=302, headers={"Location": f"{where}?{urlencode(asked)}"})
        more: dict[str, Any] = {"httponly": True, "secure": self._entrance.is_tls, "samesite": "Lax", "path": "/"}
        response.set_cookie(self._cookie, pending.browser, max_age=int(PENDING_S), **more)
        return response

    def _forget(self, now: float) -> None:
        """What is over; and the oldest of too many: anybody may begin, and nobody is refused for it."""
        while len(self._pending) > MOST_PENDING or next(iter(self._pending.values())).ends_at <= now:
            del self._pending[next(iter(self._pending))]

    async def back(self, request: web.Request) -> web.Response:
        note(request, "sign_in", "", {"address": address_of(request, self._entrance), "by": "oidc"}, NOT_OURS)
        pending = self._pending.pop(request.query.get("state", ""), None)
        now = self._clock()
        theirs = request.cookies.get(self._cookie, "")
        if pending is None or pending.ends_at <= now or not same(pending.browser, theirs):
            return _to_sign_in("not_begun")
        if "error" in request.query:  # OpenID Connect Core 1.0, 3.1.2.6: he has gone back, or may not come in there
            return _to_sign_in("provider_refused")
        try:
            name = await self._name(request.query.get("code", ""), pending, now)
        except (Unreachable, KeyError):
            return _to_sign_in("provider_unreachable")
        except NotTold as error:
            _log.warning("oidc_token_refused", checks=str(error))
            return _to_sign_in("wrong_token")
        former = request.cookies.get(self._entrance.cookie, "")
        try:
            found = await asyncio.to_thread(self._sessions.recognised, name, now, former)
        except Exception as error:
            if self._store_away.answer(error) is None:
                raise
            return _to_sign_in(REASON)
        if found is None:
            return _to_sign_in("unknown_person")
        name_asker(request, found.person.name)
        note(request, "sign_in", "", {"address": address_of(request, self._entrance), "by": "oidc"})
        response = web.Response(status=302, headers={"Location": "/"})
        set_cookie(response, self._entrance, found.secret)
        return response

    @property
    def _back(self) -> str:
        return f"{self._entrance.origins[0]}{PREFIX}{BACK}"

    async def _name(self, code: str, pending: _Pending, now: float) -> str:
        known, provider = await self._discovered(now), self._provider
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._back,
            "client_id": provider.client,
            "code_verifier": pending.verifier,
        }
        tokens = await _json("POST", known["token_endpoint"], data=form, headers=_basic(provider))
        keys = await _json("GET", known["jwks_uri"])
        checks = {"issuer": provider.issuer, "client": provider.client, "nonce": pending.nonce}
        return name_in(str(tokens["id_token"]), keys, **checks, claim=provider.claim, now=now)

    async def _discovered(self, now: float) -> dict[str, Any]:
        """What the provider says of himself (OpenID Connect Discovery 1.0), for an hour."""
        if now - self._known[0] > KNOWN_S:
            issuer = self._provider.issuer
            found = await _json("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
            if found.get("issuer") != issuer:
                raise Unreachable("it is another issuer")
            self._known = (now, found)
        return self._known[1]


def _to_sign_in(reason: str) -> web.Response:
    response = web.Response(status=302, headers={"Location": f"/sign-in?problem={reason}"})
    response[REFUSED] = reason
    return response


def _basic(provider: Provider) -> dict[str, str]:
    """How we show our secret: encoded before it is joined (RFC 6749, 2.3.1)."""
    if not provider.secret:
        return {}
    words = f"{quote(provider.client, safe='')}:{quote(provider.secret, safe='')}"
    return {"Authorization": f"Basic {base64.b64encode(words.encode()).decode()}"}


async def _json(method: str, url: str, **more: Any) -> dict[str, Any]:
    with contextlib.suppress(aiohttp.ClientError, TimeoutError, msgspec.DecodeError, ValueError):
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.request(method, url, allow_redirects=False, **more) as response,
        ):
            text = b""
            async for piece in response.content.iter_any():  # read(n) would give what is there, not all of it
                text += piece
                if len(text) > MAX_ANSWER_BYTES:
                    raise Unreachable("an answer that is too long")
            found = msgspec.json.decode(text)
            if response.status == 200 and isinstance(found, dict):
                return found
    raise Unreachable("no answer that can be used")
