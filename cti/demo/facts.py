"""What does the screen show besides the engine's snapshot? Words without logic."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Facts:
    """Seconds are of the demo's own clock. `age_s`: how old the snapshot is; None where there was none yet."""

    title: str
    up_s: float
    left_s: float | None = None
    age_s: float | None = None
    join: tuple[str, ...] = ()
    note: str = ""
    called: str = ""  # of callbacks and campaigns; empty where there are none
