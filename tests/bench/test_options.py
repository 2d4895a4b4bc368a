"""Does `--help` of every benchmark say what each option is?"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

ROOM = Path(__file__).resolve().parents[2] / "bench"


def options(file: Path) -> list[tuple[str, set[str]]]:
    """Each option of a file, and which words say what it is."""
    calls = [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)]
    added = [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "add_argument"]
    return [(ast.unparse(call.args[0]), {str(each.arg) for each in call.keywords}) for call in added]


def test_every_option_that_a_person_may_leave_away_has_its_line() -> None:
    found = {file.name: options(file) for file in ROOM.glob("*.py")}
    assert sum(map(len, found.values())) > 60
    silent = {
        (file, name) for file, all_of in found.items() for name, said in all_of if not said & {"help", "required"}
    }
    assert not silent
