"""What may a person ask about follow-ups? List them, promise a call for one, and say that one is done.

Answers hold callers' numbers, as all of the control socket may; the audit trail holds none.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, Protocol

import msgspec
from aiohttp import web

from cti.api.asking import BY, NOBODY, add, body, note, numbered, refusal, to_its_end
from cti.api.control_callbacks import Callbacks, promised
from cti.api.paging import Number, page_of
from cti.api.responses import answer
from cti.api.web_guard import part_of
from cti.model.changes import Refused
from cti.model.dialling import LeadId
from cti.model.events import CallbackRequest
from cti.model.promise import Promise
from cti.model.words import CallbackAction, RefusedReason
from cti.ports import Desk, Part

DEFAULT_LIMIT, MAX_LIMIT = 100, 1000


class FollowUps(Protocol):
    """Whoever keeps them. All block: they are called off the loop."""

    def one(self, number: int) -> dict[str, Any] | None:
        """Return one, open or done; None if there is none."""

    def load(
        self,
        *,
        owner: str,
        done: bool,
        limit: int,
        after: tuple[float, int] | None = None,
        part: Part | None = None,
    ) -> list[dict[str, Any]]:
        """Return the open ones, or (`done`) the newest that are done; behind (due_at or done_at, id) of `after`."""

    def finish(self, number: int, outcome: str, by: str, now: float) -> bool | None:
        """Close one; False if it was done before, None if there is none."""


class FollowUpDone(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    outcome: Annotated[str, msgspec.Meta(max_length=200)] = ""
    by: Annotated[str, msgspec.Meta(pattern=BY)] = NOBODY


class Promises(Callbacks, Protocol):
    """Whoever promises calls for them. Both block: they are called off the loop."""

    def for_follow_up(self, number: int, at: str, part: Part | None = None) -> tuple[Promise, str] | Refused:
        """Keep the promise of a call for one; with it why its time is another one than was asked for."""

    def of_follow_up(self, number: int) -> LeadId | None:
        """Return the callback that was promised for one."""


class FollowUpCall(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    at: Annotated[str, msgspec.Meta(max_length=40)] = ""
    by: Annotated[str, msgspec.Meta(pattern=BY)] = NOBODY


def add_routes(
    app: web.Application,
    follow_ups: FollowUps,
    clock: Callable[[], float],
    desk: Desk | None = None,
    promises: Promises | None = None,
) -> None:
    """Add GET /v1/follow-ups (?owner=, ?done=1, ?limit=, ?cursor=), POST /v1/follow-ups/{number}/call and /done.

    Who says that one is done takes the call back that is still promised for it.
    """

    async def listed(request: web.Request) -> web.Response:
        owner, done = request.query.get("owner", ""), request.query.get("done", "") in ("1", "true")
        name, at = ("follow-ups.done", "done_at") if done else ("follow-ups", "due_at")
        page = page_of(request, name, tuple[float, Number], DEFAULT_LIMIT, MAX_LIMIT)
        found = await asyncio.to_thread(
            follow_ups.load, owner=owner, done=done, limit=page.most, after=page.after, part=part_of(request)
        )
        rows, more = page.shown(found, lambda row: (row[at], row["id"]))
        return answer({"at": clock(), "follow_ups": rows, "next": more})

    async def done(request: web.Request) -> web.Response:
        number = numbered(request, "a follow-up")
        note(request, "follow_up.done", "", {"number": number})
        asked = await body(request, FollowUpDone)
        note(request, "follow_up.done", "", {"number": number}, asked.by)
        return await to_its_end(request, finished(number, asked))

    async def finished(number: int, asked: FollowUpDone) -> web.Response:
        closed = await asyncio.to_thread(follow_ups.finish, number, asked.outcome, asked.by, clock())
        if closed is None:
            return refusal(Refused(RefusedReason.UNKNOWN_FOLLOW_UP, f"there is no follow-up {number}"))
        if not closed:
            return refusal(Refused(RefusedReason.ALREADY, f"follow-up {number} is done already"))
        callback = await asyncio.to_thread(promises.of_follow_up, number) if promises is not None else None
        if callback is not None and desk is not None:
            desk.ask(CallbackRequest(callback, CallbackAction.WITHDRAW, asked.by))  # refused where it has ended
        return answer({"ok": True})

    add(app, "GET", "/follow-ups", listed)
    add(app, "POST", "/follow-ups/{number}/done", done)
    if promises is not None and desk is not None:
        _add_call(app, desk, promises)


def _add_call(app: web.Application, desk: Desk, promises: Promises) -> None:
    async def call(request: web.Request) -> web.Response:
        number = numbered(request, "a follow-up")
        note(request, "follow_up.call", "", {"number": number})
        asked = await body(request, FollowUpCall)
        note(request, "follow_up.call", "", {"number": number, "at": asked.at}, asked.by)
        part = part_of(request)
        promise = partial(promises.for_follow_up, number, asked.at, part)
        return await to_its_end(request, promised(desk, promises, promise, part))

    add(app, "POST", "/follow-ups/{number}/call", call)
