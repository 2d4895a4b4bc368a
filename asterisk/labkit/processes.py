"""Is this process still the one that we started, and how is it ended? Never by a name, always by pid and start time."""

import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path


def _start_time(pid: int) -> str | None:
    """The start time in clock ticks since boot, or None where there is no such process (a zombie counts as none)."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    fields = text[text.rfind(")") + 2 :].split()  # the name before may hold blanks and parentheses
    return None if fields[0] in "ZX" else fields[19]


@dataclass(frozen=True)
class Process:
    """A process, told apart from a later one with the same pid by its start time (which an exec keeps)."""

    pid: int
    start_time: str

    @classmethod
    def of(cls, pid: int) -> "Process | None":
        start_time = _start_time(pid)
        return cls(pid, start_time) if start_time is not None else None

    @classmethod
    def from_record(cls, record: object) -> "Process | None":
        if isinstance(record, dict) and isinstance(record.get("pid"), int):
            return cls(record["pid"], str(record.get("start_time")))
        return None

    def record(self) -> dict[str, object]:
        return {"pid": self.pid, "start_time": self.start_time}

    def is_alive(self) -> bool:
        return _start_time(self.pid) == self.start_time

    def signal(self, number: signal.Signals) -> None:
        """Send a signal, if it is still this process."""
        if self.is_alive():
            try:
                os.kill(self.pid, number)
            except ProcessLookupError:
                return


def this_process() -> Process:
    found = Process.of(os.getpid())
    return found or Process(os.getpid(), "")


def start_detached(argv: list[str], output: Path, cwd: Path) -> Process:
    """Start a process in a session of its own, so that Ctrl-C of the caller does not reach it."""
    with output.open("ab") as log:
        started = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True, cwd=cwd
        )
    return Process.of(started.pid) or Process(started.pid, "gone")


def end_all(processes: list[Process], patience_s: float = 5.0) -> None:
    """Ask them to end, wait, then kill. Returns when none is left."""
    for number, wait_s in ((signal.SIGTERM, patience_s), (signal.SIGKILL, 2.0)):
        left = [process for process in processes if process.is_alive()]
        for process in left:
            process.signal(number)
        until = time.monotonic() + wait_s
        while any(process.is_alive() for process in left) and time.monotonic() < until:
            time.sleep(0.02)
