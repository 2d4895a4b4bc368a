"""What may a person ask about follow-ups? List them, and say that one is done.

Answers hold callers' numbers, as all of the control socket may; the audit trail holds none.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated, Any, Protocol

import msgspec
from aiohttp import web

from cti.api.asking import BY, MAX_DIGITS, NOBODY, BadRequest, add, body, limit_of, note, refusal
from cti.api.http import answer
from cti.model.changes import Refused
from cti.model.words import RefusedReason

DEFAULT_LIMIT, MAX_LIMIT = 100, 1000


class FollowUps(Protocol):
    """Whoever keeps them. Both block: they are called off the loop."""

    def load(self, *, owner: str, done: bool, limit: int) -> list[dict[str, Any]]:
        """Return the open ones, or (`done`) the newest that are done."""

    def finish(self, number: int, outcome: str, by: str, now: float) -> bool | None:
        """Close one; False if it was done before, None if there is none."""


class _Done(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    outcome: Annotated[str, msgspec.Meta(max_length=200)] = ""
    by: Annotated[str, msgspec.Meta(pattern=BY)] = NOBODY


def add_routes(app: web.Application, follow_ups: FollowUps, clock: Callable[[], float]) -> None:
    """Add GET /v1/follow-ups (?owner=, ?done=1, ?limit=) and POST /v1/follow-ups/{number}/done."""

    async def listed(request: web.Request) -> web.Response:
        wanted = {"owner": request.query.get("owner", ""), "done": request.query.get("done", "") in ("1", "true")}
        limit = limit_of(request, DEFAULT_LIMIT, MAX_LIMIT)
        found = await asyncio.to_thread(follow_ups.load, limit=limit, **wanted)  # type: ignore[arg-type]
        return answer({"at": clock(), "follow_ups": found})

    async def done(request: web.Request) -> web.Response:
        word = request.match_info["number"]
        if not (word.isascii() and word.isdecimal() and len(word) <= MAX_DIGITS):
            raise BadRequest("a follow-up is named by its number")
        note(request, "follow_up.done", "", {"number": int(word)})
        asked = await body(request, _Done)
        note(request, "follow_up.done", "", {"number": int(word)}, asked.by)
        closed = await asyncio.to_thread(follow_ups.finish, int(word), asked.outcome, asked.by, clock())
        if closed is None:
            return refusal(Refused(RefusedReason.UNKNOWN_FOLLOW_UP, f"there is no follow-up {int(word)}"))
        if not closed:
            return refusal(Refused(RefusedReason.ALREADY, f"follow-up {int(word)} is done already"))
        return answer({"ok": True})

    add(app, "GET", "/follow-ups", listed)
    add(app, "POST", "/follow-ups/{number}/done", done)
