"""When does an agent of the demo leave his desk, and when does he come back? Seeded. PURE.

Who was paused by the engine (he missed too many calls) comes back the same way: by a feature code on his phone.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

PAUSE, UNPAUSE = "*131", "*14"  # *13 and the digit of a break in center.yaml
PAUSE_EVERY_S, AWAY_S = (20.0, 45.0), (10.0, 22.0)


class Errand(NamedTuple):
    """An agent dials a feature code on his phone."""

    agent: str
    number: str
    code: str


class Breaks:
    """Ask `due` about once a second; `now` is any clock in seconds."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._next_pause_at: float | None = None
        self._back_at: dict[str, float] = {}

    def due(self, now: float, agents: Sequence[Mapping[str, Any]]) -> list[Errand]:
        """Return who dials what at this moment. `agents`: rows of the live view."""
        away = {row["id"]: row for row in agents if row["status"] == "on_break"}
        for agent in [*self._back_at]:
            if agent not in away:
                del self._back_at[agent]
        errands = []
        for agent, row in away.items():
            back_at = self._back_at.setdefault(agent, now + self._chance.uniform(*AWAY_S))
            if now >= back_at and not row.get("engaged"):
                self._back_at[agent] = now + AWAY_S[0]  # should this call fail, he tries again
                errands.append(Errand(agent, _number(row), UNPAUSE))
        if self._next_pause_at is None:
            self._next_pause_at = now + self._chance.uniform(*PAUSE_EVERY_S)
        idle = [row for row in agents if _is_free(row)]
        if now >= self._next_pause_at and idle and not away:
            self._next_pause_at = now + self._chance.uniform(*PAUSE_EVERY_S)
            tired = self._chance.choice(idle)
            errands.append(Errand(tired["id"], _number(tired), PAUSE))
        return errands


def _is_free(row: Mapping[str, Any]) -> bool:
    return row["status"] == "available" and row["activity"] in ("idle", "wrapup") and not row.get("engaged")


def _number(row: Mapping[str, Any]) -> str:
    return str(row.get("phone") or "").partition("/")[2]
