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
LAST_ANSWERS_S = 1.0  # on the way out; one that is slow on purpose is not waited for


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
        return _told(shop.order(request.match_info["order"], language(request)))

    async def delivery(request: web.Request) -> web.Response:
        return _told(shop.delivery(request.match_info["order"]))

    async def take_back(request: web.Request) -> web.Response:
        return _told(shop.take_back(await _order_in(request)), status=201)

    async def protect_price(request: web.Request) -> web.Response:
        return _told(shop.protect_price(await _order_in(request)))

    async def customer(request: web.Request) -> web.Response:
        return _told(shop.customer(request.query.get("number", "")))

    async def article(request: web.Request) -> web.Response:
        return _told(shop.article(request.match_info["article"], language(request)))

    async def articles(request: web.Request) -> web.Response:
        return _told({"articles": shop.articles(request.query.get("q", "")[:200], language(request))})

    app = web.Application(client_max_size=MAX_BODY_BYTES, middlewares=[first])
    app.router.add_get("/api/orders/{order}", order)
    app.router.add_get("/api/orders/{order}/delivery", delivery)
    app.router.add_post("/api/returns", take_back)
    app.router.add_post("/api/price-protection", protect_price)
    app.router.add_get("/api/customers", customer)
    app.router.add_get("/api/articles", articles)
    app.router.add_get("/api/articles/{article}", article)
    return app


async def serve(app: web.Application, host: str, port: int, ready: Callable[[int], None]) -> None:
    """Serve until cancelled; `ready` is told the port really listened on. Raises OSError where it cannot."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=LAST_ANSWERS_S)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        ready(runner.addresses[0][1])
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
    finally:
        await runner.cleanup()


def _told(found: dict[str, Any] | str | None, status: int = 200) -> web.Response:
    """What was found, or 404 with the reason: for a caller "there is no such order" and "it is too late" lead alike."""
    if found is None or isinstance(found, str):
        return web.json_response({"error": found or "not_found"}, status=404)
    return web.json_response(found, status=status, dumps=lambda content: json.dumps(content, ensure_ascii=False))


async def _order_in(request: web.Request) -> str:
    try:
        return str((await request.json())["order"])
    except (ValueError, KeyError, TypeError):
        text = '{"error": "the body must be JSON: {order: number}"}'
        raise web.HTTPBadRequest(text=text, content_type="application/json") from None
