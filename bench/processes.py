"""What does a benchmark of several processes need? Children that end with it, their CPU and memory, free ports.

Knows /proc (Linux) and nothing of calls. Everything listens on loopback.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HOST = "127.0.0.1"
CHECKOUT = Path(__file__).resolve().parent.parent
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
END_S = 60.0  # a profiled engine on a busy machine; one that is killed leaves no profile


class Line:
    """A child of ours that answers in lines of JSON."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, word: str) -> dict[str, Any]:
        """Say a word, and return the answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()
        return self.read()

    def read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("a part of the benchmark ended by itself; its words are above")
        found: dict[str, Any] = json.loads(line)
        return found


@contextlib.contextmanager
def child(words: list[str], log: Path | None = None) -> Iterator[subprocess.Popen[str]]:
    """`python -m words` from this checkout, ended on the way out. Its words go to `log`, or else through pipes."""
    environ = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    with contextlib.ExitStack() as stack:
        out = subprocess.PIPE if log is None else stack.enter_context(log.open("w"))
        errors = None if log is None else subprocess.STDOUT
        process = subprocess.Popen(
            [sys.executable, "-m", *words], cwd=CHECKOUT, env=environ, stdin=subprocess.PIPE, stdout=out, stderr=errors,
            text=True,
        )  # fmt: skip
        try:
            yield process
        finally:
            assert process.stdin is not None
            with contextlib.suppress(OSError):
                process.stdin.close()
            process.terminate()
            try:
                process.wait(END_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def cpu_s(pid: int) -> float:
    """User and system time so far: proc_pid_stat(5), fields 14 and 15."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


def loop_cpu_s(pid: int) -> float:
    """The same of its first thread alone: an engine's event loop, without the threads that write."""
    fields = Path(f"/proc/{pid}/task/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


def resident_bytes(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def free_ports(count: int) -> list[int]:
    held = [socket.create_server((HOST, 0)) for _ in range(count)]
    ports = [sock.getsockname()[1] for sock in held]
    for sock in held:
        sock.close()
    return ports


def say(text: str) -> None:
    """For the person who waits."""
    print(text, file=sys.stderr, flush=True)
