"""How is a cell written so that no spreadsheet runs it? For every CSV of ours. PURE."""

from __future__ import annotations

from typing import TypeVar

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # OWASP, CSV injection

T = TypeVar("T")


def harmless(cell: T) -> T | str:
    """Return what a spreadsheet would take for a formula as a text; a number with its + stays one."""
    if not isinstance(cell, str) or not cell.startswith(_FORMULA):
        return cell
    return cell if cell.startswith("+") and cell[1:].replace(" ", "").isdecimal() else f"'{cell}"
