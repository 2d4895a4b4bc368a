"""How does an HTTP app listen for as long as a part of the engine lives, at an address of the configuration?"""

from __future__ import annotations

import contextlib
import ssl
from collections.abc import AsyncIterator

from aiohttp import web

from cti import machine
from cti.api.request_log import RequestLog
from cti.api.serving import serve_tcp
from cti.config.address import Address


@contextlib.asynccontextmanager
async def served(
    key: str,
    app: web.Application,
    listen: Address,
    *,
    requests: RequestLog | None = None,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[None]:
    """Serve `app` at `listen`, which the configuration calls `key`. Raises ConfigError where that cannot be had."""
    try:
        runner = await serve_tcp(app, listen.host, listen.port, requests, tls)
    except OSError as error:
        raise machine.cannot_listen(key, listen, error) from None
    try:
        yield
    finally:
        await runner.cleanup()
