"""How does a test run the engine? As its operator does: `cti run FILE` in a process of its own, asked from outside.

Knows the engine only by its file, its control socket, its HTTP port and what it writes.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import yaml

from tests import migrated

from .loaded import Child, Loaded
from .waiting import until

REPOSITORY = Path(__file__).resolve().parents[2]
START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 5.0


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=5.0)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


class EngineProcess:
    """One engine; may be killed and started again with the same file and state."""

    loaded: ClassVar[Loaded | None] = None  # where there is one, engines begin there

    def __init__(self, folder: Path, settings: Mapping[str, Any], program: Sequence[str] = ("cti",)) -> None:
        """`program`: what is run as a module, with its first words."""
        self.folder, self._program = folder, program
        self.file = folder / "center.yaml"
        self.log = folder / "engine.log"
        self.queue_log_file = folder / "queue_log"
        self._control = folder / "cti.ctl"
        settings = {
            "state_dir": str(folder / "state"),
            "control": str(self._control),
            "queue_log": str(self.queue_log_file),
            **settings,
        }
        self._http = str(settings["http"]["listen"])
        self.database = folder / "state" / "cti.db"
        self._settings = settings
        self.rewrite()
        self._process: subprocess.Popen[bytes] | Child | None = None

    def rewrite(self, **changed: Any) -> None:
        """Write the file anew, with other values of the top keys; the engine hears of it by a reload."""
        self._settings = {**self._settings, **changed}
        self.file.write_text(yaml.safe_dump(self._settings, allow_unicode=True, sort_keys=False))

    # --- its life ---------------------------------------------------------------------------------------------------

    def start(self, *, wait: bool = True) -> EngineProcess:
        if "store" not in self._settings and not self.database.exists():
            self.database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            migrated.write(self.database)
        words = ["run", str(self.file)]
        if self.loaded is not None and self._program == ("cti",):
            self._process = self.loaded.start(words, self.log)
        else:
            self._process = self._run(words)
        if wait:
            self.wait_ready()
        return self

    def _run(self, words: Sequence[str]) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", *self._program, *words],
                cwd=REPOSITORY,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_ready(self) -> None:
        until(self._is_ready, "the engine to be ready", START_TIMEOUT_S)

    def _is_ready(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"the engine ended with {self._process.returncode}\n{self.tail()}"
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self.http("/readyz")[0] == 200
        return False

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """kill -9."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(STOP_TIMEOUT_S)

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        if self._process is None or self._process.poll() is not None:
            return 0
        self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the engine did not stop on SIGTERM\n{self.tail()}") from None

    def wait_ended(self) -> int:
        """It ends by itself; the exit code."""
        assert self._process is not None
        return self._process.wait(START_TIMEOUT_S)

    def tail(self, lines: int = 60) -> str:
        """The end of its log."""
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except FileNotFoundError:
            return "(no log)"

    def picture(self) -> str:
        """Everything it believes, for the report of a failure."""
        try:
            return "\n".join(
                f"{name}: {json.dumps(self.part(name))}" for name in ("status", "calls", "agents", "decisions")
            )
        except (OSError, http.client.HTTPException, ValueError) as error:
            return f"does not answer: {type(error).__name__}"

    # --- what it says -----------------------------------------------------------------------------------------------

    def http(self, path: str, timeout_s: float = 5.0) -> tuple[int, str, float]:
        """GET on its TCP port: status, body, seconds."""
        host, _, port = self._http.rpartition(":")
        began = time.monotonic()
        connection = http.client.HTTPConnection(host, int(port), timeout=timeout_s)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode(), time.monotonic() - began
        finally:
            connection.close()

    def ask(self, path: str, method: str = "GET", body: Mapping[str, Any] | None = None) -> tuple[int, Any]:
        """A request to the control socket: status and decoded body."""
        connection = _UnixConnection(self._control)
        try:
            connection.request(method, path, body=None if body is None else json.dumps(body))
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def part(self, name: str) -> Any:
        """queues, agents, calls, decisions or status."""
        return self.ask(f"/v1/{name}")[1][name]

    def agent(self, name: str) -> dict[str, Any]:
        return next(row for row in self.part("agents") if row["id"] == name)

    def queue(self, name: str) -> dict[str, Any]:
        return next(row for row in self.part("queues") if row["name"] == name)

    def waiting(self, queue: str) -> list[str]:
        """The numbers of the callers in line, first to last."""
        return [row["caller"] for row in self.queue(queue)["position"]]

    def do(self, agent: str, action: str, **body: str) -> int:
        """Log in, out, pause ... on behalf of an agent: the HTTP status."""
        return self.ask(f"/v1/agents/{agent}/{action}", "POST", body)[0]

    def reload(self) -> tuple[int, Any]:
        """Ask it to read its file again: status and answer."""
        return self.ask("/v1/reload", "POST", {"by": "tests"})

    def command(self, *words: str) -> str:
        """What `cti WORDS --json` of an operator prints."""
        return subprocess.run(
            [sys.executable, "-m", "cti", *words, "--json", "--control", str(self._control)],
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            timeout=START_TIMEOUT_S,
            check=True,
        ).stdout

    def hang_up_signal(self) -> None:
        """SIGHUP: as `reload`, and the answer is in its log."""
        os.kill(self.pid, signal.SIGHUP)

    def queue_log(self, event: str = "") -> list[list[str]]:
        """The lines of queue_log as fields (of one event)."""
        if not self.queue_log_file.exists():
            return []
        rows = [line.split("|") for line in self.queue_log_file.read_text().splitlines()]
        return [row for row in rows if not event or row[4] == event]

    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None and os.path.exists(f"/proc/{self.pid}")
