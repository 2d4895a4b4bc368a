"""A receiver on loopback that writes down what it gets, and answers as it is told."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from cti.model.hooks import Hook

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@dataclass
class Got:
    """One message as it came in."""

    headers: dict[str, str]
    body: bytes


@dataclass
class Listening:
    """`answers`: the next ones, in order; then `usual`."""

    url: str = ""
    got: list[Got] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)
    usual: int = 204
    heard: Callable[[], None] = lambda: None

    def hook(self, **more: Any) -> Hook:
        return Hook.model_validate({"url": self.url, "secret": SECRET, "timeout_s": 2, **more})

    async def serve(self, request: web.Request) -> web.StreamResponse:
        headers = {key.lower(): value for key, value in request.headers.items()}
        self.got.append(Got(headers, await request.read()))
        self.heard()
        given = self.answers.pop(0) if self.answers else self.usual
        return given if isinstance(given, web.StreamResponse) else web.Response(status=given)


@asynccontextmanager
async def listening() -> AsyncIterator[Listening]:
    made = Listening()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", made.serve)
    server = TestServer(app)
    await server.start_server()
    made.url = f"http://127.0.0.1:{server.port}/cti"
    yield made
    await server.close()
