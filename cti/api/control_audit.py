"""Who asked for what lately? The audit trail, read back."""

from __future__ import annotations

import asyncio

from aiohttp import web

from cti.api.asking import add, cursor_of, limit_of
from cti.api.http import answer
from cti.ports import AuditTrail

DEFAULT_LIMIT, MAX_LIMIT = 50, 1000


def add_audit(app: web.Application, audit: AuditTrail) -> None:
    async def read(request: web.Request) -> web.Response:
        limit = limit_of(request, DEFAULT_LIMIT, MAX_LIMIT)
        rows = await asyncio.to_thread(audit.newest, limit, cursor_of(request))
        return answer({"audit": rows, "next": str(rows[-1]["id"]) if len(rows) == limit else None})

    add(app, "GET", "/audit", read)
