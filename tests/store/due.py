"""Due leads, taken and committed at once, as tests of the store want them."""

from __future__ import annotations

from collections.abc import Collection

from cti.store.database import Store
from cti.store.leads import Lead, take_due


def next_due(
    store: Store, campaign: str, now: float, limit: int, zones: Collection[tuple[str, ...]] | None = None
) -> list[Lead]:
    with store.engine.begin() as connection:
        return take_due(connection, campaign, now, limit, zones)
