"""How do tests delete what is too old? All steps of cti/store/history_retention.py, one portion each."""

from __future__ import annotations

from cti.store.database import Store
from cti.store.history_retention import steps


def sweep(
    store: Store,
    before: float,
    version: str,
    promises_before: float | None = None,
    recorded_before: float | None = None,
) -> int:
    """Return how many rows went of the most."""
    found = steps(store, before, version, promises_before, recorded_before)
    return max(step() for step in found.values())
