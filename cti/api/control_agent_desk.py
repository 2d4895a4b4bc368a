"""What is on an agent's own screen? Whom he has before him, what he has promised, and what he is to look into.

Answers hold numbers and data of customers: they are for him, and for those who see numbers anyway. What he may do here
is about himself alone: a callback that is another one's, or a follow-up of another owner, is not there for him.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Protocol

import msgspec
from aiohttp import web

from cti.api.asking import add, body, note, numbered, refusal, to_its_end, unknown, whose
from cti.api.control_callbacks import CallbackAsked
from cti.api.control_follow_ups import FollowUpDone, FollowUps, Promises
from cti.api.responses import answer
from cti.api.view import View
from cti.model.changes import Refused
from cti.model.desk import DeskNow
from cti.model.dialling import LeadId
from cti.model.events import CallbackRequest
from cti.model.words import AgentId, CallbackAction, RefusedReason
from cti.ports import Desk

MOST = 100

DeskOf = Callable[[AgentId], DeskNow | None]


class OwnCallbacks(Promises, Protocol):
    """Whoever keeps them. All block: they are called off the loop."""

    def of_agent(self, agent: str, limit: int) -> list[dict[str, Any]]:
        """Return the open ones that an agent is to keep himself, the next one first."""


def add_routes(
    app: web.Application,
    desk: Desk,
    desk_of: DeskOf,
    callbacks: OwnCallbacks,
    follow_ups: FollowUps,
    view: View,
    clock: Callable[[], float],
) -> None:
    """Add GET /agents/{agent}/desk and /agents/{agent}/work, and what he may do to a piece of that work."""
    routes = _Routes(desk, desk_of, callbacks, follow_ups, view, clock)
    add(app, "GET", "/agents/{agent}/desk", routes.shown)
    add(app, "GET", "/agents/{agent}/work", routes.work)
    add(app, "POST", "/agents/{agent}/callbacks/{number}/now", routes.now)
    add(app, "POST", "/agents/{agent}/follow-ups/{number}/done", routes.done)


class _Routes:
    def __init__(
        self,
        desk: Desk,
        desk_of: DeskOf,
        callbacks: OwnCallbacks,
        follow_ups: FollowUps,
        view: View,
        clock: Callable[[], float],
    ) -> None:
        self._desk, self._desk_of, self._view, self._clock = desk, desk_of, view, clock
        self._callbacks, self._follow_ups = callbacks, follow_ups

    async def shown(self, request: web.Request) -> web.Response:
        agent = request.match_info["agent"]
        found = self._desk_of(AgentId(agent))
        if found is None:
            return unknown(RefusedReason.UNKNOWN_AGENT.value, agent, list(self._view.agents))
        return answer({"at": self._clock(), "agent": agent, "desk": msgspec.to_builtins(found)})

    async def work(self, request: web.Request) -> web.Response:
        agent = request.match_info["agent"]
        if agent not in self._view.agents:
            return unknown(RefusedReason.UNKNOWN_AGENT.value, agent, list(self._view.agents))
        promised = await asyncio.to_thread(self._callbacks.of_agent, agent, MOST)
        opened = await asyncio.to_thread(self._follow_ups.load, owner=agent, done=False, limit=MOST)
        return answer({"at": self._clock(), "agent": agent, "callbacks": promised, "follow_ups": opened})

    async def now(self, request: web.Request) -> web.Response:
        agent, number = request.match_info["agent"], numbered(request, "a piece of work")
        note(request, "callback.now", "", {"number": number})
        asked = await body(request, CallbackAsked)
        note(request, "callback.now", "", {"number": number}, whose(request, asked.by))
        found = await asyncio.to_thread(self._callbacks.one, number)
        if found is None or found["agent"] != agent:
            return refusal(Refused(RefusedReason.UNKNOWN_CALLBACK, f"there is no callback {number} of his"))
        refused = self._desk.ask(CallbackRequest(LeadId(number), CallbackAction.NOW, whose(request, asked.by)))
        return answer({"ok": True}) if refused is None else refusal(refused)

    async def done(self, request: web.Request) -> web.Response:
        agent, number = request.match_info["agent"], numbered(request, "a piece of work")
        note(request, "follow_up.done", "", {"number": number})
        asked = await body(request, FollowUpDone)
        by = whose(request, asked.by)
        note(request, "follow_up.done", "", {"number": number}, by)
        found = await asyncio.to_thread(self._follow_ups.one, number)
        if found is None or found["owner"] != agent:
            return refusal(Refused(RefusedReason.UNKNOWN_FOLLOW_UP, f"there is no follow-up {number} of his"))
        return await to_its_end(request, self._finished(number, asked.outcome, by))

    async def _finished(self, number: int, outcome: str, by: str) -> web.Response:
        closed = await asyncio.to_thread(self._follow_ups.finish, number, outcome, by, self._clock())
        if not closed:
            return refusal(Refused(RefusedReason.ALREADY, f"follow-up {number} is done already"))
        promised = await asyncio.to_thread(self._callbacks.of_follow_up, number)
        if promised is not None:
            self._desk.ask(CallbackRequest(promised, CallbackAction.WITHDRAW, by))  # refused where it has ended
        return answer({"ok": True})
