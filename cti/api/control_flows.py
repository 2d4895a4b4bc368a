"""What may a person do with the flows while the engine runs? Reload the folder, roll back, list the versions.

Asks ports.FlowVersions; knows neither the folder nor what a flow is.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from aiohttp import web

from cti.api.asking import BY, NOBODY, BadRequest, add, body, note, number_in, refusal, unknown
from cti.api.control_policy import content_of
from cti.api.responses import answer
from cti.ports import FlowVersions, PolicyAnswer

THEMES = ("light", "dark")  # of a drawing


class FlowReload(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    check: bool = False
    by: Annotated[str, msgspec.Meta(pattern=BY)] = NOBODY


class RollBack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    to: Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)] | None = None
    by: Annotated[str, msgspec.Meta(pattern=BY)] = NOBODY


def add_routes(app: web.Application, flows: FlowVersions) -> None:
    """Add GET /v1/flows and what changes them: 200 with the difference, or 404 or 409 with the reason."""

    async def versions(_request: web.Request) -> web.Response:
        return answer(await flows.versions())

    async def reload(request: web.Request) -> web.Response:
        note(request, "flows.reload", "")
        asked = await body(request, FlowReload)
        what = "flows.check" if asked.check else "flows.reload"
        note(request, what, "", {}, asked.by)
        found = await flows.reload(by=asked.by or NOBODY, check=asked.check)
        return _answer(request, found, what, {}, asked.by)

    async def roll_back(request: web.Request) -> web.Response:
        note(request, "flows.rollback", "")
        asked = await body(request, RollBack)
        wanted = {} if asked.to is None else {"to": asked.to}
        note(request, "flows.rollback", "", wanted, asked.by)
        found = await flows.roll_back(by=asked.by or NOBODY, to=asked.to)
        return _answer(request, found, "flows.rollback", wanted, asked.by)

    async def drawing(request: web.Request) -> web.Response:
        name, asked = request.match_info["flow"], request.query.get("version", "")
        version = number_in(asked)
        if asked and version is None:
            raise BadRequest("version is a number")
        theme = request.query.get("theme", THEMES[0])
        if theme not in THEMES:
            raise BadRequest(f"theme is {' or '.join(THEMES)}")
        picture = await flows.drawing(name, version, request.query.get("language", ""), dark=theme == "dark")
        if picture is None:
            known = [row["name"] for row in (await flows.versions()).get("flows", ())]
            return unknown("unknown_flow", name, known)
        headers = {"Content-Type": "image/svg+xml; charset=utf-8", "Cache-Control": "no-store"}
        return web.Response(text=picture, headers=headers)

    add(app, "GET", "/flows", versions)
    add(app, "GET", "/flows/{flow}/drawing", drawing)
    add(app, "POST", "/flows/reload", reload)
    add(app, "POST", "/flows/rollback", roll_back)


def _answer(request: web.Request, found: PolicyAnswer, what: str, wanted: dict[str, int], by: str) -> web.Response:
    if found.refused is not None:
        return refusal(found.refused, (), **content_of(found))
    if found.applied:
        note(request, what, "", {**wanted, "version": found.flows}, by)
    return answer({"ok": True, **content_of(found)})
