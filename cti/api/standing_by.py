"""What does an engine answer that does not own the centre? Pages: go to the owner. Requests: he is there.

Knows a function that says where the owner is, or one that says whether we are he.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from aiohttp import web

from cti.api.asking import PREFIXES
from cti.api.responses import problem
from cti.api.serving import limit_connections

MAX_BODY_BYTES = 65_536
RETRY_AFTER_S = 2
API = re.compile(rf"(?:{'|'.join(map(re.escape, PREFIXES))})(?:/|$)")


class Owner(Protocol):
    """Where he is reached: host:port of his metrics, the origin of his pages; empty: he has none."""

    @property
    def http(self) -> str: ...

    @property
    def web(self) -> str: ...


def make_standing_by_app(
    owner: Callable[[], Owner | None], warnings: Callable[[], Sequence[str]] = lambda: (), *, pages: bool
) -> web.Application:
    """The app of a standby's web (`pages`), or of its control socket; `warnings` are for those who run it."""

    async def answer(request: web.Request) -> web.StreamResponse:
        found = owner()
        is_page = request.method in ("GET", "HEAD") and not API.match(request.path)
        if pages and is_page and found is not None and found.web:
            return web.Response(status=307, headers={"Location": found.web + request.rel_url.raw_path_qs, **_NO_STORE})
        if found is None:
            where = "nobody owns the centre now: try again in some seconds"
        elif pages:
            where = f"{found.web or found.http} owns the centre"
        else:  # who types a command has use for a machine, not for its pages
            where = f"{found.http or found.web} owns the centre: ask it there"
        return _refusal("; ".join(("this engine stands by", *warnings(), where)))

    app = web.Application(client_max_size=MAX_BODY_BYTES)
    limit_connections(app)
    app.router.add_route("*", "/{path:.*}", answer)
    return app


def only_owner(may_act: Callable[[], bool]) -> Any:
    """Return the middleware of an owner's apps, to go around all others: who was paused for longer than his lease may
    not know yet that another engine took over, and what waited for him meanwhile is not answered as if he were it."""

    @web.middleware
    async def owned(request: web.Request, handler: Any) -> web.StreamResponse:
        if not may_act():
            return _refusal("this engine owns the centre no more, or cannot be sure of it: try again in some seconds")
        response: web.StreamResponse = await handler(request)
        return response

    return owned


def _refusal(text: str) -> web.Response:
    return problem(503, "standby", text, headers={"Retry-After": str(RETRY_AFTER_S), **_NO_STORE})


_NO_STORE = {"Cache-Control": "no-store"}
