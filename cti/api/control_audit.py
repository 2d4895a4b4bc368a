"""Who asked for what lately? The audit trail, read back."""

from __future__ import annotations

import asyncio

from aiohttp import web

from cti.api.asking import BadRequest, add
from cti.api.http import answer
from cti.ports import AuditTrail

DEFAULT_LIMIT, MAX_LIMIT = 50, 1000


def add_audit(app: web.Application, audit: AuditTrail) -> None:
    async def read(request: web.Request) -> web.Response:
        asked = request.query.get("limit", str(DEFAULT_LIMIT))
        if not (asked.isascii() and asked.isdecimal()) or not 1 <= int(asked[:9]) <= MAX_LIMIT:
            raise BadRequest(f"limit must be a number from 1 to {MAX_LIMIT}")
        return answer({"audit": await asyncio.to_thread(audit.newest, int(asked))})

    add(app, "GET", "/audit", read)
