"""What is served to browsers and programs on TCP? The control socket's requests behind people's rights, and pages.

A route without a line in operations.py is refused here: nobody could say who may ask for it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from cti.api import asking, web_oidc, web_people, web_sign_in
from cti.api.idempotency import Answers
from cti.api.operations import without_a_line
from cti.api.query_words import known_words
from cti.api.responses import no_route, problem, problems
from cti.api.serving import limit_connections
from cti.api.standing_by import only_owner
from cti.api.store_away import StoreAway
from cti.api.web_description import add_description
from cti.api.web_files import add_pages, safe_headers
from cti.api.web_guard import Entrance, Find, is_proxy, make_guard
from cti.model.errors import ConfigError
from cti.model.policy import Center
from cti.people.register import Register
from cti.people.sessions import Sessions
from cti.ports import AuditTrail

MAX_BODY_BYTES = 65_536
MAX_CONNECTIONS = 1000  # browsers and their sockets
PER_ADDRESS = 250  # without the live sockets: an office behind one address that loads its pages
REQUEST_TIMEOUT_S = 60.0


def make_web_app(
    served: web.Application,
    sessions: Sessions,
    register: Register,
    entrance: Entrance,
    *,
    center: Callable[[], Center],
    clock: Callable[[], float],
    audit: AuditTrail,
    find: Find,
    answers: Answers,
    store_away: StoreAway,
    provider: web_oidc.Provider | None = None,
    pages: Path,
    more: Callable[[web.Application], None] = lambda _app: None,
    may_act: Callable[[], bool] = lambda: True,
) -> web.Application:
    """The app. `served` has the routes of the control socket, which are answered here too; `more` adds those that only
    the web has; `store_away` answers while the store cannot be used; `may_act` as for the control socket. Raises
    ConfigError where a route has no line in operations.py.
    """
    told = [only_owner(may_act), problems, _plain_errors]
    app = web.Application(client_max_size=MAX_BODY_BYTES, middlewares=told)
    limit_connections(
        app,
        request_timeout_s=REQUEST_TIMEOUT_S,
        most=MAX_CONNECTIONS,
        per_address=PER_ADDRESS,
        is_proxy=lambda address: is_proxy(address, entrance.proxies),
    )
    app.middlewares.append(store_away.middleware())
    app.middlewares.append(asking.remembering(audit, clock))
    app.middlewares.append(asking.bad_requests)
    app.middlewares.append(make_guard(sessions, entrance, center, clock, find, answers))
    app.middlewares.append(known_words)
    app.on_response_prepare.append(safe_headers(is_tls=entrance.is_tls))
    for resource in served.router.resources():
        app.router.register_resource(resource)
    web_sign_in.add_routes(app, sessions, entrance, clock)
    web_oidc.add_routes(app, provider, sessions, entrance, clock, store_away)
    web_people.add_routes(app, register, center, clock)
    more(app)
    if missing := without_a_line(_routes(app)):
        raise ConfigError([f"web: no line in operations.py for {', '.join(missing)}"])
    add_description(app, entrance.origins[0])
    add_pages(app, pages)
    return app


def _routes(app: web.Application) -> list[tuple[str, str]]:
    return [(route.method, route.resource.canonical) for route in app.router.routes() if route.resource is not None]


@web.middleware
async def _plain_errors(request: web.Request, handler: Any) -> web.StreamResponse:
    """What aiohttp itself refuses, and what fails, is told like everything else; a failure is logged without words."""
    try:
        response: web.StreamResponse = await handler(request)
    except web.HTTPException as error:
        headers = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
        return problem(error.status, _REASONS.get(error.status, "refused"), no_route(request, error), headers=headers)
    except Exception as error:
        request.protocol.logger.exception("", exc_info=error)
        return problem(500, "failed", "this is our fault; the engine's log says where")
    return response


_REASONS = {404: "no_such_path", 405: "no_such_method", 408: "timed_out", 413: "too_large"}
