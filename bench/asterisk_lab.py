"""How does a benchmark start its Asterisk, and an engine upon it? By asterisk/lab, and as anybody starts one.

Knows neither callers nor what a configuration says.
"""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.processes import CHECKOUT, child

LAB_S = 300.0
READY_S = 30.0
ASK_S = 2.0
WITHOUT_TIMING = "\nnoload = res_timing_timerfd.so\nnoload = res_timing_pthread.so\n"


def run_lab(folder: Path, *words: str) -> str:
    """What `asterisk/lab` answers, of a lab in `folder`. Raises SystemExit where it failed: stderr has said why."""
    argv = [sys.executable, str(CHECKOUT / "asterisk" / "lab"), "--dir", str(folder), *words]
    done = subprocess.run(argv, stdout=subprocess.PIPE, text=True, timeout=LAB_S)
    if done.returncode:
        raise SystemExit(done.returncode)
    return done.stdout


def without_timing(node: Mapping[str, Any]) -> None:
    """From its next start on Asterisk has no timing source.

    Music that sends nothing still wakes each waiting channel 50 times a second by it. That is one core for 1,000
    callers [measured], the same on every side, and would be all that is seen. Queues, FastAGI, Dial and bridges of two
    do not need one.
    """
    with (Path(node["config_dir"]) / "modules.conf").open("a") as file:
        file.write(WITHOUT_TIMING)


@contextmanager
def engine(
    words: list[str], log: Path, missing: Callable[[], str], environ: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[str]]:
    """`python -m words` as soon as nothing is `missing`. Raises SystemExit with the end of its log if it never is."""
    with child(words, log, environ) as process:
        give_up = time.monotonic() + READY_S
        while lacking := missing():
            if process.poll() is not None or time.monotonic() > give_up:
                end = log.read_text(errors="replace")[-2000:]
                raise SystemExit(f"{' '.join(words)} did not become ready ({lacking}); its log ends with\n{end}")
            time.sleep(0.05)
        yield process


def not_ready(address: str) -> str:
    """What /readyz at host:port says is missing; nothing where it is ready."""
    try:
        with urllib.request.urlopen(f"http://{address}/readyz", timeout=ASK_S):
            return ""
    except urllib.error.HTTPError as refused:
        return refused.read().decode(errors="replace")[:500]
    except OSError as problem:
        return type(problem).__name__
