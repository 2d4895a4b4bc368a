"""What do the demo's flows need beside engine and Asterisk? Their prompts on a shelf, and the shop that they ask.

The shelf stays from one demo to the next, and what was made once is in the cache: only the first demo has to wait.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from cti.demo.calling import OFFERS
from cti.demo.children import Child
from cti.demo.screen import say
from cti.demo.wishes import CHECKOUT

SHELF = "sounds"
OURS = ("en/cti", "en/custom", "zh")  # asterisk/lab links what is there when it starts
SHOP_PORT = 8490
QUICK_S = 3.0  # whoever waits longer is told for what
MOST_S = 300.0


def shelf(folder: Path) -> Path:
    """Where the prompts of the demo in `folder` are; made, so that Asterisk can be shown it before they are."""
    place = folder / SHELF
    for part in OURS:
        (place / part).mkdir(parents=True, exist_ok=True)
    return place


def offers(tree: Mapping[str, Any], config: Path) -> tuple[str, ...]:
    """The queues of `tree`, which is written in `config`, whose callers can be offered a callback."""
    folder = config.parent / str((tree.get("flows") or {}).get("folder") or "")
    queues = tree.get("queues") or {}
    return tuple(queue for queue, flow in OFFERS.items() if queue in queues and (folder / f"{flow}.yaml").exists())


async def build(config: Path, place: Path, log: Path, stack: AsyncExitStack) -> bool:
    """Make what is missing of the prompts of `config`; False, and it is said why, where nobody can speak them."""
    argv = (sys.executable, "-m", "cti", "prompts", "build", str(config.parent), "--to", str(place))
    builder = await Child.start("prompts", argv, log=log, environ=_environ())
    stack.push_async_callback(builder.end)
    try:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(builder.process.wait(), QUICK_S)
        if builder.running:
            say("Putting the prompts of the flows in place (half a minute where they are made for the first time) ...")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(builder.process.wait(), MOST_S)
    finally:
        await builder.end()
    if builder.process.returncode == 0:
        return True
    say(f"No prompts, so callers go straight to the queues: {_last(log)}")
    return False


async def shop(host: str, port: int, log: Path, stack: AsyncExitStack) -> str:
    """Start the sample backend; its address, where it is a moment later."""
    argv = (sys.executable, "-m", "cti", "sample-backend", "--host", host, "--port", str(port))
    stack.push_async_callback((await Child.start("shop", argv, log=log, environ=_environ())).end)
    return f"http://{host}:{port}/api"


def _environ() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (str(CHECKOUT), os.environ.get("PYTHONPATH"))))}


def _last(log: Path) -> str:
    with contextlib.suppress(OSError):
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1] if lines else "the voice said nothing"
    return "there is no log"
