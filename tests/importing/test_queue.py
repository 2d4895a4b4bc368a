"""The options of one queue, each by a table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cti.importing.report import Kind
from tests.imported import sales

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("lines", "key", "value"),
    [
        ("", "strategy", "ring_all"),
        ("strategy=ringall", "strategy", "ring_all"),
        ("strategy = leastrecent", "strategy", "longest_idle"),
        ("strategy => fewestcalls", "strategy", "fewest_contacts"),
        ("strategy=random", "strategy", "weighted_random"),
        ("strategy=wrandom", "strategy", "weighted_random"),
        ("strategy=RRMemory", "strategy", "round_robin"),
        ("strategy=rrordered", "strategy", "round_robin"),
        ("strategy=linear", "strategy", "linear"),
        ("strategy=linear\nstrategy=random", "strategy", "weighted_random"),  # the last one counts
        ("", "ring_timeout_s", 15),
        ("timeout=25", "ring_timeout_s", 25),
        ("timeout=0", "ring_timeout_s", 300),
        ("timeout=900", "ring_timeout_s", 300),
        ("wrapuptime=12", "wrap_up_s", 12),
        ("servicelevel=45", "target_s", 45),
        ("servicelevel=45", "urgency_target_s", None),
        ("maxlen=7", "max_waiting", 7),
        ("maxlen=0", "max_waiting", None),
        ("musicclass=jazz", "music", "jazz"),
        ("musiconhold=jazz", "music", "jazz"),
        ("joinempty=yes\nleavewhenempty=no", "on_nobody", None),
        ("joinempty=inuse", "on_nobody", None),
        ("announce-frequency=0\nannounce-position=yes", "announce", None),
        ("penaltymemberslimit=1", "max_penalty", 1000),
    ],
)
def test_an_option_becomes_a_key(tmp_path: Path, lines: str, key: str, value: Any) -> None:
    assert getattr(sales(tmp_path, lines)[0].queues["sales"], key) == value


@pytest.mark.parametrize("lines", ["joinempty=no", "joinempty=strict", "leavewhenempty=yes", "leavewhenempty=loose"])
def test_empty_queues_turn_callers_away(tmp_path: Path, lines: str) -> None:
    found, report = sales(tmp_path, lines)
    assert found.queues["sales"].on_nobody is not None
    assert any("became on_nobody" in line for line in report.notes[Kind.DIFFERS])
