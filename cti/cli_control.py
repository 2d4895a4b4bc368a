"""How does the command line reach the running engine? HTTP on its unix socket; every failure is one clear line.

Knows paths and status codes, nothing of what the answers mean.
"""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import aiohttp

from cti.model.errors import CtiError
from cti.typed import typed

ANSWER_TIMEOUT_S = 5.0


class NotRunning(CtiError):
    """No engine answers; the text says what to do."""


class EngineRefused(CtiError):
    """The engine answered, and not as hoped: `status` is the HTTP status, `body` its JSON."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(f"the engine answered with status {status}")
        self.status, self.body = status, body


def default_socket(environ: dict[str, str] | None = None) -> Path:
    """Return the socket path where nobody named another: ${CTI_STATE:-./var}/cti.ctl."""
    return Path((environ or os.environ).get("CTI_STATE") or "var") / "cti.ctl"


def ask(socket: Path, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """Return the JSON answer of the engine behind `socket`. Raises NotRunning or EngineRefused."""
    try:
        return asyncio.run(_ask(socket, method, path, body))
    except PermissionError:
        raise NotRunning(f"{socket} belongs to another user; run this as the engine's user") from None
    except TimeoutError:
        raise NotRunning(f"the engine at {socket} gave no answer within {ANSWER_TIMEOUT_S:g} s") from None
    except (OSError, aiohttp.ClientError, json.JSONDecodeError) as error:
        if isinstance(error.__cause__, PermissionError) or getattr(error, "errno", None) == 13:
            raise NotRunning(f"{socket} belongs to another user; run this as the engine's user") from None
        why = "" if socket.exists() else " (there is no such socket)"
        raise NotRunning(
            f'no engine answers at {socket}{why}; start it with "{typed("run")}", or name its socket with --control'
        ) from None


def rows(answer: Any, key: str) -> list[dict[str, Any]]:
    """Return the list in an answer, which is the list itself or stands under `key`."""
    found = answer.get(key, []) if isinstance(answer, dict) else answer
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


async def _ask(socket: Path, method: str, path: str, body: dict[str, Any] | None) -> Any:
    timeout = aiohttp.ClientTimeout(total=ANSWER_TIMEOUT_S)
    connector = aiohttp.UnixConnector(path=str(socket))
    async with (
        aiohttp.ClientSession(connector=connector, timeout=timeout) as session,
        session.request(method, f"http://engine{path}", json=body) as response,
    ):
        text = await response.text()
        if response.status == 200:
            return json.loads(text)
        try:
            content = json.loads(text)
        except json.JSONDecodeError:
            content = {}
        raise EngineRefused(response.status, content if isinstance(content, dict) else {})
