"""Whom would an agent call, and does he want to? He looks at the lead and takes or skips it, before any dial.

The answer holds the lead's number and data: who may ask is decided as for everything else here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import msgspec
from aiohttp import web

from cti.api.asking import BY, NOT_OURS, add, body, known_or_not, note, refusal, unknown, whose
from cti.api.responses import answer
from cti.api.view import View
from cti.model.events import AgentRequest
from cti.model.lead import PreviewNow
from cti.model.words import AgentAction, AgentId, RefusedReason
from cti.ports import Desk

PreviewOf = Callable[[AgentId], PreviewNow | None]
DECISIONS = (AgentAction.ACCEPT, AgentAction.SKIP)


class PreviewAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a POST: why he skips, in one word, and who asks."""

    reason: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{0,40}\Z")] = ""
    by: Annotated[str, msgspec.Meta(pattern=BY)] = ""


def add_routes(app: web.Application, desk: Desk, preview_of: PreviewOf, view: View, clock: Callable[[], float]) -> None:
    """GET /agents/{agent}/preview: the lead, or null. POST /agents/{agent}/preview/{accept|skip}: 200, or 404, 409."""

    async def shown(request: web.Request) -> web.Response:
        agent = request.match_info["agent"]
        if agent not in view.agents:
            return unknown(RefusedReason.UNKNOWN_AGENT.value, agent, list(view.agents))
        return answer({"at": clock(), "agent": agent, "preview": msgspec.to_builtins(preview_of(AgentId(agent)))})

    async def decide(request: web.Request) -> web.Response:
        agent, word = request.match_info["agent"], request.match_info["decision"]
        if word not in DECISIONS:
            return unknown("unknown_action", word, [known.value for known in DECISIONS])
        what, named = f"agent.{word}", known_or_not(agent, view.agents)
        note(request, what, named)
        asked = await body(request, PreviewAsked)
        by = whose(request, asked.by)
        reasons = ({"reason": NOT_OURS}, {"reason": asked.reason}) if asked.reason else ({}, {})
        note(request, what, named, reasons[0], by, done=reasons[1])
        if agent not in view.agents:
            return unknown(RefusedReason.UNKNOWN_AGENT.value, agent, list(view.agents))
        refused = desk.ask(AgentRequest(AgentId(agent), AgentAction(word), asked.reason, by))
        return refusal(refused) if refused is not None else answer({"ok": True})

    add(app, "GET", "/agents/{agent}/preview", shown)
    add(app, "POST", "/agents/{agent}/preview/{decision}", decide)
