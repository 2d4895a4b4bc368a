"""What may a person ask of the engine itself? That it goes, and hands the centre over where somebody stands by."""

from __future__ import annotations

from typing import Annotated, Protocol

import msgspec
from aiohttp import web

from cti.api.asking import BY, NOBODY, add, body, note, refusal
from cti.api.responses import answer
from cti.model.changes import Refused


class Drain(Protocol):
    """Begin to leave: what comes of it, or why not."""

    async def __call__(self, *, alone: bool) -> dict[str, int | str] | Refused: ...


class DrainAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    alone: bool = False  # though nobody stands by who should
    by: Annotated[str, msgspec.Meta(pattern=BY)] = NOBODY


def add_routes(app: web.Application, drain: Drain) -> None:
    """Add POST /v1/drain."""

    async def asked(request: web.Request) -> web.Response:
        note(request, "drain", "")
        wish = await body(request, DrainAsked)
        note(request, "drain", "", {"alone": True} if wish.alone else {}, wish.by)
        found = await drain(alone=wish.alone)
        return refusal(found) if isinstance(found, Refused) else answer({"ok": True, **found})

    add(app, "POST", "/drain", asked)
