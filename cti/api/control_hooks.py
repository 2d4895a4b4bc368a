"""What may a person ask about webhooks? Who is told, how the messages stand; a test; what was given up, once more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Protocol

import msgspec
from aiohttp import web

from cti.api.asking import BY, NOBODY, add, body, note, refusal
from cti.api.responses import answer
from cti.model.changes import Refused
from cti.model.words import RefusedReason


class Hooks(Protocol):
    """Whoever sends. Of the loop."""

    async def load(self) -> list[dict[str, Any]]:
        """How each receiver stands."""

    async def test(self, name: str) -> dict[str, Any] | None:
        """Send a message that tells of nothing, now; None: no such receiver."""

    async def retry(self, name: str) -> int | None:
        """Let those that failed wait again; how many. None: no such receiver."""


class HookAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    by: Annotated[str, msgspec.Meta(pattern=BY)] = NOBODY


def add_routes(app: web.Application, hooks: Hooks, clock: Callable[[], float]) -> None:
    """Add GET /v1/hooks, POST /v1/hooks/{hook}/test and POST /v1/hooks/{hook}/retry."""

    async def listed(_request: web.Request) -> web.Response:
        return answer({"at": clock(), "hooks": await hooks.load()})

    async def test(request: web.Request) -> web.Response:
        name = await _noted(request, "hook.test")
        found = await hooks.test(name)
        return await _unknown(hooks) if found is None else answer({"ok": found["taken"], **found})

    async def retry(request: web.Request) -> web.Response:
        name = await _noted(request, "hook.retry")
        number = await hooks.retry(name)
        return await _unknown(hooks) if number is None else answer({"ok": True, "messages": number})

    add(app, "GET", "/hooks", listed)
    add(app, "POST", "/hooks/{hook}/test", test)
    add(app, "POST", "/hooks/{hook}/retry", retry)


async def _noted(request: web.Request, what: str) -> str:
    name = request.match_info["hook"]
    note(request, what, name)
    asked = await body(request, HookAsked)
    note(request, what, name, {}, asked.by)
    return name


async def _unknown(hooks: Hooks) -> web.Response:
    return refusal(Refused(RefusedReason.UNKNOWN_HOOK), [row["hook"] for row in await hooks.load()])
