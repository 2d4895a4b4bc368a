"""Every option is translated or listed: nothing is dropped silently."""

from __future__ import annotations

from pathlib import Path

import pytest

from cti.importing.options import GONE, QUEUE
from cti.importing.report import Kind
from tests.imported import MEMBERS, ON, checked, imported, sales

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("option", sorted(QUEUE - {"member"}))
def test_every_option_of_a_queue_is_translated_or_listed(tmp_path: Path, option: str) -> None:
    base = f"[sales]\n{MEMBERS}[other]\n"
    rules = "[widen]\npenaltychange => 30,+5\n"
    without = imported(tmp_path, base, rules)
    found = imported(tmp_path, base.replace("[other]", f"{option} = {ON.get(option, 'yes')}\n[other]"), rules)
    before, after = checked(without), checked(found)
    listed = any(line.startswith(f"{option} = ") for lines in found.notes.values() for line in lines)
    assert after != before or listed
    mapped = {"strategy", "timeout", "servicelevel", "wrapuptime", "maxlen", "autopause", "musicclass"}
    assert listed or option in mapped or option.startswith(("announce", "periodic"))


@pytest.mark.parametrize("option", sorted(GONE))
def test_options_of_older_versions_are_listed(tmp_path: Path, option: str) -> None:
    _, found = sales(tmp_path, f"{option} = yes")
    assert any(line.startswith(option) for line in found.notes[Kind.LOST])
