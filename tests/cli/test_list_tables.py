"""Is no number shown that nobody has asked for, and does the way a file is read stand there in words?"""

from __future__ import annotations

from pathlib import Path

import pytest

from cti.cli.list_tables import WORDS, how, shown_row
from cti.lists.importing import Reading, look_at
from cti.lists.judge import Rules, Verdict, judge_row

pytestmark = pytest.mark.unit


def test_a_row_and_its_file(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("phone;name\n+442079460001;Eva\n", encoding="utf-8")
    found = look_at(file, Reading())
    assert {"delimiter": "semicolon", "phone": "phone", "name": "name"}.items() <= how(found).items()
    row = judge_row(1, found.sample[0], found.columns, Rules("", None))
    assert (shown_row(row, False)["numbers"], shown_row(row, True)["numbers"]) == ("+44 ••• ••01", "+442079460001")


def test_every_verdict_has_its_words() -> None:
    assert set(WORDS) == set(Verdict)
