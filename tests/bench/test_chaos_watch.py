"""The watch of chaos: what the engine believes otherwise than the phones is named, and nothing else."""

from __future__ import annotations

import pytest

from bench.chaos_plan import Kind
from bench.chaos_table import Episode, table
from bench.chaos_watch import Belief, differences

pytestmark = pytest.mark.unit


def belief(**otherwise: object) -> Belief:
    said = {
        "ready": True,
        "nodes": {"node1": "up"},
        "callers": frozenset({"1", "2"}),
        "doubled": (),
        "agents": {"1001": ("available", "talking"), "1002": ("available", "idle"), "1003": ("available", "dialling")},
        "waiting": {},
        "bugs": 0,
    } | otherwise
    return Belief(**said)  # type: ignore[arg-type]


PHONES = {"1001": True, "1002": False, "1003": True}


def test_of_one_mind() -> None:
    assert differences(belief(), {"1", "2"}, {"9"}, PHONES) == []
    assert differences(belief(), {"1"}, set(), PHONES | {"1003": False}) == [], "he may be called for, or wait for it"


@pytest.mark.parametrize(
    ("otherwise", "said"),
    [
        ({"ready": False}, "not ready"),
        ({"nodes": {"node1": "down"}}, "node1 is down"),
        ({"callers": frozenset({"1"})}, "1 callers are not known"),
        ({"callers": frozenset({"1", "2", "9"})}, "1 who have gone are still there"),
        ({"doubled": ("1",)}, "1 are there twice"),
        ({"agents": {"1001": ("available", "idle"), "1002": ("available", "wrapup")}}, "agent 1001 is idle"),
    ],
)
def test_what_is_believed_otherwise(otherwise: dict[str, object], said: str) -> None:
    found = differences(belief(**otherwise), {"1", "2"}, {"9"}, {"1001": True, "1002": False})
    assert len(found) == 1 and found[0].startswith(said)


def test_no_answer() -> None:
    assert differences(None, {"1"}, set(), {}) == ["the engine does not answer"]


def test_the_table_has_a_row_for_each_kind_that_came() -> None:
    episodes = [
        Episode(Kind.AMI_CUT, 10.0, 12.0, 30, 0, 0, 1.0, 0),
        Episode(Kind.AMI_CUT, 20.0, 24.0, 32, 0, 1, None, 0),
        Episode(Kind.ENGINE_KILL, 30.0, 33.0, 30, 0, 0, 2.5, 1),
    ]
    assert table(episodes).splitlines()[2:] == [
        "| engine killed | 1 | 3.0 to 3.0 | 30 | 0 | 0 | 2.5 | 2.5 | BROKEN |",
        "| AMI cut | 2 | 2.0 to 4.0 | 31 | 0 | 1 | 1.0 | 1.0, never 1 | kept |",
    ]
