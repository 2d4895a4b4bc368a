"""Has every word of the engine one on the pages, in both languages? (A key that one of them lacks is a type error.)"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cti.metrics.contract import FIGURES
from cti.model.words import Activity, AgentStatus, ContactState, RefusedReason, RingResult, SpyMode
from tests.web.stage import REPOSITORY

pytestmark = pytest.mark.web

FINE = {"answered"}  # how a listening-in may end without a complaint


def keys(file: Path, table: str) -> set[str]:
    """The keys of one table of words; its lines are indented by four."""
    found = re.search(rf"^  {table}: \{{\n(.*?)^  \}},", file.read_text(encoding="utf-8"), re.M | re.S)
    if found is None:  # on one line
        found = re.search(rf"^  {table}: \{{(.*)\}},$", file.read_text(encoding="utf-8"), re.M)
    assert found is not None, table
    return set(re.findall(r"(?:^|[{,\s])'?([a-z_0-9]+)'?: ['\"\x60(]", found[1], re.M))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("page", "table", "needed"),
    [
        ("reports", "columns", set(FIGURES)),
        ("common", "problems", {str(reason) for reason in RefusedReason}),
        ("common", "status", {str(status) for status in AgentStatus}),
        ("common", "activity", {str(activity) for activity in Activity}),
        ("common", "contactState", {str(state) for state in ContactState}),
        ("supervisor", "listeningEnds", {str(result) for result in RingResult} - FINE),
        ("supervisor", "hears", {str(mode) for mode in SpyMode}),
    ],
    ids=["figures", "refusals", "statuses", "activities", "contacts", "listening", "modes"],
)
def test_no_word_of_the_engine_is_shown_as_it_is(language: str, page: str, table: str, needed: set[str]) -> None:
    words = keys(REPOSITORY / "web" / "src" / "words" / language / f"{page}.ts", table)
    assert needed - words == set()
