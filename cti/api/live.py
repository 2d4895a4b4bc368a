"""How does a browser come to the live boards? A ticket for who is signed in, then a WebSocket for who has a ticket.

A browser cannot send a token with a WebSocket, and an address stands in logs: so a ticket is good for one connection
and some seconds. Who is connected is looked up again and again: whose session ends sees nothing more.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import secrets
import socket
from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec
from aiohttp import WSCloseCode, web

from cti.api.asking import add, number_in
from cti.api.live_hub import LiveHub
from cti.api.live_sight import TOPICS, sight_of
from cti.api.live_viewer import Viewer
from cti.api.responses import answer, problem
from cti.api.scoping import scope_of
from cti.api.serving import stays
from cti.api.web_guard import SAFE, Entrance, is_ours, who
from cti.model.policy import Center
from cti.people.person import Person
from cti.people.sessions import Sessions, SignedIn

MAX_SEQ_DIGITS = 15
TICKET_S = 30
MOST_TICKETS = 10_000
MOST_VIEWERS = 800  # of the web's 1000 connections: there must be room to sign in
MOST_OF_ONE = 20  # viewers of one person or token, and tickets: nobody takes the places of all others
CHECK_S = 30.0  # for what is changed elsewhere than on the web, and for ends by time
HEARTBEAT_S = 30.0
CLOSE_S = 1.0
UNSENT_BYTES = 256 * 1024  # in the kernel, for each viewer
PEOPLE = re.compile(r"v1/(users|tokens|me/password)(/|$)")
NOT_SIGNED_IN = 4401  # of the range that is free for programs (RFC 6455, 7.4.2)


class _Ticket(msgspec.Struct, frozen=True):
    person: Person
    again: Callable[[float], SignedIn | None]  # who it is then; blocks
    ends_at: float


class LiveSocket:
    """The two routes. `center` is the policy that holds, `clock` gives epoch seconds."""

    def __init__(
        self, hub: LiveHub, sessions: Sessions, center: Callable[[], Center], clock: Callable[[], float]
    ) -> None:
        self._hub, self._sessions, self._center, self._clock = hub, sessions, center, clock
        self._tickets: dict[str, _Ticket] = {}
        self._open: set[web.WebSocketResponse] = set()
        self._look_again = asyncio.Event()
        self._views: Counter[str] = Counter()  # how many each has

    def add_routes(self, app: web.Application, entrance: Entrance) -> None:
        """Add POST /api/v1/live/tickets and GET /api/v1/live; the hub runs as long as the app does."""

        async def look(request: web.Request) -> web.StreamResponse:
            return await self._look(request, entrance)

        async def hub(_app: web.Application) -> Any:
            self._hub.start()
            yield
            self._hub.stop()

        add(app, "POST", "/live/tickets", self._issue)
        add(app, "GET", "/live", look)
        app.cleanup_ctx.append(hub)
        app.on_response_prepare.append(self._after_change)
        app.on_shutdown.append(self._close_all)

    async def _after_change(self, request: web.Request, response: web.StreamResponse) -> None:
        """Whoever has been locked, removed or given other rights sees no more than he may, at once."""
        if request.method not in SAFE and response.status < 400 and PEOPLE.search(request.path):
            self._tickets.clear()  # of those who were somebody until now; a page asks for another
            self._look_again.set()
            self._look_again = asyncio.Event()

    async def _issue(self, request: web.Request) -> web.Response:
        now = self._clock()
        for old in [key for key, ticket in self._tickets.items() if ticket.ends_at <= now]:
            del self._tickets[old]
        if len(self._tickets) >= MOST_TICKETS:
            return problem(503, "too_many_tickets", "ask again in some seconds", headers={"Retry-After": "5"})
        asks, ticket = request[who], secrets.token_urlsafe(24)
        if sum(other.person.name == asks.person.name for other in self._tickets.values()) >= MOST_OF_ONE:
            detail = f"{MOST_OF_ONE} tickets of yours are unused; each ends after {TICKET_S} s"
            return problem(429, "too_many_tickets", detail, headers={"Retry-After": "5"})
        self._tickets[ticket] = _Ticket(asks.person, self._asker(request, asks), now + TICKET_S)
        return answer({"ticket": ticket, "expires_s": TICKET_S})

    def _asker(self, request: web.Request, asks: SignedIn) -> Callable[[float], SignedIn | None]:
        if asks.secret:
            return lambda now: self._sessions.by_session(asks.secret, now)
        token = request.headers.get("Authorization", "").partition(" ")[2].strip()
        return lambda now: self._sessions.by_token(token, now)

    async def _look(self, request: web.Request, entrance: Entrance) -> web.StreamResponse:
        ticket = self._tickets.pop(request.query.get("ticket", ""), None)
        if ticket is None or ticket.ends_at <= self._clock():
            return problem(401, "no_ticket", "get a ticket by POST /api/v1/live/tickets; it is good once, for 30 s")
        if not is_ours(request, entrance):
            return problem(403, "wrong_origin", f"the pages are at {entrance.origins[0]}; see web.origin")
        if self._hub.viewers >= MOST_VIEWERS:
            return problem(503, "too_many_viewers", f"{MOST_VIEWERS} look already", headers={"Retry-After": "30"})
        topics = request.query.get("topics", ",".join(TOPICS)).split(",")
        if not any(topic in TOPICS for topic in topics):
            return problem(400, "unknown_topic", f"topics are {', '.join(TOPICS)}")
        name = ticket.person.name
        if self._views[name] >= MOST_OF_ONE:
            detail = f"you look {MOST_OF_ONE} times already: close a page, or give each screen a token of its own"
            return problem(429, "too_many_viewers", detail, headers={"Retry-After": "30"})
        self._views[name] += 1
        try:
            return await self._show(request, ticket, topics)
        finally:
            self._views[name] -= 1
            self._views += Counter()  # forgets who has none

    async def _show(self, request: web.Request, ticket: _Ticket, topics: list[str]) -> web.StreamResponse:
        stream = web.WebSocketResponse(heartbeat=HEARTBEAT_S, timeout=CLOSE_S, max_msg_size=1024, compress=False)
        await stream.prepare(request)
        transport = request.transport
        if transport is None:
            return stream
        stays(request)
        if (sock := transport.get_extra_info("socket")) is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, UNSENT_BYTES)
        viewer = Viewer(transport)
        seq = number_in(request.query.get("seq", ""), MAX_SEQ_DIGITS)
        known = -1 if seq is None else seq
        sight = sight_of(ticket.person, scope_of(ticket.person, self._center()), topics)
        self._hub.join(viewer, sight, request.query.get("boot", ""), known)
        self._open.add(stream)
        check = asyncio.create_task(self._check(stream, viewer, ticket, topics), name="cti-live-check")
        try:
            async for _ in stream:
                pass  # viewers have nothing to say
        finally:
            check.cancel()
            self._open.discard(stream)
            self._hub.leave(viewer)
        return stream

    async def _check(self, stream: web.WebSocketResponse, viewer: Viewer, ticket: _Ticket, topics: list[str]) -> None:
        again = self._look_again
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(CHECK_S):
                    await again.wait()
            again = self._look_again  # before it is looked up: no change goes unseen
            try:
                asks = await asyncio.to_thread(ticket.again, self._clock())
            except Exception:  # records that do not answer let nobody see more, as at the door
                await stream.close(code=WSCloseCode.TRY_AGAIN_LATER, message=b"nobody can say who you are: come again")
                return
            if asks is None:
                await stream.close(code=NOT_SIGNED_IN, message=b"not signed in")
                return
            self._hub.move(viewer, sight_of(asks.person, scope_of(asks.person, self._center()), topics))

    async def _close_all(self, _app: web.Application) -> None:
        closing = [stream.close(code=WSCloseCode.GOING_AWAY, message=b"the engine stops") for stream in self._open]
        await asyncio.gather(*closing, return_exceptions=True)
