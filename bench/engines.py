"""How does a benchmark start an engine as anybody starts one, and when is it ready?

Knows neither callers nor what a configuration says.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bench.processes import child

READY_S = 30.0
LOOK_S = 0.05
TAIL_CHARACTERS = 2000


@contextmanager
def engine(
    words: list[str],
    log: Path,
    missing: Callable[[], str],
    environ: Mapping[str, str] | None = None,
    *,
    patience_s: float = READY_S,
) -> Iterator[subprocess.Popen[str]]:
    """`python -m words` as soon as nothing is `missing`. Raises SystemExit with the end of its log if it never is."""
    with child(words, log, environ) as process:
        give_up = time.monotonic() + patience_s
        while lacking := missing():
            if process.poll() is not None or time.monotonic() > give_up:
                said = f"{' '.join(words)} did not become ready ({lacking}); its log ends with"
                raise SystemExit(f"{said}\n{tail(log)}")
            time.sleep(LOOK_S)
        yield process


def tail(log: Path) -> str:
    """The end of a log."""
    return log.read_text(errors="replace")[-TAIL_CHARACTERS:]
