"""How does the lab tell a person what it is doing? On stderr only: stdout belongs to the answer."""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


def say(text: str) -> None:
    """One line for the person who waits."""
    print(f"lab: {text}", file=sys.stderr, flush=True)


def folder_mb(folder: Path) -> float:
    """Size of all files below a folder, in MB (10^6 bytes). Files that vanish meanwhile are left out."""
    total = 0
    for path in folder.rglob("*"):
        try:
            if not path.is_symlink() and path.is_file():
                total += path.stat().st_size
        except OSError:
            continue
    return total / 1e6


@contextmanager
def step(name: str, measure_mb: Callable[[], float] | None = None, every_s: float = 2.0) -> Iterator[None]:
    """Announce a step, show its growing size while it lasts, and its seconds when it is over."""
    began = time.monotonic()
    over = threading.Event()

    def show() -> None:
        while not over.wait(every_s):
            size = f"{measure_mb():.0f} MB, " if measure_mb else ""
            say(f"{name} ... {size}{time.monotonic() - began:.0f} s")

    say(f"{name} ...")
    shower = threading.Thread(target=show, daemon=True)
    shower.start()
    try:
        yield
    finally:
        over.set()
        shower.join()
    size = f"{measure_mb():.0f} MB, " if measure_mb else ""
    say(f"{name}: {size}{time.monotonic() - began:.1f} s")
