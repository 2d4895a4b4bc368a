"""How does the demo see what the engine does? Through its control socket, as `cti queue show` does."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from types import TracebackType
from typing import Any

import aiohttp

from cti.demo.stage import DemoFailed

PARTS = ("queues", "agents", "calls", "decisions", "status")
CALLED = {"callbacks": "callbacks?all=1&limit=1000", "campaigns": "campaigns"}
TIMEOUT_S = 2.0


class Watch:
    """`async with Watch(socket) as watch`: then `await watch.look()` as often as wanted."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket
        self._session: aiohttp.ClientSession | None = None
        self.snapshot: dict[str, Any] = {}
        self.looked_at: float | None = None  # loop time of the newest snapshot
        self.called: dict[str, list[dict[str, Any]]] = {"callbacks": [], "campaigns": []}

    async def __aenter__(self) -> Watch:
        connector = aiohttp.UnixConnector(path=str(self._socket))
        self._session = aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=TIMEOUT_S))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()

    async def look(self) -> bool:
        """Renew `snapshot`; False, and the old one stays, where the engine does not answer."""
        assert self._session is not None, "enter first"
        try:
            answers = [await self._get(part) for part in PARTS]
        except (OSError, aiohttp.ClientError, TimeoutError, json.JSONDecodeError):
            return False
        self.snapshot = {
            "at": answers[-1]["at"],
            **{part: found[part] for part, found in zip(PARTS, answers, strict=True)},
        }
        self.looked_at = asyncio.get_running_loop().time()
        return True

    async def look_out(self) -> bool:
        """Renew who was to be called; False, and the old rows stay, where the engine does not answer."""
        try:
            answers = {part: await self._get(path) for part, path in CALLED.items()}
        except (OSError, aiohttp.ClientError, TimeoutError, json.JSONDecodeError):
            return False
        self.called = {part: answer.get(part, []) for part, answer in answers.items()}
        return True

    async def begin(self, campaign: str) -> None:
        """Start `campaign`. Raises DemoFailed."""
        assert self._session is not None, "enter first"
        address = f"http://engine/api/v1/campaigns/{campaign}/start"
        try:
            async with self._session.post(address, json={"by": "demo"}) as response:
                if response.status != 200:
                    raise DemoFailed(f"the engine does not start the campaign {campaign}: {await response.text()}")
        except (OSError, aiohttp.ClientError, TimeoutError) as error:
            raise DemoFailed(f"the engine does not start the campaign {campaign}: {type(error).__name__}") from None

    def age_s(self) -> float | None:
        """Seconds since the newest snapshot; None before the first."""
        return None if self.looked_at is None else asyncio.get_running_loop().time() - self.looked_at

    def live_numbers(self) -> frozenset[str]:
        """The numbers of the callers that the engine knows now."""
        return frozenset(str(call["caller"]) for call in self.snapshot.get("calls", ()) if call.get("caller"))

    async def _get(self, part: str) -> dict[str, Any]:
        assert self._session is not None
        async with self._session.get(f"http://engine/api/v1/{part}") as response:
            found: dict[str, Any] = await response.json()
            return found
