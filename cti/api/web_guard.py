"""Who asks on the web, and may he? Cookie or token, CSRF and Origin, right and scope, and what he sees of the answer.

One middleware before every operation. It knows operations and people; no operation knows it.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import msgspec
from aiohttp import web

from cti.api import asking
from cti.api.idempotency import HEADER, Answers, answered_once
from cti.api.operation import Access, Operation, Row
from cti.api.operations import PREFIX, operation_of
from cti.api.responses import content_of, problem
from cti.api.scoping import WHOLE, Scope, beyond, named, only_rows, scope_of, without_places
from cti.model.policy import Center
from cti.people import keys
from cti.people.browsers import KEEP_S
from cti.people.masking import masked
from cti.people.person import Person
from cti.people.rights import Right
from cti.people.sessions import Sessions, SignedIn
from cti.ports import Part

CSRF_HEADER = "X-CSRF-Token"
SAFE = ("GET", "HEAD")

Find = Mapping[Row, Callable[[str], Awaitable[Mapping[str, Any] | None]]]
"""How a row is looked up by the word of a path; asked on the loop, and never blocks it.

A kind that is not there is judged by its answer alone.
"""

who: web.RequestKey[SignedIn] = web.RequestKey("cti_who", SignedIn)
scope: web.RequestKey[Scope] = web.RequestKey("cti_scope", Scope)
"""What a handler finds in its request: who asks, and which part of the centre is his."""


class Entrance(msgspec.Struct, frozen=True):
    """Where the web is reached. `origins` are ours, the first one is told; `proxies` say the truth about addresses."""

    origins: tuple[str, ...]
    proxies: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = ()
    session_s: float = 43_200.0

    @property
    def is_tls(self) -> bool:
        return self.origins[0].startswith("https:")

    @property
    def cookie(self) -> str:
        """A browser takes `__Host-` only with Secure, and Secure on plain http only from this machine, if at all.

        Chromium 156 does, seen on 127.0.0.1 and localhost; Safari before macOS 26 does not (WebKit bug 281149).
        """
        return "__Host-cti" if self.is_tls else "cti"

    @property
    def known_cookie(self) -> str:
        """Of a browser from which somebody has signed in before; it opens nothing (people/browsers.py)."""
        return f"{self.cookie}-known"


def person_of(request: web.Request) -> Person:
    """Return who asks, in a handler that is behind the guard."""
    return request[who].person


def part_of(request: web.Request) -> Part | None:
    """Return which part of the centre is his who asks; None: all of it, as for whoever needs no guard."""
    its = request.get(scope, WHOLE)
    return None if its.queues is None or its.agents is None else Part(its.queues, its.agents)


def address_of(request: web.Request, entrance: Entrance) -> str:
    """Return from where somebody asks: the nearest address that is no proxy of ours."""
    address = request.remote or ""
    told = ",".join(request.headers.getall("X-Forwarded-For", ()))  # a proxy may add a line of its own
    for said in reversed(told.split(",")):
        if not is_proxy(address, entrance.proxies) or not said.strip():
            break
        address = said.strip()
    return address[:64]


def set_cookie(response: web.Response, entrance: Entrance, secret: str) -> None:
    """Let the browser hold the session (""): no longer."""
    more: dict[str, Any] = {"httponly": True, "secure": entrance.is_tls, "samesite": "Lax", "path": "/"}
    response.set_cookie(entrance.cookie, secret, max_age=int(entrance.session_s) if secret else 0, **more)


def remember_browser(response: web.Response, entrance: Entrance, word: str) -> None:
    """Let the browser be known at the next sign-in."""
    more: dict[str, Any] = {"httponly": True, "secure": entrance.is_tls, "samesite": "Strict", "path": "/"}
    response.set_cookie(entrance.known_cookie, word, max_age=int(KEEP_S), **more)


def is_ours(request: web.Request, entrance: Entrance) -> bool:
    """Whether the page that asks is one of ours; programs name none."""
    return request.headers.get("Origin", entrance.origins[0]) in entrance.origins


def make_guard(
    sessions: Sessions,
    entrance: Entrance,
    center: Callable[[], Center],
    clock: Callable[[], float],
    find: Find,
    answers: Answers | None = None,
) -> Any:
    """Return the middleware. `center` is the policy that holds, `find` looks rows up for the scope."""

    @web.middleware
    async def guard(request: web.Request, handler: Any) -> web.StreamResponse:
        resource = request.match_info.route.resource
        operation = operation_of(request.method, resource.canonical) if resource is not None else None
        if operation is None or operation.right is Access.ANYBODY:  # None: a page, or nothing; see make_web_app
            response: web.StreamResponse = await handler(request)
            return response
        asks = await _asks(request, sessions, entrance, clock())
        if asks is None:
            return problem(401, "not_signed_in", "sign in, or show a token", headers={"WWW-Authenticate": "Bearer"})
        request[who], request[scope] = asks, scope_of(asks.person, center())
        asking.name_asker(request, asks.person.name)
        if (refused := _forged(request, asks, entrance) or _without_right(request, operation, asks.person)) is not None:
            if operation.changes:
                asking.note(request, "denied", "", {"request": f"{operation.method} {operation.path}"})
            return refused
        if not await _in_scope(request, operation, find):
            return problem(404, "not_there", "there is no such thing in your part of the centre")
        key = beyond(request[scope], asks.person.teams, await _sets(request, find)) if operation.reaches else None
        if key is not None:
            asking.note(request, "denied", "", {"request": f"{operation.method} {operation.path}"})
            return problem(403, "whole_centre_only", f"{key}: reaches beyond your part of the centre", key=key)
        if operation.changes and answers is not None and HEADER in request.headers:
            keyed = answered_once(request, handler, answers, asks.person.name, clock(), is_secret=operation.once)
            return _seen(await keyed, operation, request)
        return _seen(await handler(request), operation, request)

    return guard


async def _asks(request: web.Request, sessions: Sessions, entrance: Entrance, now: float) -> SignedIn | None:
    """Who shows a token is that program, whatever cookie comes with it."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return await asyncio.to_thread(sessions.by_token, token.strip(), now)
    secret = request.cookies.get(entrance.cookie, "")
    return await asyncio.to_thread(sessions.by_session, secret, now) if secret else None


