"""The control app with stand-ins for everything behind it, on a real unix socket: who asks is the kernel's word."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from cti.api.control import make_control_app
from cti.api.control_socket import ControlSocket

from .doubles import (
    FakeAudit,
    FakeCallbacks,
    FakeCampaigns,
    FakeDesk,
    FakeFlows,
    FakeFollowUps,
    FakeHooks,
    FakePast,
    FakePolicy,
    FakeView,
)


class Scene:
    def __init__(self, path: Path) -> None:
        self.desk, self.policy, self.audit = FakeDesk(), FakePolicy(), FakeAudit()
        self.flows, self.follow_ups, self.callbacks = FakeFlows(), FakeFollowUps(), FakeCallbacks()
        self.past = FakePast()
        self.owns = True
        self._path = path
        self._socket: ControlSocket | None = None

    def app(self, clock: Callable[[], float] = lambda: 7.0) -> web.Application:
        more: dict[str, Any] = {
            "policy": self.policy,
            "flows": self.flows,
            "audit": self.audit,
            "follow_ups": self.follow_ups,
        }
        more |= {"callbacks": self.callbacks, "campaigns": FakeCampaigns(), "why": (self.past, self.past)}
        more["hooks"] = self.hooks = FakeHooks()
        more["previews"] = lambda _agent: None
        more["may_act"] = lambda: self.owns
        return make_control_app(self.desk, FakeView(), clock, **more)  # type: ignore[arg-type]

    async def open(self) -> None:
        self._socket = await ControlSocket.open(self.app(), self._path)

    async def close(self) -> None:
        assert self._socket is not None
        await self._socket.close()

    async def ask(self, method: str, path: str, body: Any = None, data: bytes | None = None) -> tuple[int, Any]:
        """A request; its status and answer."""
        connector = aiohttp.UnixConnector(path=str(self._path))
        content = data if body is None else json.dumps(body).encode()
        async with (
            aiohttp.ClientSession(connector=connector) as session,
            session.request(method, f"http://engine{path}", data=content) as response,
        ):
            return response.status, json.loads(await response.text())

    def remembered(self) -> list[tuple[Any, ...]]:
        return [(e.what, e.on, e.detail, e.by, e.result, e.reason) for e in self.audit.entries]
