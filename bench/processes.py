"""What does a benchmark need of its machine? Children that end with it, their CPU and memory.

Knows /proc (Linux) and nothing of calls. Everything listens on loopback.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from bench.saying import say
from cti.demo.children import die_with_parent

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
def child(
    words: list[str], log: Path | None = None, environ: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[str]]:
    """`python -m words` from this checkout, ended on the way out. Its words go to `log`, or else through pipes.

    `environ` is what it has besides ours.
    """
    environ = {**os.environ, "PYTHONPATH": str(CHECKOUT), **(environ or {})}
    with contextlib.ExitStack() as stack:
        out = subprocess.PIPE if log is None else stack.enter_context(log.open("a"))
        errors = None if log is None else subprocess.STDOUT
        process = subprocess.Popen(
            [sys.executable, "-m", *words], cwd=CHECKOUT, env=environ, stdin=subprocess.PIPE, stdout=out, stderr=errors,
            text=True, start_new_session=True, preexec_fn=die_with_parent(signal.SIGTERM),
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


def cpu_s(pid: int, *, with_children: bool = False) -> float:
    """User and system time so far: proc_pid_stat(5), fields 14 and 15; of ended and awaited children 16 and 17."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(field) for field in fields[11 : 15 if with_children else 13]) / TICKS_PER_S


def loop_cpu_s(pid: int) -> float:
    """The same of its first thread alone: an engine's event loop, without the threads that write."""
    fields = Path(f"/proc/{pid}/task/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


def cores(pid: int, seconds: float) -> float:
    """How many cores it uses, on average over the next `seconds`."""
    spent_s, began = cpu_s(pid), time.monotonic()
    time.sleep(seconds)
    return (cpu_s(pid) - spent_s) / (time.monotonic() - began)


def resident_bytes(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def end_on_sigterm() -> None:
    """SIGTERM ends the task that runs now, as Ctrl-C does."""
    task = asyncio.current_task()
    assert task is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)


@contextlib.contextmanager
def told_if_ended(*told: type[Exception]) -> Iterator[None]:
    """A block that somebody ends, or in which a program of ours fails (or `told`), ends with a line and SystemExit."""
    try:
        yield
    except (KeyboardInterrupt, asyncio.CancelledError):
        say("ended before it was done")
        raise SystemExit(130) from None
    except (*told, subprocess.SubprocessError) as problem:
        say(f"{type(problem).__name__}: {problem}")
        raise SystemExit(1) from None
