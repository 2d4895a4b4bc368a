"""How does a benchmark start its Asterisks, and what do they have to be told? By asterisk/lab, as anybody starts them.

Knows neither engines nor callers.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.processes import CHECKOUT

LAB_S = 300.0
FASTAGI_PORT, HTTP_PORT = 4573, 8470  # of an engine beside a lab
WITHOUT_TIMING = "\nnoload = res_timing_timerfd.so\nnoload = res_timing_pthread.so\n"


@contextmanager
def asterisks(folder: Path, nodes: int, *words: str) -> Iterator[dict[str, Any]]:
    """So many, in a lab in `folder`, for the length of a block; what `asterisk/lab up` says of it."""
    try:
        yield json.loads(run_lab(folder, "up", str(nodes), *words, "--json", "--with-parent", str(os.getpid())))
    finally:
        run_lab(folder, "down")


def run_lab(folder: Path, *words: str) -> str:
    """What `asterisk/lab` answers, of a lab in `folder`. Raises SystemExit where it failed: stderr has said why."""
    argv = [sys.executable, str(CHECKOUT / "asterisk" / "lab"), "--dir", str(folder), *words]
    done = subprocess.run(argv, stdout=subprocess.PIPE, text=True, timeout=LAB_S)
    if done.returncode:
        raise SystemExit(done.returncode)
    return done.stdout


def address_of(node: Mapping[str, Any]) -> dict[str, Any]:
    """Where a node of a lab is, and who we are there, as a configuration says it. The secret is not in it."""
    return {"host": node["host"], "port": node["ami_port"], "username": node["ami_user"]}


def without_timing(node: Mapping[str, Any]) -> None:
    """From its next start on Asterisk has no timing source.

    Music that sends nothing still wakes each waiting channel 50 times a second by it. That is one core for 1,000
    callers [measured], the same on every side, and would be all that is seen. Queues, FastAGI, Dial and bridges of two
    do not need one.
    """
    with (Path(node["config_dir"]) / "modules.conf").open("a") as file:
        file.write(WITHOUT_TIMING)