def _forged(request: web.Request, asks: SignedIn, entrance: Entrance) -> web.Response | None:
    """A browser sends the cookie for whoever asks it to: a change needs what only our own pages can say."""
    if request.method in SAFE or asks.person.is_token:
        return None
    if "Origin" not in request.headers or not is_ours(request, entrance):
        return problem(403, "wrong_origin", f"changes are made from {entrance.origins[0]}; see web.origin")
    if not keys.same(request.headers.get(CSRF_HEADER, ""), asks.csrf):
        return problem(403, "wrong_csrf", f"send the `csrf` of {PREFIX}/me as header {CSRF_HEADER}")
    return None


def _without_right(request: web.Request, operation: Operation, person: Person) -> web.Response | None:
    needed = operation.needs(request.match_info.get("action", ""))
    if needed is Access.SESSION and person.is_token:
        return problem(403, "no_session", "a token has no session, password or code of its own")
    if isinstance(needed, Right):
        of_self = operation.own is not None and person.may(operation.own) and _is_himself(request, person)
        if not person.may(needed) and not of_self:
            return problem(403, "no_right", f"needs the right {needed}; role {person.role} has not", right=needed)
        if operation.whole and not request[scope].is_whole:
            return problem(403, "whole_centre_only", "this is for somebody who is in charge of the whole centre")
    return None


def _is_himself(request: web.Request, person: Person) -> bool:
    return bool(person.agent) and request.match_info.get("agent") == person.agent


async def _in_scope(request: web.Request, operation: Operation, find: Find) -> bool:
    its = request[scope]
    if its.is_whole:
        return True
    for key, kind in operation.about.items():
        word = request.match_info.get(key) or await _in_body(request, key)
        if word is None:
            continue
        row = named(kind, word)
        if row is None and kind in find:
            row = await find[kind](word)
        if row is None or not its.has(kind, row):
            return False
    return True


async def _sets(request: web.Request, find: Find) -> Mapping[str, Any]:
    """What keys of a queue become: as the body says; of a reset, what goes and what comes again."""
    if request.method != "DELETE":
        return await _body(request)
    changed = await find[Row.LIVE_CHANGE](request.match_info["queue"]) or {}
    asked = request.query.getall("field", [])
    return {key: both for key, both in changed.items() if not asked or key in asked}


async def _in_body(request: web.Request, key: str) -> str | None:
    word = (await _body(request)).get(key)
    return word if isinstance(word, str) else None


async def _body(request: web.Request) -> dict[str, Any]:
    """What the body says; one that cannot be read is refused later, by whoever knows how it should be."""
    try:
        found = msgspec.json.decode(await request.read() or b"{}")
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return {}
    return found if isinstance(found, dict) else {}


def _seen(response: web.StreamResponse, operation: Operation, request: web.Request) -> web.StreamResponse:
    """Leave out rows of others, calls and numbers that he may not see."""
    person = request[who].person
    his_own = operation.own is not None and _is_himself(request, person)
    see_numbers = operation.our_numbers or his_own or person.may(Right.NUMBERS_SEE)
    see_calls = person.may(Right.CALLS_READ)
    if (see_numbers and see_calls and request[scope].is_whole) or not isinstance(response, web.Response):
        return response
    content = content_of(response)
    if content is None:
        return response
    seen = only_rows(content if see_calls else without_places(content), operation, request[scope])
    if seen is None:
        return problem(404, "not_there", "there is no such thing in your part of the centre")
    response.body = msgspec.json.encode(seen if see_numbers else masked(seen))
    return response


def is_proxy(address: str, proxies: Sequence[Any]) -> bool:
    """Whether a proxy of ours asks, for somebody else."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in proxies)
