"""How are the results of a campaign written as CSV? One line a lead, times as text, nothing a spreadsheet would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from cti.store.campaign_results import FIXED, all_results, columns_of
from cti.store.database import Store

LINES = 500  # in one piece
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_of(store: Store, campaign: str, number_as: Callable[[str], str]) -> Iterator[str]:
    """Yield the text piece by piece, beginning with the header. `number_as`: how a number is shown. Blocks."""
    extra = columns_of(store, campaign)
    room = io.StringIO()
    writer = csv.writer(room)
    writer.writerow([*FIXED, *extra])
    for count, row in enumerate(all_results(store, campaign), 1):
        row |= {"number": number_as(row["number"]), "last_at": _stamp(row["last_at"])}
        cells = [row[name] for name in FIXED] + [row["columns"].get(name) for name in extra]
        writer.writerow(["" if cell is None else _harmless(cell) for cell in cells])
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


def _harmless(cell: object) -> object:
    """A cell that a spreadsheet would take for a formula becomes text for it; a number with its + stays one."""
    if not isinstance(cell, str) or not cell.startswith(_FORMULA):
        return cell
    return cell if cell[1:].replace(" ", "").isdigit() and cell.startswith("+") else f"'{cell}"
