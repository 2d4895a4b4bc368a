"""What holds over all queues."""

from __future__ import annotations

from pathlib import Path

import pytest

from cti.importing.options import GENERAL
from tests.imported import MEMBERS, imported, sales

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("lines", "missed", "rejected", "unreachable", "again_s"),
    [
        ("", 0, 0, 0, 5),
        ("autopause=yes", 1, 0, 0, 5),
        ("autopause=all\nautopausebusy=yes\nautopauseunavail=yes\nretry=9", 1, 1, 1, 9),
        ("autopause=no\nautopausebusy=yes", 0, 0, 0, 5),
    ],
)
def test_missed_offers(
    tmp_path: Path, lines: str, missed: int, rejected: int, unreachable: int, again_s: float
) -> None:
    found = sales(tmp_path, lines)[0].missed_offers
    assert (found.pause_after_missed, found.pause_after_rejected) == (missed, rejected)
    assert (found.pause_after_unreachable, found.not_again_s) == (unreachable, again_s)


@pytest.mark.parametrize("option", sorted(GENERAL))
@pytest.mark.parametrize("value", ["yes", "no"])
def test_every_option_of_general_is_listed(tmp_path: Path, option: str, value: str) -> None:
    found = imported(tmp_path, f"[general]\n{option} = {value}\n[sales]\n{MEMBERS}")
    assert any(
        line.startswith(f"{option} = {value} (queues.conf:2)") for lines in found.notes.values() for line in lines
    )
