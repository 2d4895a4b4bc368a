"""How does the demo start other programs so that nothing of them is left? Own sessions, and a signal if we die.

Ctrl-C in the terminal reaches only the demo itself, which then ends the others in the right order. Knows no programs.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1  # prctl(2): the signal that a process gets when its parent dies, also by kill -9
PATIENCE_S = 5.0

_libc = ctypes.CDLL(None, use_errno=True)


class Child:
    """A running program. `await start(...)`, later `await end()`."""

    def __init__(self, name: str, process: asyncio.subprocess.Process) -> None:
        self.name = name
        self.process = process

    @classmethod
    async def start(
        cls,
        name: str,
        argv: Sequence[str],
        *,
        log: Path | None = None,
        environ: Mapping[str, str] | None = None,
        dies_by: signal.Signals = signal.SIGTERM,
    ) -> Child:
        """Start `argv` with stdout and stderr into `log` (None: nowhere). Raises OSError where it cannot be run."""
        with open(log or os.devnull, "ab") as output:  # noqa: ASYNC230 (a local file, opened once)
            process = await asyncio.create_subprocess_exec(
                *argv,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=dict(environ) if environ is not None else None,
                start_new_session=True,
                preexec_fn=die_with_parent(dies_by),
            )
        return cls(name, process)

    @property
    def running(self) -> bool:
        return self.process.returncode is None

    async def end(
        self,
        signals: Sequence[signal.Signals] = (signal.SIGTERM,),
        *,
        apart_s: float = 0.2,
        patience_s: float = PATIENCE_S,
    ) -> None:
        """Send the signals one after the other, wait, and kill what does not end within `patience_s`."""
        for number, sign in enumerate(signals):
            if number and self.running:
                await self._wait(apart_s)
            if self.running:
                self.process.send_signal(sign)
        if not await self._wait(patience_s) and self.running:
            self.process.kill()
            await self.process.wait()

    async def _wait(self, seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.process.wait(), seconds)
            return True
        return False


def die_with_parent(sign: signal.Signals) -> Callable[[], None]:
    """Return what a child does between fork and exec, so that a demo ended by kill -9 leaves nothing behind."""
    parent = os.getpid()

    def ask() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, int(sign), 0, 0, 0)
        if os.getppid() != parent:  # it died before we asked
            os._exit(1)

    return ask
