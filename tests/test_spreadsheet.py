"""Does a spreadsheet see texts where somebody wrote formulas, and numbers where there are numbers?"""

from __future__ import annotations

import pytest

from cti.spreadsheet import harmless

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("cell", ["=HYPERLINK(1)", "+1+cmd|' /C calc'!A0", "-5", "@SUM(1)", "\t=1", "\r=1", "+"])
def test_what_would_be_run_becomes_a_text(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "Ada", "+49 30 123456", "7", 5, -5, 1.5, None])
def test_all_else_stays(cell: object) -> None:
    assert harmless(cell) == cell
