"""What may a person on this machine ask of the running engine? Queues, agents, calls; the rest is in control_*.py.

Answers from the live view, asks through the desk; knows neither core nor switch. Who may connect is decided by the
rights of the unix socket (control_socket.py): answers hold callers' numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web

from cti.api import (
    asking,
    control_agent_desk,
    control_agents,
    control_callbacks,
    control_campaigns,
    control_contacts,
    control_flows,
    control_follow_ups,
    control_hooks,
    control_lists,
    control_nodes,
    control_policy,
    control_previews,
    control_reports,
    control_results,
)
from cti.api.control_audit import add_audit
from cti.api.explain import Past, add_explaining
from cti.api.query_words import known_words
from cti.api.responses import answer, no_route, problems
from cti.api.serving import limit_connections
from cti.api.standing_by import only_owner
from cti.api.store_away import StoreAway
from cti.api.view import View
from cti.model.policy import Center
from cti.ports import AuditTrail, Desk, Explainer, FlowVersions, PolicyDesk

MAX_BODY_BYTES = 4096
REQUEST_TIMEOUT_S = 60.0  # a big file on a busy machine: who is cut off while it is read hears nothing of the outcome
PARTS = ("queues", "agents", "calls", "decisions", "nodes", "status")


def make_control_app(
    desk: Desk,
    view: View,
    clock: Callable[[], float],
    errors: Callable[[], Mapping[str, int]] | None = None,
    *,
    policy: PolicyDesk | None = None,
    flows: FlowVersions | None = None,
    audit: AuditTrail | None = None,
    why: tuple[Explainer, Past] | None = None,
    follow_ups: control_follow_ups.FollowUps | None = None,
    callbacks: control_follow_ups.Promises | None = None,
    campaigns: control_campaigns.Campaigns | None = None,
    previews: control_previews.PreviewOf | None = None,
    desks: tuple[control_agent_desk.DeskOf, control_agent_desk.OwnCallbacks] | None = None,
    hooks: control_hooks.Hooks | None = None,
    results: control_results.Results | None = None,
    reports: control_reports.Reports | None = None,
    lists: control_lists.Lists | None = None,
    definitions: Callable[[], Mapping[str, Any]] | None = None,
    store_away: StoreAway | None = None,
    may_act: Callable[[], bool] = lambda: True,
) -> web.Application:
    """The app behind the control socket. `clock` gives epoch seconds, `errors` what /api/v1/status tells so.

    Without `policy` and `flows` nothing can be reloaded or changed live; without `audit` nothing is remembered.
    `why`: who explains what is, and what was (api/explain.py). `store_away` answers while the store cannot be used,
    and what a standby says is said while this engine does not own the centre (`may_act`).
    """
    told = [only_owner(may_act), problems, _json_errors, *([] if store_away is None else [store_away.middleware()])]
    app = web.Application(client_max_size=MAX_BODY_BYTES, middlewares=told)
    if audit is not None:
        app.middlewares.append(asking.remembering(audit, clock))
        add_audit(app, audit)
    app.middlewares.extend((asking.bad_requests, known_words))
    limit_connections(app, request_timeout_s=REQUEST_TIMEOUT_S)
    _add_looks(app, view, clock, errors, definitions)
    if why is not None:
        add_explaining(app, *why, clock, lambda: view.agents)
    control_contacts.add_routes(app, desk, view, clock, _center(policy))
    if policy is not None:
        control_policy.add_routes(app, policy)
        control_nodes.add_routes(app, policy)
    if flows is not None:
        control_flows.add_routes(app, flows)
    if follow_ups is not None:
        control_follow_ups.add_routes(app, follow_ups, clock, desk, callbacks)
    _add_campaigns(app, desk, clock, campaigns, lists, results)
    if reports is not None:
        control_reports.add_routes(app, reports)
    if hooks is not None:
        control_hooks.add_routes(app, hooks, clock)
    if callbacks is not None:
        control_callbacks.add_routes(app, desk, callbacks, clock)
    if previews is not None:
        control_previews.add_routes(app, desk, previews, view, clock)
    if desks is not None and follow_ups is not None:
        control_agent_desk.add_routes(app, desk, *desks, follow_ups, view, clock)
    control_agents.add_routes(app, desk, view, clock)
    return app


def _add_looks(
    app: web.Application,
    view: View,
    clock: Callable[[], float],
    errors: Callable[[], Mapping[str, int]] | None,
    definitions: Callable[[], Mapping[str, Any]] | None,
) -> None:
    if definitions is not None:
        asking.add(app, "GET", "/definitions", _told(definitions))
    for part in PARTS:
        asking.add(app, "GET", f"/{part}", _reader(view, clock, part, errors if part == "status" else None))


def _add_campaigns(
    app: web.Application,
    desk: Desk,
    clock: Callable[[], float],
    campaigns: control_campaigns.Campaigns | None,
    lists: control_lists.Lists | None,
    results: control_results.Results | None,
) -> None:
    if lists is not None:
        control_lists.add_routes(app, lists, clock)  # its paths go before those with any action
    if campaigns is not None:
        control_campaigns.add_routes(app, desk, campaigns, clock)
    if results is not None:
        control_results.add_routes(app, results, clock)


def _center(policy: PolicyDesk | None) -> Callable[[], Center]:
    return lambda: Center.model_construct(queues={}) if policy is None else policy.center


def _told(definitions: Callable[[], Mapping[str, Any]]) -> Callable[[web.Request], Any]:
    async def read(_request: web.Request) -> web.Response:
        return answer(definitions())

    return read


def _reader(
    view: View, clock: Callable[[], float], part: str, errors: Callable[[], Mapping[str, int]] | None
) -> Callable[[web.Request], Any]:
    async def read(_request: web.Request) -> web.Response:
        snapshot = view.snapshot(clock(), part)
        found = snapshot[part] if errors is None else {**snapshot[part], "errors": dict(errors())}
        return answer({"at": snapshot["at"], part: found})

    return read


@web.middleware
async def _json_errors(request: web.Request, handler: Any) -> web.StreamResponse:
    """Every answer is JSON, also "no such path" and "too large"."""
    try:
        response: web.StreamResponse = await handler(request)
    except web.HTTPException as error:
        content: dict[str, Any] = {"error": no_route(request, error)}
        if error.status == 404:
            routes = [route for route in request.app.router.routes() if route.method != "HEAD" and route.resource]
            found = [(route.method, route.resource.canonical) for route in routes if route.resource]
            paths = [(method, path) for method, path in found if path.startswith(asking.PREFIXES[0])]
            content["exists"] = [path if method == "GET" else f"{method} {path}" for method, path in paths]
        return answer(content, error.status)
    return response
