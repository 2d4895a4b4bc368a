"""What may a person ask of the engine itself? That it goes, and hands the centre over where somebody stands by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import msgspec
from aiohttp import web

from cti.api.asking import BY, NOBODY, add, body, note
from cti.api.responses import answer

Drain = Callable[[], dict[str, int | str]]


class DrainAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    by: Annotated[str, msgspec.Meta(pattern=BY)] = NOBODY


def add_routes(app: web.Application, drain: Drain) -> None:
    """Add POST /v1/drain."""

    async def asked(request: web.Request) -> web.Response:
        note(request, "drain", "")
        wish = await body(request, DrainAsked)
        note(request, "drain", "", {}, wish.by)
        return answer({"ok": True, **drain()})

    add(app, "POST", "/drain", asked)
