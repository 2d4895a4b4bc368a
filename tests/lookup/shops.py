"""A shop on loopback to ask, and the question that tests ask it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from cti.lookup.client import Lookups
from cti.model.lookups import Part, Request, System, ValueType

SECRET, NUMBER = "s3cret-t0ken", "4711000815"
INTO = {"status": Part("order.status"), "due": Part("order.due", ValueType.DATE)}
GOOD = {"order": {"status": "sent", "due": "2026-11-25"}}
Serve = Callable[[web.Request], Awaitable[web.StreamResponse]]


def get(path: str = "/orders/{id}", **fields: Any) -> Request:
    return Request(**({"system": "shop", "path": path, "values": {"id": NUMBER}, "into": INTO} | fields))


@asynccontextmanager
async def shop(serve: Serve, environ: dict[str, str] | None = None, **fields: Any) -> AsyncIterator[Lookups]:
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", serve)
    server = TestServer(app)
    await server.start_server()
    async with at(f"http://127.0.0.1:{server.port}/api", environ, **fields) as lookups:
        yield lookups
    await server.close()


@asynccontextmanager
async def at(base_url: str, environ: dict[str, str] | None = None, **fields: Any) -> AsyncIterator[Lookups]:
    system = System.model_validate({"base_url": base_url, "timeout_s": 0.4, **fields})
    async with Lookups({"shop": system}, environ or {}) as lookups:
        yield lookups
