"""What callers are told: two timers become one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.imported import sales

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("lines", "first_s", "every_s", "position", "wait", "play"),
    [
        ("announce-frequency=90", 0, 90, True, True, ()),
        ("announce-frequency=90\nannounce-position=no", 0, 90, False, True, ()),
        ("announce-frequency=90\nannounce-holdtime=no", 0, 90, True, False, ()),
        ("announce-frequency=2\nannounce-position=limit\nannounce-holdtime=once", 0, 5, True, True, ()),
        ("periodic-announce-frequency=40", 40, 40, False, False, ("queue-periodic-announce",)),
        (
            "periodic-announce-frequency=40\nperiodic-announce=a,b\nperiodic-announce-startdelay=10",
            10,
            40,
            False,
            False,
            ("a", "b"),
        ),
        ("announce-frequency=90\nperiodic-announce-frequency=40\nperiodic-announce=a", 0, 90, True, True, ("a",)),
    ],
)
def test_announcements(
    tmp_path: Path, lines: str, first_s: float, every_s: float, position: bool, wait: bool, play: tuple[str, ...]
) -> None:
    told = sales(tmp_path, lines)[0].queues["sales"].announce
    assert told is not None
    assert (told.first_after_s, told.every_s, told.position, told.wait) == (first_s, every_s, position, wait)
    assert told.play == play
