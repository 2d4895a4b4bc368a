"""How does a test's engine start at once? As a child of a process that has loaded the program, and begun nothing of it.

To load it takes a second or more of CPU, two hundred times in a run of these tests. All else is as `cti run FILE`: a
process and a session of its own, with its own signals and exit code. Engines from the very beginning: tests/demo,
tests/test_running.py.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[2]
POLL_S = 0.01


class Loaded:
    """The process that has loaded it. Ends with us, and its children with it."""

    def __init__(self) -> None:
        self._one_at_a_time = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.acceptance.loaded"],
            cwd=CHECKOUT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, words: Sequence[str], log: Path) -> Child:
        """`cti WORDS`, which writes to `log`."""
        return Child(self, self.ask(start=list(words), log=str(log), environ=dict(os.environ)))

    def ask(self, **order: Any) -> Any:
        """Have something done, and return its answer."""
        assert self._process.stdin is not None and self._process.stdout is not None
        with self._one_at_a_time:
            print(json.dumps(order), file=self._process.stdin, flush=True)
            return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        """End it."""
        self._process.communicate()


class Child:
    """One engine. As much of subprocess.Popen as its users need."""

    def __init__(self, loaded: Loaded, pid: int) -> None:
        self._loaded, self.pid = loaded, pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None:
            self.returncode = self._loaded.ask(ended=self.pid)
        return self.returncode

    def wait(self, timeout: float) -> int:
        end = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > end:
                raise subprocess.TimeoutExpired(f"cti ({self.pid})", timeout)
            time.sleep(POLL_S)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def _serve() -> None:
    import cti.__main__
    import cti.cli.main
    import cti.joined.turns
    import cti.running
    from cti.demo.children import die_with_parent

    die_with_us = die_with_parent(signal.SIGTERM)
    for line in sys.stdin:
        order = json.loads(line)
        if "start" in order:
            pid = os.fork()
            if pid == 0:
                die_with_us()
                os.environ.clear()
                os.environ.update(order["environ"])
                _become(order["start"], order["log"])
                sys.exit(cti.__main__.main())  # type: ignore[func-returns-value]
            print(pid, flush=True)
        else:
            pid, status = os.waitpid(order["ended"], os.WNOHANG)
            print(json.dumps(os.waitstatus_to_exitcode(status) if pid else None), flush=True)


def _become(words: list[str], log: str) -> None:
    """From here on it is a command of its own."""
    os.setsid()
    nothing, output = os.open(os.devnull, os.O_RDONLY), os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
    for there, here in ((nothing, 0), (output, 1), (output, 2)):
        os.dup2(there, here)
    sys.argv = ["cti", *words]


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        _serve()
