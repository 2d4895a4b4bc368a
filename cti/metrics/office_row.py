"""What does the row of an engine say of those it is joined with? Who owns the centre, who could, and of Redis. PURE."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol


class Joined(Protocol):
    """An owner's office (ports.py), or a standby: it has no token."""

    @property
    def token(self) -> int: ...

    @property
    def redis_away_s(self) -> float | None: ...

    @property
    def standbys(self) -> int: ...


class OfficeRow:
    """`owner` is the address at which callers reach this engine, who owns the centre from now on by `clock` (epoch)."""

    def __init__(self, office: Joined, owner: str, clock: Callable[[], float]) -> None:
        self._office, self._clock = office, clock
        self._owner = {"owner": owner, "owner_since": clock(), "token": office.token}
        self._away_since: float | None = None

    def told(self) -> dict[str, Any]:
        """Return the row; it changes when something happens, not because time passes."""
        away_s = self._office.redis_away_s
        if away_s is None:
            self._away_since = None
        elif self._away_since is None:
            self._away_since = self._clock() - away_s
        is_up = self._away_since is None
        return {"up": is_up, "away_since": self._away_since, "standbys": self._office.standbys, **self._owner}
