"""How does the command line reach the running engine? HTTP on its unix socket; every failure is one clear line.

Knows paths and status codes, nothing of what the answers mean.
"""

from __future__ import annotations

import http.client
import json
import os
import socket as sockets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cti.config import yaml_file
from cti.model.errors import CtiError
from cti.plain_file import read_plain
from cti.typed import typed

ANSWER_TIMEOUT_S = 5.0
FROM_ELSEWHERE = {"control_env", "control_file", "state_dir_env", "state_dir_file"}
STANDBY = "urn:cti:standby"  # what an engine answers everything with that does not own the centre
STORE_AWAY = "urn:cti:store_away"  # what it answers while its database is
CONFIG_PLACES = ("center.yaml", "/etc/cti/center.yaml", "config/center.yaml")  # the last is our example, in a checkout


class NotRunning(CtiError):
    """No engine answers, or none that can; the text says what to do."""


class EngineRefused(CtiError):
    """The engine answered, and not as hoped: `status` is the HTTP status, `body` its JSON."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(f"the engine answered with status {status}")
        self.status, self.body = status, body


def config_file(given: Path | None = None, environ: Mapping[str, str] = os.environ) -> Path:
    """Return the configuration that is meant: the one given, that of CTI_CONFIG, or the first that there is."""
    if given is None and environ.get("CTI_CONFIG"):
        given = Path(environ["CTI_CONFIG"])
    # Not Path.exists: for who may not look where he stands (sudo -u asterisk, in /root) there is nothing here
    return given or next((Path(place) for place in CONFIG_PLACES if os.path.exists(place)), Path(CONFIG_PLACES[0]))


def default_socket(environ: Mapping[str, str] = os.environ) -> Path:
    """Return the control socket where nobody named one: the configuration's, or else ${CTI_STATE:-./var}/cti.ctl."""
    keys = _top_keys(config_file(None, environ))
    if not keys.keys() & FROM_ELSEWHERE:
        state = Path(keys.get("state_dir") or environ.get("CTI_STATE") or "var").expanduser()
        return Path(keys.get("control") or state / "cti.ctl").expanduser()
    from cti.config import settings as config

    settings = config.read(config_file(None, environ), environ, lenient=True).settings
    if settings is not None:
        return settings.control
    return Path(environ.get("CTI_STATE") or "var") / "cti.ctl"


def _top_keys(file: Path) -> dict[str, str]:
    """The words of the file's first level: to read all of it would be most of the time of a command."""
    try:
        tree, _ = yaml_file.read_tree(read_plain(file, yaml_file.MAX_BYTES))
    except (OSError, ValueError):
        return {}
    items = tree.items.items() if isinstance(tree, yaml_file.Mapping) else ()
    return {key: node.text or "" for key, (_, node) in items if isinstance(node, yaml_file.Scalar)}


def ask(
    socket: Path, method: str, path: str, body: dict[str, Any] | None = None, timeout_s: float | None = None
) -> Any:
    """Return the JSON answer of the engine behind `socket`. Raises NotRunning or EngineRefused."""
    timeout_s = ANSWER_TIMEOUT_S if timeout_s is None else timeout_s
    try:
        return _ask(socket, method, path, body, timeout_s)
    except PermissionError:
        raise NotRunning(f"{socket} belongs to another user; run this as the engine's user") from None
    except TimeoutError:
        raise NotRunning(f"the engine at {socket} gave no answer within {timeout_s:g} s") from None
    except (OSError, http.client.HTTPException, json.JSONDecodeError):
        why = "" if socket.exists() else " (there is no such socket)"
        raise NotRunning(
            f'no engine answers at {socket}{why}; start it with "{typed("run")}", or name its socket with --control'
        ) from None


def rows(answer: Any, key: str) -> list[dict[str, Any]]:
    """Return the list in an answer, which is the list itself or stands under `key`."""
    found = answer.get(key, []) if isinstance(answer, dict) else answer
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


class _OnSocket(http.client.HTTPConnection):
    """HTTP on a unix socket. A client of the standard library starts in a fifth of the time that aiohttp needs."""

    def __init__(self, path: Path, timeout_s: float) -> None:
        super().__init__("engine", timeout=timeout_s)
        self._path, self._timeout_s = path, timeout_s

    def connect(self) -> None:
        self.sock = sockets.socket(sockets.AF_UNIX)
        self.sock.settimeout(self._timeout_s)
        self.sock.connect(str(self._path))


def _ask(socket: Path, method: str, path: str, body: dict[str, Any] | None, timeout_s: float) -> Any:
    connection = _OnSocket(socket, timeout_s)
    try:
        content = None if body is None else json.dumps(body)
        connection.request(method, path, content, {"Content-Type": "application/json", "Connection": "close"})
        response = connection.getresponse()
        text = response.read().decode(errors="replace")
    finally:
        connection.close()
    if response.status == 200:
        return json.loads(text)
    try:
        found = json.loads(text)
    except json.JSONDecodeError:
        found = {}
    body = found if isinstance(found, dict) else {}
    if body.get("type") == STANDBY:
        raise NotRunning(str(body.get("detail")))
    if body.get("type") == STORE_AWAY:
        raise NotRunning(str(body.get("detail")))
    raise EngineRefused(response.status, body)
