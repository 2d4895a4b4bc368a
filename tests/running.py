"""How does a test have a whole engine in its own process, without an Asterisk? Its callers are posted to the core."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import yaml

from cti.app import Application
from cti.config import settings as config
from cti.model import events
from cti.model.words import CallId, NodeId
from cti.ports import Office
from cti.switch import asterisk

NODE = NodeId("node1")
HOST = "127.32.0.1"
NOBODY = "127.32.0.9"  # no Asterisk listens there
FIRST_SNAPSHOT_S = 0.01


class Running:
    """An engine with its file. `get`, `post` ... ask its control socket and return status and body."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.file = folder, folder / "center.yaml"
        self.app: Application
        self.calls = 0

    def write(self, policy: dict[str, Any], **plumbing: Any) -> None:
        self.file.write_text(
            yaml.safe_dump(
                {
                    "nodes": {"node1": {"host": NOBODY, "secret": "x"}},
                    "fastagi": {"listen": f"{HOST}:0", "token": "t"},
                    "http": {"listen": f"{HOST}:0"},
                    "state_dir": str(self.folder),
                    "queue_log": str(self.folder / "queue_log"),
                    "settle_s": 0,
                    **policy,
                    **plumbing,
                },
                sort_keys=False,
            )
        )

    @contextlib.asynccontextmanager
    async def start(self, office: Office | None = None) -> AsyncIterator[Running]:
        before, asterisk.FIRST_SNAPSHOT_S = asterisk.FIRST_SNAPSHOT_S, FIRST_SNAPSHOT_S
        try:
            async with Application.start(config.load(self.file), self.file, office) as self.app:
                self.app.engine.post(events.NodeUp(NODE))
                yield self
        finally:
            asterisk.FIRST_SNAPSHOT_S = before

    def caller(self, dialled: str = "6001") -> CallId:
        self.calls += 1
        call = CallId(f"node1/100.{self.calls}")
        self.app.engine.post(events.CallArrived(call, NODE, f"PJSIP/trunk-{self.calls}", dialled, caller="+4930"))
        return call

    async def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
        connector = aiohttp.UnixConnector(path=str(self.app.settings.control))
        async with (
            aiohttp.ClientSession(connector=connector) as session,
            session.request(method, f"http://engine{path}", json=body) as response,
        ):
            return response.status, json.loads(await response.text())

    async def line(self, queue: str) -> list[str]:
        """Who waits there, in order."""
        _, found = await self.ask("GET", "/v1/queues")
        [row] = [row for row in found["queues"] if row["name"] == queue]
        return [contact["contact"] for contact in row["position"]]
