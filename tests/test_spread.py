"""Do the tests with a real Asterisk stay together, and go first?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests import spread

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parent.parent


def test_every_test_with_a_real_asterisk_is_in_one_of_two_rooms() -> None:
    real = re.compile(r"^pytestmark = .*mark\.acceptance|real_asterisk|lab_or_skip", re.M)
    files = [
        str(path.relative_to(ROOT)) for path in (ROOT / "tests").rglob("test_*.py") if real.search(path.read_text())
    ]
    elsewhere = {file for file in files if not file.startswith(tuple(spread.TOGETHER))} - {
        f"tests/{Path(__file__).name}"
    }
    assert not elsewhere, "not in spread.TOGETHER"
    assert {spread.room(file) for file in files if file.startswith(tuple(spread.TOGETHER))} == {
        "calls",
        "other uses of Asterisk",
    }


def test_all_rooms_are_there() -> None:
    for beginning in (*spread.TOGETHER, *spread.LONG):
        assert (ROOT / beginning).exists()


def test_one_file_is_one_room_and_the_long_ones_go_first() -> None:
    tests = [
        "tests/acd/test_agents.py::test_a[1]",
        "tests/theory/test_simulated.py::test_b",
        "tests/acceptance/x.py::c",
    ]
    assert sorted(tests, key=spread.turn) == [tests[2], tests[1], tests[0]]
    assert spread.room(tests[0]) == "tests/acd/test_agents.py"
