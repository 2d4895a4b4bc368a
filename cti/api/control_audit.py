"""Who asked for what lately? The audit trail, read back."""

from __future__ import annotations

import asyncio

from aiohttp import web

from cti.api.asking import add, limit_of
from cti.api.http import answer
from cti.ports import AuditTrail

DEFAULT_LIMIT, MAX_LIMIT = 50, 1000


def add_audit(app: web.Application, audit: AuditTrail) -> None:
    async def read(request: web.Request) -> web.Response:
        limit = limit_of(request, DEFAULT_LIMIT, MAX_LIMIT)
        return answer({"audit": await asyncio.to_thread(audit.newest, limit)})

    add(app, "GET", "/audit", read)
