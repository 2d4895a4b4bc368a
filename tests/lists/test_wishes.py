"""Is a register read in whatever form it comes?"""

from __future__ import annotations

from pathlib import Path

import pytest

from cti.lists.importing import Reading
from cti.lists.wishes import look_at_wishes, read_wishes
from cti.model.errors import ConfigError

pytestmark = pytest.mark.unit


def read(tmp_path: Path, text: str, region: str | None = "GB") -> list[tuple[int, str, bool]]:
    file = tmp_path / "register.csv"
    file.write_text(text, encoding="utf-8")
    reading = Reading(region)
    found = look_at_wishes(file, reading)
    return [(wish.line, wish.pattern, bool(wish.fault)) for wish in read_wishes(file, found, reading)]


@pytest.mark.parametrize(
    "text",
    [
        "+442079460001\n+4421*\n",
        "phone\n02079460001\n+4421*\n",
        'id;"Tel."\n7;020 7946 0001\n8;+44 21*\n',
        "+442079460001,x\n+4421*,y\n",
    ],
)
def test_plain_lines_and_tables(tmp_path: Path, text: str) -> None:
    assert [pattern for _, pattern, _ in read(tmp_path, text)] == ["+442079460001", "+4421*"]


def test_a_pattern_may_come_first(tmp_path: Path) -> None:
    assert read(tmp_path, "+4421*\nnonsense\n") == [(1, "+4421*", False), (2, "", True)]


def test_a_file_without_numbers_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no column has numbers"):
        read(tmp_path, "a,b\nc,d\n")
    with pytest.raises(ConfigError, match="nothing in it"):
        read(tmp_path, "")
