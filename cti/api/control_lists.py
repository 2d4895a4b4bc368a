"""What may a person ask about a campaign's lists? Which there are; to upload one, look at it, try it, take it over.

A file comes in as it is, as the body of a request, streamed to the disk: no form, nothing in memory.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from typing import Any, Protocol

from aiohttp import web

from cti.api.asking import NOBODY, BadRequest, add, body, note, refusal, unknown, whose
from cti.api.control_results import sees_numbers
from cti.api.responses import answer, problem
from cti.api.serving import time_limit
from cti.model.changes import Refused
from cti.model.uploads import Refusal, Wishes
from cti.model.words import RefusedReason

PIECE_BYTES = 262_144
PIECE_TIMEOUT_S, UPLOAD_TIMEOUT_S = 60.0, 3600.0
FILE = re.compile(r"[^\x00-\x1f\x7f/\\]{1,100}\Z")
STATUS = {"bad_request": 400, "too_large": 413, "unknown_campaign": 404}


class Lists(Protocol):
    """Whoever takes them."""

    def known(self) -> list[str]:
        """The campaigns that there are."""

    def lists(self, campaign: str) -> list[dict[str, Any]]:
        """What was imported; blocks."""

    def find(self, campaign: str, name: str) -> Any | None:
        """An upload by its name."""

    async def take(self, campaign: str, file: str, pieces: AsyncIterator[bytes], by: str = "") -> Any:
        """Keep a file of somebody and look at it. Raises Refusal."""

    async def look(self, upload: Any, wishes: Wishes) -> None:
        """Look again. Raises Refusal."""

    def begin(self, upload: Any, wishes: Wishes, *, dry_run: bool) -> None:
        """Try it, or take it over. Raises Refusal."""

    def drop(self, upload: Any) -> None:
        """It is not wanted any more; what is worked on is stopped."""


def add_routes(app: web.Application, kept: Lists, clock: Callable[[], float]) -> None:
    """Add GET /v1/campaigns/{name}/lists, and POST /v1/campaigns/{name}/uploads with what follows it."""
    routes = _Routes(kept, clock)
    add(app, "GET", "/campaigns/{name}/lists", _refusing(routes.lists))
    add(app, "POST", "/campaigns/{name}/uploads", _refusing(routes.take))
    add(app, "GET", "/campaigns/{name}/uploads/{upload}", _refusing(routes.look))
    add(app, "DELETE", "/campaigns/{name}/uploads/{upload}", _refusing(routes.drop))
    add(app, "GET", "/campaigns/{name}/uploads/{upload}/rejected", _refusing(routes.rejected))
    add(app, "POST", "/campaigns/{name}/uploads/{upload}/{step}", _refusing(routes.step))


class _Routes:
    def __init__(self, kept: Lists, clock: Callable[[], float]) -> None:
        self._kept, self._clock = kept, clock

    async def lists(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name not in self._kept.known():
            return _no_campaign(self._kept)
        return answer({"at": self._clock(), "lists": await asyncio.to_thread(self._kept.lists, name)})

    async def take(self, request: web.Request) -> web.Response:
        name, file = request.match_info["name"], request.query.get("file", "list.csv")
        if name not in self._kept.known():
            return _no_campaign(self._kept)
        note(request, "list.upload", name, {}, whose(request))
        if FILE.match(file) is None or file in (".", ".."):
            raise BadRequest("file is the name of the file, without folders")
        upload = await self._kept.take(name, file, _pieces(request), _uploader(request))
        return answer({"ok": True, "upload": upload.row()})

    async def look(self, request: web.Request) -> web.Response:
        found = _find(self._kept, request)
        return _gone() if found is None else answer({"upload": found.row()})

    async def step(self, request: web.Request) -> web.Response:
        found, word, name = _find(self._kept, request), request.match_info["step"], request.match_info["name"]
        if word not in ("look", "try", "import"):
            return unknown("unknown_action", word, ["look", "try", "import"])
        wishes = await body(request, Wishes)
        if word == "import":
            note(request, "list.import", name, {}, whose(request, "" if wishes.by == "control" else wishes.by))
        if found is None:
            return _gone()
        if word == "look":
            await self._kept.look(found, wishes)
        else:
            self._kept.begin(found, wishes, dry_run=word == "try")
        return answer({"ok": True, "upload": found.row()})

    async def drop(self, request: web.Request) -> web.Response:
        found = _find(self._kept, request)
        if found is None:
            return _gone()
        self._kept.drop(found)
        return answer({"ok": True, "upload": found.row()})

    async def rejected(self, request: web.Request) -> web.StreamResponse:
        found = _find(self._kept, request)
        if found is None or not found.rejected.exists():
            return _gone()
        if not sees_numbers(request):
            return problem(403, "no_right", "refused rows hold whole numbers: needs the right numbers.see")
        headers = {"Content-Disposition": 'attachment; filename="rejected.csv"', "Content-Type": "text/csv"}
        return web.FileResponse(found.rejected, headers=headers | {"Cache-Control": "no-store"})


def _refusing(work: Callable[[web.Request], Any]) -> Callable[[web.Request], Any]:
    async def answered(request: web.Request) -> web.StreamResponse:
        try:
            response: web.StreamResponse = await work(request)
        except Refusal as refused:
            content = {"refused": refused.reason, "detail": str(refused)}
            return answer(content, STATUS.get(refused.reason, 409))
        return response

    return answered


async def _pieces(request: web.Request) -> AsyncIterator[bytes]:
    """A slow line is not cut off while it still brings something: each piece gives the request time anew."""
    limit, loop = request.get(time_limit), asyncio.get_running_loop()
    last = loop.time() + UPLOAD_TIMEOUT_S
    async for piece in request.content.iter_chunked(PIECE_BYTES):
        if limit is not None:
            limit.reschedule(min(last, loop.time() + PIECE_TIMEOUT_S))
        yield piece


def _uploader(request: web.Request) -> str:
    """Who it is; "" for those who do not say, who are not one person."""
    by = whose(request)
    return "" if by == NOBODY else by


def _find(kept: Lists, request: web.Request) -> Any | None:
    return kept.find(request.match_info["name"], request.match_info["upload"])


def _no_campaign(kept: Lists) -> web.Response:
    return refusal(Refused(RefusedReason.UNKNOWN_CAMPAIGN), kept.known())


def _gone() -> web.Response:
    return answer({"refused": "unknown_upload", "detail": "it was taken back, or is older than an hour"}, 404)
