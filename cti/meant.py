"""Which contact is meant by what a person typed? One rule for those who wait and those of the history. PURE."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

Row = TypeVar("Row", bound=Mapping[str, Any])

IN_WORDS = "its id, its call's id or Uniqueid, or any part that only this one has"


def meant(asked: str, rows: Iterable[Row]) -> list[Row]:
    """Return the rows (`contact`, `call`) whose id is `asked`, or a whole Uniqueid; or else those that have it in one.

    In the order of `rows`. Capitals matter: an id is no word.
    """
    known = [(row, tuple(str(row.get(key) or "") for key in ("contact", "call"))) for row in rows]
    whole = [row for row, ids in known if asked and any(asked in (each, each.partition("/")[2]) for each in ids)]
    return whole or [row for row, ids in known if asked and any(asked in each for each in ids)]
