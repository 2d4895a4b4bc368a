"""How does the demo get an Asterisk of its own? By asterisk/lab, as tests and people do; ended with the demo."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from cti.demo.children import die_with_parent
from cti.demo.screen import say
from cti.demo.sipp_town import CONTACT
from cti.demo.stage import DemoFailed
from cti.demo.wishes import CHECKOUT

LAB = CHECKOUT / "asterisk" / "lab"
CANNOT_BE_HAD = 3
DOWN_TIMEOUT_S = 20.0


class NoAsterisk(DemoFailed):
    """No Asterisk can be had on this machine; the text says why."""


async def up(folder: Path, sounds: Path | None = None) -> dict[str, Any]:
    """Start one node, with `sounds` beside its own; the lab's descriptor. Raises NoAsterisk or DemoFailed."""
    await down(folder)  # of a demo that was ended by kill -9 a moment ago
    phones = ("--agent-contact", "{base}.200:5080", "--trunk-contact", CONTACT)
    argv = (*_words(folder), "--json", "up", "1", "--base", "auto", *phones, "--with-parent", str(os.getpid()))
    argv += ("--sounds", str(sounds)) if sounds is not None else ()
    code, output, errors = await _run(argv)
    if code == CANNOT_BE_HAD:
        raise NoAsterisk(errors)
    if code != 0:
        raise DemoFailed(errors or f"asterisk/lab ended with exit code {code}")
    return dict(json.loads(output))


async def down(folder: Path) -> None:
    """End the node, if there is one."""
    if (folder / "lab.json").exists():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(_run((*_words(folder), "down")), DOWN_TIMEOUT_S)


def _words(folder: Path) -> tuple[str, ...]:
    return (sys.executable, str(LAB), "--dir", str(folder))


async def _run(argv: tuple[str, ...]) -> tuple[int, str, str]:
    """Its exit code, its stdout and its last words. Progress goes on to the person who waits."""
    process = await asyncio.create_subprocess_exec(
        *argv,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
        preexec_fn=die_with_parent(signal.SIGINT),
    )
    assert process.stdout is not None and process.stderr is not None
    try:
        output, last = await asyncio.gather(process.stdout.read(), _pass_on(process.stderr))
        code = await process.wait()
        if code == 0:
            _show(last.splitlines())
        return code, output.decode(), last
    except asyncio.CancelledError:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)  # then the lab ends what it has begun to start
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), DOWN_TIMEOUT_S)
        raise


async def _pass_on(errors: asyncio.StreamReader) -> str:
    """Show progress; return what came last, which is the reason where the lab has failed."""
    last: list[str] = []
    while line := (await errors.readline()).decode(errors="replace").rstrip():
        if line.startswith("lab: "):
            _show(last)
            last = [line.removeprefix("lab: ")]
        else:
            last.append(line)
    return "\n".join(last)


def _show(lines: list[str]) -> None:
    for line in lines:
        say(f"  {line}")
