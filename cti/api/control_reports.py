"""What may a person ask of the past? Reports, as JSON or CSV, with the definition of each figure."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, Protocol

from aiohttp import web

from cti.api.asking import BadRequest, add
from cti.api.responses import answer, problem
from cti.api.web_guard import scope

ASKED = ("from", "to", "step", "queue", "agent", "campaign", "flow", "number", "survey")
OF_A_PART = {
    "queues": "queue",
    "intervals": "queue",
    "abandonment": "queue",
    "agents": "agent",
    "campaigns": "campaign",
}
NONE = "-"  # no queue is called so: a report of nothing


class Report(Protocol):
    """What came of it."""

    columns: tuple[str, ...]

    def as_object(self) -> dict[str, Any]:
        """For programs."""

    def as_csv(self) -> str:
        """For spreadsheets."""


class Reports(Protocol):
    """Whoever makes them. `run` blocks, and raises ValueError with what to write instead."""

    def run(self, name: str, asked: Mapping[str, str]) -> Any:
        """Return a Report."""


def add_routes(app: web.Application, reports: Reports) -> None:
    """Add GET /v1/reports/{report} (?from=, ?to=, ?step=, ?queue= ..., ?format=csv)."""

    async def report(request: web.Request) -> web.Response:
        name = request.match_info["report"]
        asked = {key: ",".join(request.query.getall(key)) for key in ASKED if key in request.query}
        refused = _narrow(request, name, asked)
        if refused is not None:
            return refused
        try:
            found = await asyncio.to_thread(reports.run, name, asked)
        except ValueError as error:
            raise BadRequest(str(error)) from None
        if request.query.get("format") != "csv":
            return answer(found.as_object())
        text = await asyncio.to_thread(found.as_csv)
        headers = {
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": f'attachment; filename="{name}.csv"',
            "Cache-Control": "no-store",
        }
        return web.Response(text=text, headers=headers)

    add(app, "GET", "/reports/{report}", report)


def _narrow(request: web.Request, name: str, asked: dict[str, str]) -> web.Response | None:
    """Somebody who looks after a part of the centre gets the report of that part, or is refused."""
    its = request.get(scope)
    if its is None or its.is_whole:
        return None
    kind = OF_A_PART.get(name)
    if kind is None:
        return problem(403, "whole_centre_only", "this is for somebody who is in charge of the whole centre")
    his = {"queue": its.queues, "agent": its.agents, "campaign": its.campaigns}[kind]
    if his is not None:
        wanted = set(asked[kind].split(",")) & his if asked.get(kind) else his
        asked[kind] = ",".join(sorted(wanted)) or NONE
    return None
