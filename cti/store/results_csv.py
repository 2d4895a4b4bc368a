"""How are the results of a campaign written as CSV? One line a lead, times as text, nothing a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from cti.spreadsheet import harmless
from cti.store.campaign_results import FIXED, all_results, columns_of
from cti.store.database import Store

Seen = Callable[[dict[str, Any]], dict[str, Any]]

LINES = 500  # in one piece


def csv_of(store: Store, campaign: str, seen: Seen) -> Iterator[str]:
    """Yield the text piece by piece, beginning with the header. `seen`: how whoever asks may see a row. Blocks."""
    extra = columns_of(store, campaign)
    room = io.StringIO()
    writer = csv.writer(room)
    writer.writerow([*FIXED, *map(harmless, extra)])
    for count, row in enumerate(all_results(store, campaign), 1):
        row = seen(row) | {"last_at": _stamp(row["last_at"])}
        cells = [row[name] for name in FIXED] + [row["columns"].get(name) for name in extra]
        writer.writerow(["" if cell is None else harmless(cell) for cell in cells])
        if count % LINES == 0:
            yield _emptied(room)
    yield _emptied(room)


def _emptied(room: io.StringIO) -> str:
    text = room.getvalue()
    room.seek(0)
    room.truncate()
    return text


def _stamp(at: float | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
