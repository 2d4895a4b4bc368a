"""What may a person ask for an agent? Log in and out, breaks, the end of a wrap-up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import msgspec
from aiohttp import web

from cti.api.asking import BY, NOT_OURS, add, body, known_or_not, note, refusal, unknown, whose
from cti.api.responses import answer
from cti.api.view import View
from cti.model.events import AgentRequest
from cti.model.words import AgentAction, AgentId, RefusedReason
from cti.ports import Desk


class AgentAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a POST: the reason of a break, and who asks."""

    reason: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9*#_-]{0,40}\Z")] = ""
    by: Annotated[str, msgspec.Meta(pattern=BY)] = ""


def add_routes(app: web.Application, desk: Desk, view: View, clock: Callable[[], float]) -> None:
    """POST /api/v1/agents/{agent}/{action}: 200 with his row after it, else 404 or 409 and why."""

    async def ask(request: web.Request) -> web.Response:
        agent, action = request.match_info["agent"], request.match_info["action"]
        if action not in set(AgentAction):
            return unknown("unknown_action", action, [known.value for known in AgentAction])
        named = known_or_not(agent, view.agents)
        note(request, f"agent.{action}", named)
        asked = await body(request, AgentAsked)
        by = whose(request, asked.by)
        reasons = ({"reason": NOT_OURS}, {"reason": asked.reason}) if asked.reason else ({}, {})
        note(request, f"agent.{action}", named, reasons[0], by, done=reasons[1])
        if agent not in view.agents:
            return unknown(RefusedReason.UNKNOWN_AGENT.value, agent, list(view.agents))
        refused = desk.ask(AgentRequest(AgentId(agent), AgentAction(action), asked.reason, by))
        if refused is not None:
            return refusal(refused)
        return answer({"ok": True, "agent": view.agent(agent, clock())})

    add(app, "POST", "/agents/{agent}/{action}", ask)
