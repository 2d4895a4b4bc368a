"""How does the demo's list come into its campaign? By `cti list import`, as any list; before the engine starts."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path

from cti.demo.calling import list_csv
from cti.demo.children import Child
from cti.demo.stage import DemoFailed

MOST_S = 60.0


async def take_over(campaign: str, config: Path, folder: Path, environ: Mapping[str, str]) -> None:
    """Write the list and take it over into the store of `config`. Raises DemoFailed."""
    file, log = folder / f"{campaign}.csv", folder / "list.log"
    file.write_text(list_csv(), encoding="utf-8")
    words = ("list", "import", str(file), "--campaign", campaign, "--region", "GB", "--config", str(config))
    child = await Child.start("list", (sys.executable, "-m", "cti", *words), log=log, environ=environ)
    try:
        await asyncio.wait_for(child.process.wait(), MOST_S)
    except TimeoutError:
        raise DemoFailed(f"the list of {campaign} took longer than {MOST_S:.0f} s; see {log}") from None
    finally:
        await child.end()
    if child.process.returncode:
        raise DemoFailed(f"the list of {campaign} was not taken over; see {log}")
