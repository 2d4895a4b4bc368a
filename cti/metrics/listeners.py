"""Who listens to which talk right now, and what came of it? Rows for the boards, out of the stream of facts. PURE.

One that is over stays for a while: whoever asked for it has to be told when his phone could not be reached.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cti.model.changes import Changed, Kind
from cti.model.words import SpyState

SHOWN_S = 20.0
"""How long one that is over is still told of."""


class Listeners:
    """The rows. `apply` is a ports.Reader."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[str, Any]] = {}
        self._ended_at: dict[str, float] = {}

    def apply(self, changed: Changed) -> None:
        """Take in one fact. Never raises, never blocks."""
        if changed.kind is not Kind.SPY:
            return
        if not changed.old:
            self._rows[changed.id] = {
                "spy": changed.id,
                "mode": changed.reason or "",
                "state": changed.new,
                "since": changed.at,
                "contact": changed.contact,
                "agent": changed.agent,
                "queue": changed.queue,
                "by": changed.by or "",
                "result": "",
            }
        elif changed.id in self._rows:
            over = changed.new == SpyState.ENDED
            news = {"state": changed.new, "since": changed.at, "result": (changed.reason or "") if over else ""}
            self._rows[changed.id] = self._rows[changed.id] | news
            if over:
                self._forget(changed.at)  # nobody may be looking
                self._ended_at[changed.id] = changed.at

    def rows(self, now: float) -> dict[str, Mapping[str, Any]]:
        """Return them by their ids, at `now` (epoch seconds); what was over long ago is forgotten."""
        self._forget(now)
        return dict(self._rows)

    def _forget(self, now: float) -> None:
        for spy in [spy for spy, at in self._ended_at.items() if not 0 <= now - at < SHOWN_S]:
            del self._ended_at[spy], self._rows[spy]
