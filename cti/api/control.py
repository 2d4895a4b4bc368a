"""What may a person on this machine ask of the running engine? Queues, agents, calls; status changes of agents.

Answers from the live view, asks through the desk; knows neither core nor switch. Who may connect is decided by the
rights of the unix socket (control_socket.py): answers hold callers' numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Protocol

import msgspec
from aiohttp import web

from cti.api.explain import PATHS, Past, add_explaining
from cti.api.http import answer
from cti.api.serving import limit_connections
from cti.model.events import AgentRequest
from cti.model.words import AgentAction, AgentId, RefusedReason
from cti.ports import Desk, Explainer
from cti.suggest import closest

MAX_BODY_BYTES = 4096
PARTS = ("queues", "agents", "calls", "decisions", "status")


class View(Protocol):
    """The live view, as this file needs it."""

    def snapshot(self, now: float) -> dict[str, Any]: ...


class _Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a POST: the reason of a break, and who asks."""

    reason: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9*#_-]{0,40}\Z")] = ""
    by: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9@._-]{0,64}\Z")] = "control"


def make_control_app(
    desk: Desk,
    view: View,
    clock: Callable[[], float],
    errors: Callable[[], Mapping[str, int]] | None = None,
    why: tuple[Explainer, Past] | None = None,
) -> web.Application:
    """The app behind the control socket. `clock` gives epoch seconds, `errors` what /v1/status tells so.

    `why`: who explains what is, and what was (api/explain.py); without it there are no such paths.
    """
    app = web.Application(client_max_size=MAX_BODY_BYTES, middlewares=[_json_errors])
    limit_connections(app)
    for part in PARTS:
        app.router.add_get(f"/v1/{part}", _reader(view, clock, part, errors if part == "status" else None))
    if why is not None:
        add_explaining(app, *why, clock, lambda: [row["id"] for row in view.snapshot(clock())["agents"]])
    app.router.add_post("/v1/agents/{agent}/{action}", _asker(desk, view, clock))
    return app


def _reader(
    view: View, clock: Callable[[], float], part: str, errors: Callable[[], Mapping[str, int]] | None
) -> Callable[[web.Request], Any]:
    async def read(_request: web.Request) -> web.Response:
        snapshot = view.snapshot(clock())
        found = snapshot[part] if errors is None else {**snapshot[part], "errors": dict(errors())}
        return answer({"at": snapshot["at"], part: found})

    return read


def _asker(desk: Desk, view: View, clock: Callable[[], float]) -> Callable[[web.Request], Any]:
    async def ask(request: web.Request) -> web.Response:
        agent, action = request.match_info["agent"], request.match_info["action"]
        if action not in set(AgentAction):
            return _unknown("unknown_action", action, [known.value for known in AgentAction])
        agents = [row["id"] for row in view.snapshot(clock())["agents"]]
        if agent not in agents:
            return _unknown(RefusedReason.UNKNOWN_AGENT.value, agent, agents)
        try:
            asked = msgspec.json.decode(await request.read() or b"{}", type=_Asked)
        except msgspec.MsgspecError as error:
            return answer({"error": f"the body is not as expected: {error}"}, 400)
        refused = desk.ask(AgentRequest(AgentId(agent), AgentAction(action), asked.reason, asked.by or "control"))
        if refused is None:
            now_so = next((row for row in view.snapshot(clock())["agents"] if row["id"] == agent), None)
            return answer({"ok": True, "agent": now_so})
        return answer({"refused": refused.reason.value, "detail": refused.detail}, 409)

    return ask


def _unknown(reason: str, asked: str, exist: list[str]) -> web.Response:
    close = closest(asked, exist)
    detail = f'did you mean "{close}"?' if close else ""
    return answer({"refused": reason, "detail": detail, "exists": sorted(exist)[:1000]}, 404)


@web.middleware
async def _json_errors(request: web.Request, handler: Any) -> web.StreamResponse:
    """Every answer is JSON, also "no such path" and "too large"."""
    try:
        response: web.StreamResponse = await handler(request)
    except web.HTTPException as error:
        content: dict[str, Any] = {"error": error.reason}
        if error.status == 404:
            content["exists"] = [*(f"/v1/{part}" for part in PARTS), *PATHS, "POST /v1/agents/{id}/{action}"]
        return answer(content, error.status)
    return response
