"""How is the sample shop asked over HTTP? An aiohttp app, JSON in and out; can be slow or broken on purpose.

What the shop knows and allows is shop.py's.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from cti.sample.shop import Shop

MAX_BODY_BYTES = 4096


def make_app(shop: Shop, *, token: str = "", delay_s: float = 0.0, broken: bool = False) -> web.Application:
    """Return the app. `token`: what Authorization must be (Bearer); `delay_s` and `broken` show what flows then do."""

    @web.middleware
    async def first(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        await asyncio.sleep(delay_s)
        if broken:
            return web.json_response({"error": "broken on purpose"}, status=503)
        given = request.headers.get("Authorization", "")
        if token and not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
            return web.json_response({"error": "no such token"}, status=401)
        return await handler(request)

    def language(request: web.Request) -> str:
        return "zh" if request.query.get("language", "en").startswith("zh") else "en"

    async def order(request: web.Request) -> web.Response:
        found = shop.order(request.match_info["order"], language(request))
        return _told("order", found)

    async def delivery(request: web.Request) -> web.Response:
        if shop.order(request.match_info["order"]) is None:
            return _told("delivery", None)
        return web.json_response({"delivery": shop.delivery(request.match_info["order"])})

    async def take_back(request: web.Request) -> web.Response:
        await _body(request)
        return _told("return", shop.take_back(request.match_info["order"]))

    async def protect_price(request: web.Request) -> web.Response:
        await _body(request)
        return _told("price_protection", shop.protect_price(request.match_info["order"]))

    async def customer(request: web.Request) -> web.Response:
        return _told("customer", shop.customer(request.query.get("number", "")))

    async def articles(request: web.Request) -> web.Response:
        found = shop.articles(request.query.get("q", "")[:200], language(request))
        return web.json_response({"articles": found}, dumps=_dumps)

    app = web.Application(client_max_size=MAX_BODY_BYTES, middlewares=[first])
    app.router.add_get("/api/orders/{order}", order)
    app.router.add_get("/api/orders/{order}/delivery", delivery)
    app.router.add_post("/api/orders/{order}/returns", take_back)
    app.router.add_post("/api/orders/{order}/price-protection", protect_price)
    app.router.add_get("/api/customers", customer)
    app.router.add_get("/api/articles", articles)
    return app


async def serve(app: web.Application, host: str, port: int, ready: Callable[[int], None]) -> None:
    """Serve until cancelled; `ready` is told the port really listened on. Raises OSError where it cannot."""
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        ready(runner.addresses[0][1])
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
    finally:
        await runner.cleanup()


def _told(what: str, found: dict[str, Any] | None) -> web.Response:
    if found is None:
        return web.json_response({"error": "not found"}, status=404)
    return web.json_response({what: found}, dumps=_dumps)


async def _body(request: web.Request) -> None:
    if request.can_read_body:
        try:
            await request.json()
        except ValueError:
            raise web.HTTPBadRequest(text='{"error": "no JSON"}', content_type="application/json") from None


def _dumps(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False)
