"""What may a person ask about the results of a campaign? Page by page as JSON, or all of them as CSV."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from aiohttp import web

from cti.api.asking import add, refusal
from cti.api.paging import Number, page_of
from cti.api.responses import answer
from cti.api.web_guard import who
from cti.model.changes import Refused
from cti.model.words import RefusedReason
from cti.people.masking import HIDDEN, mask
from cti.people.rights import Right

DEFAULT_LIMIT, MAX_LIMIT = 100, 1000


Seen = Callable[[dict[str, Any]], dict[str, Any]]
"""How whoever asks may see the row of a lead."""


class Results(Protocol):
    """Whoever has them. All of it blocks."""

    def known(self) -> list[str]:
        """The campaigns that there are."""

    def results(self, campaign: str, after: int, most: int) -> list[dict[str, Any]]:
        """Leads behind lead `after`, in order."""

    def csv(self, campaign: str, seen: Seen) -> Iterator[str]:
        """All of them as text, piece by piece."""


def add_routes(app: web.Application, kept: Results, clock: Callable[[], float]) -> None:
    """Add GET /v1/campaigns/{name}/results (?limit=, ?cursor=, ?format=csv)."""

    async def results(request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        known = await asyncio.to_thread(kept.known)
        if name not in known:
            return refusal(Refused(RefusedReason.UNKNOWN_CAMPAIGN), known)
        if request.query.get("format") == "csv":
            return await _csv(request, kept.csv(name, seen_by(request)), f"{name}.csv")
        page = page_of(request, "results", tuple[Number], DEFAULT_LIMIT, MAX_LIMIT)
        found = await asyncio.to_thread(kept.results, name, 0 if page.after is None else page.after[0], page.most)
        shown, more = page.shown(found, lambda row: (row["lead"],))
        rows = list(map(seen_by(request), shown))
        return answer({"at": clock(), "results": rows, "next": more})

    add(app, "GET", "/campaigns/{name}/results", results)


def seen_by(request: web.Request) -> Seen:
    """Return how whoever asks may see the row of a lead: whole, or without number, name and columns of the list."""
    return dict if sees_numbers(request) else _without_person


def sees_numbers(request: web.Request) -> bool:
    """Whether whoever asks may see numbers: on the control socket as they are, on the web by his rights."""
    asks = request.get(who)
    return asks is None or asks.person.may(Right.NUMBERS_SEE)


def _without_person(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "number": mask(row["number"]), "name": "", "columns": dict.fromkeys(row["columns"], HIDDEN)}


async def _csv(request: web.Request, pieces: Iterator[str], name: str) -> web.StreamResponse:
    response = web.StreamResponse(
        headers={
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        }
    )
    await response.prepare(request)
    while piece := await asyncio.to_thread(next, pieces, ""):
        await response.write(piece.encode())
    await response.write_eof()
    return response
