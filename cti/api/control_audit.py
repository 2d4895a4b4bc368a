"""Who asked for what lately? The audit trail, read back."""

from __future__ import annotations

import asyncio

from aiohttp import web

from cti.api.asking import add
from cti.api.paging import Number, page_of
from cti.api.responses import answer
from cti.ports import AuditTrail

DEFAULT_LIMIT, MAX_LIMIT = 50, 1000


def add_audit(app: web.Application, audit: AuditTrail) -> None:
    async def read(request: web.Request) -> web.Response:
        page = page_of(request, "audit", tuple[Number], DEFAULT_LIMIT, MAX_LIMIT)
        found = await asyncio.to_thread(audit.newest, page.most, None if page.after is None else page.after[0])
        rows, more = page.shown(found, lambda row: (row["id"],))
        return answer({"audit": rows, "next": more})

    add(app, "GET", "/audit", read)
