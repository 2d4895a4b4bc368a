"""Is there one table of figures, and do the documentation and everything that is shown go by it?"""

from __future__ import annotations

from pathlib import Path

import pytest

from cti.metrics import contract
from cti.metrics.live import LiveView
from cti.reports import abandonment, agents, campaigns, queues

from .streams import CENTER, START, Story

pytestmark = pytest.mark.unit

DOCS = Path(__file__).parents[2] / "docs" / "metrics.md"


def test_the_documentation_has_this_table() -> None:
    begin, end = "<!-- figures: from cti/metrics/contract.py -->\n", "<!-- end of figures -->"
    text = DOCS.read_text()
    assert text.partition(begin)[2].partition(end)[0].strip() == contract.table().strip(), (
        "put the output of `python -c 'from cti.metrics import contract; print(contract.table())'` there"
    )
    assert f"Version of these definitions: **{contract.VERSION}**" in text


def test_every_figure_has_its_words() -> None:
    names = [name for _, figures in (*contract._GROUPS, *contract._MORE) for name in (each.name for each in figures)]
    assert len(names) == len(set(names)), "one definition for each name"
    for figure in contract.FIGURES.values():
        assert figure.unit in ("count", "s", "share", "percent", "score", "name", "time", "state")
        assert figure.definition and 1 <= figure.version <= contract.VERSION
    assert contract.definitions()["figures"]["offered"]["unit"] == "count"


def test_reports_show_defined_figures_only() -> None:
    shown = {*queues.FIGURES, *agents.FIGURES, *campaigns.FIGURES, *abandonment.FIGURES}
    assert shown <= contract.FIGURES.keys()


def test_windows_show_defined_figures_only() -> None:
    view = LiveView(CENTER)
    for changed in Story(1).run(20):
        view.apply(changed)
    row = view.snapshot(START + 600)["queues"][0]
    assert {*row["today"], *row["last_15m"], *row["last_60m"]} - {"service_levels"} <= contract.FIGURES.keys()
    assert set(view.snapshot(START)["agents"][0]["today"]) <= contract.FIGURES.keys()
