"""How does an HTTP app listen, so that slow, silent or many peers cost nothing but their own connection?

Knows sockets and time limits; no route.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable

from aiohttp import web
from aiohttp.typedefs import Handler

from cti.api.door import Door, cut
from cti.api.request_log import RequestLog

MAX_CONNECTIONS = 100
PER_ADDRESS = 60
REQUEST_TIMEOUT_S = 10.0
IDLE_LIMIT_S = 20.0
SWEEP_S = 2.0
SHUTDOWN_S = 1.0  # for who is being answered when it ends, and once more for who does not let himself be cut off

time_limit: web.RequestKey[asyncio.Timeout] = web.RequestKey("cti_time_limit", asyncio.Timeout)
"""What ends a request that takes too long."""

_door: web.AppKey[Door] = web.AppKey("cti_door", Door)


def limit_connections(
    app: web.Application,
    *,
    idle_limit_s: float = IDLE_LIMIT_S,
    request_timeout_s: float = REQUEST_TIMEOUT_S,
    most: int | None = None,
    per_address: int | None = None,
    is_proxy: Callable[[str], bool] = lambda _address: False,
) -> None:
    """Close connections of `app` that have sent no whole request for `idle_limit_s`, and those that are too many: above
    `most`, or above `per_address` from one address that is no proxy. Who waits for his answer counts, too.

    aiohttp bounds a request's size and an idle keep-alive, but lets a peer take for ever over its headers.
    """
    door = app[_door] = Door(most or MAX_CONNECTIONS, per_address or PER_ADDRESS, is_proxy)
    quiet_since: dict[object, float] = {}

    @web.middleware
    async def bounded(request: web.Request, handler: Handler) -> web.StreamResponse:
        peer = request.protocol
        door.asks(peer)
        try:
            async with asyncio.timeout(request_timeout_s) as limit:
                request[time_limit] = limit
                return await handler(request)
        except TimeoutError:
            raise web.HTTPRequestTimeout from None
        finally:
            door.has_answer(peer)
            quiet_since.pop(peer, None)  # counts again from the next sweep

    async def sweep() -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(min(SWEEP_S, idle_limit_s / 2))
            known = dict(quiet_since)
            quiet_since.clear()  # forgets who has gone
            for peer in door.idle():
                quiet_since[peer] = known.get(peer, loop.time())
                if loop.time() - quiet_since[peer] >= idle_limit_s:
                    cut(peer)

    async def sweeping(_app: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(sweep(), name="cti-http-sweep")
        yield
        task.cancel()

    app.middlewares.append(bounded)
    app.cleanup_ctx.append(sweeping)


def stays(request: web.Request) -> None:
    """Let this request last as long as somebody listens. For who has signed in: it no longer counts at his address."""
    request[time_limit].reschedule(None)
    request.app[_door].stays(request.protocol)


async def serve(
    app: web.Application,
    sock: socket.socket,
    requests: RequestLog | None = None,
    tls: ssl.SSLContext | None = None,
) -> web.AppRunner:
    """Serve `app` on a bound socket; `await runner.cleanup()` ends it. `requests` counts what goes wrong."""
    logger = RequestLog() if requests is None else requests
    runner = web.AppRunner(app, access_log=None, logger=logger, keepalive_timeout=15.0, shutdown_timeout=SHUTDOWN_S)
    await runner.setup()
    if _door in app:
        app[_door].watch(runner.server)
    await web.SockSite(runner, sock, ssl_context=tls).start()
    return runner


async def serve_tcp(
    app: web.Application,
    host: str,
    port: int,
    requests: RequestLog | None = None,
    tls: ssl.SSLContext | None = None,
) -> web.AppRunner:
    """Serve `app` on host:port (0: any free one; see `runner.addresses`). Raises OSError."""
    sock = bind_tcp(host, port)
    try:
        return await serve(app, sock, requests, tls)
    except BaseException:
        sock.close()
        raise


def bind_tcp(host: str, port: int) -> socket.socket:
    """Return a listening socket at host:port. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.create_server((host, port), family=family, backlog=128)
    sock.setblocking(False)
    return sock
