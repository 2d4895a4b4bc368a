"""What may a person ask about promised callbacks? List them, promise one, look at one, take it back, have it kept now.

Answers hold customers' numbers, as all of the control socket may; the audit trail holds none.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, Protocol

import msgspec
from aiohttp import web

from cti.api.asking import BY, NOBODY, add, body, note, numbered, refusal, to_its_end, unknown
from cti.api.paging import Number, page_of
from cti.api.responses import answer
from cti.api.web_guard import part_of
from cti.model.changes import Refused
from cti.model.dialling import LeadId
from cti.model.events import CallbackPromised, CallbackRequest
from cti.model.promise import Promise, Wanted
from cti.model.words import CallbackAction, RefusedReason
from cti.ports import Desk, Part

DEFAULT_LIMIT, MAX_LIMIT = 200, 1000


class Callbacks(Protocol):
    """Whoever keeps them. All of it blocks: it is called off the loop."""

    def load(
        self, *, all_of_them: bool, limit: int, after: tuple[float, int] | None = None, part: Part | None = None
    ) -> list[dict[str, Any]]:
        """Return the open ones, the next one first, or the newest of all; behind (due_at, id) of `after`."""

    def one(self, number: int, part: Part | None = None) -> dict[str, Any] | None:
        """Return one of them, None where there is none."""

    def promise(self, wanted: Wanted, part: Part | None = None) -> tuple[Promise, str] | Refused:
        """Keep what is wanted; with it why its time is another one than was asked for."""


class Schedule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A call to be promised. `number`: personal data; `at`: a time, as calendar/wanted_time.py reads it; "": now."""

    number: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    at: Annotated[str, msgspec.Meta(max_length=40)] = ""
    agent: Annotated[str, msgspec.Meta(max_length=40)] = ""
    queue: Annotated[str, msgspec.Meta(max_length=40)] = ""
    topic: Annotated[str, msgspec.Meta(max_length=80)] = ""
    exactly: bool = False
    by: Annotated[str, msgspec.Meta(pattern=BY)] = NOBODY


class CallbackAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    by: Annotated[str, msgspec.Meta(pattern=BY)] = NOBODY


def add_routes(app: web.Application, desk: Desk, callbacks: Callbacks, clock: Callable[[], float]) -> None:
    """Add GET /v1/callbacks (?all=1, ?limit=, ?cursor=), POST /v1/callbacks, GET /v1/callbacks/{number} and
    POST /v1/callbacks/{number}/{action}."""

    async def listed(request: web.Request) -> web.Response:
        all_of_them = request.query.get("all", "") in ("1", "true")
        name = "callbacks.all" if all_of_them else "callbacks"
        page = page_of(request, name, tuple[float, Number], DEFAULT_LIMIT, MAX_LIMIT)
        found = await asyncio.to_thread(
            callbacks.load, all_of_them=all_of_them, limit=page.most, after=page.after, part=part_of(request)
        )
        rows, more = page.shown(found, lambda row: (row["due_at"], row["id"]))
        return answer({"at": clock(), "callbacks": rows, "next": more})

    async def schedule(request: web.Request) -> web.Response:
        note(request, "callback.schedule", "")
        asked = await body(request, Schedule)
        note(request, "callback.schedule", asked.agent or asked.queue, {"at": asked.at}, asked.by)
        wanted = Wanted(asked.number, asked.at, asked.agent, asked.queue, asked.topic, asked.exactly)
        part = part_of(request)
        promise = partial(callbacks.promise, wanted, part)
        return await to_its_end(request, promised(desk, callbacks, promise, part))

    async def one(request: web.Request) -> web.Response:
        number = numbered(request, "a callback")
        found = await asyncio.to_thread(callbacks.one, number, part_of(request))
        return _none(number) if found is None else answer({"at": clock(), "callback": found})

    async def ask(request: web.Request) -> web.Response:
        number, word = numbered(request, "a callback"), request.match_info["action"]
        if word not in set(CallbackAction):
            return unknown("unknown_action", word, [known.value for known in CallbackAction])
        what = f"callback.{word}"
        note(request, what, "", {"number": number})
        asked = await body(request, CallbackAsked)
        note(request, what, "", {"number": number}, asked.by)
        refused = desk.ask(CallbackRequest(LeadId(number), CallbackAction(word), asked.by))
        if refused is not None and refused.reason is RefusedReason.UNKNOWN_CALLBACK:
            return await _ended(callbacks, number)
        if refused is not None:
            return refusal(Refused(refused.reason, f"callback {number} is {refused.detail} already"))
        return answer({"ok": True, "callback": await asyncio.to_thread(callbacks.one, number, part_of(request))})

    add(app, "GET", "/callbacks", listed)
    add(app, "POST", "/callbacks", schedule)
    add(app, "GET", "/callbacks/{number}", one)
    add(app, "POST", "/callbacks/{number}/{action}", ask)


async def promised(
    desk: Desk, callbacks: Callbacks, promise: Callable[[], tuple[Promise, str] | Refused], part: Part | None
) -> web.Response:
    """Promise, let the core hear of it, and answer with it as it stands then. To be done `to_its_end`."""
    found = await asyncio.to_thread(promise)
    if isinstance(found, Refused):
        return refusal(found)
    made, moved = found
    desk.ask(CallbackPromised(made))
    row = await asyncio.to_thread(callbacks.one, made.id, part)
    return answer({"ok": True, "callback": row, "moved": moved})


def _none(number: int) -> web.Response:
    return refusal(Refused(RefusedReason.UNKNOWN_CALLBACK, f"there is no callback {number}"))


async def _ended(callbacks: Callbacks, number: int) -> web.Response:
    """The core knows open promises only: say of another one whether it has ended, or never was."""
    found = await asyncio.to_thread(callbacks.one, number)
    if found is None:
        return _none(number)
    return refusal(Refused(RefusedReason.ALREADY, f"callback {number} is {found['state']} already"))
