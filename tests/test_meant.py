"""A contact is found by its whole id first, or else by any part of one; by the same rule everywhere."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kit import Scene, center
from store.test_history_looks import remembered

from cti.meant import meant

pytestmark = pytest.mark.unit

ROWS = [
    {"contact": "node1/17.1", "call": "node1/17.1"},
    {"contact": "node1/17.10", "call": "node2/18.4"},
    {"contact": "node1/9.17", "call": None},
]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("node1/17.1", ["node1/17.1"]),
        ("17.1", ["node1/17.1"]),
        ("18.4", ["node1/17.10"]),
        ("8.4", ["node1/17.10"]),
        ("17", ["node1/17.1", "node1/17.10", "node1/9.17"]),
        ("7.10", ["node1/17.10"]),
        ("/9", ["node1/9.17"]),
        ("NODE1", []),
        ("%", []),
        ("", []),
    ],
)
def test_the_whole_id_goes_before_a_part(asked: str, found: list[str]) -> None:
    assert [row["contact"] for row in meant(asked, ROWS)] == found


@given(st.lists(st.text("a1./", min_size=1), unique=True, min_size=1), st.data())
def test_a_whole_id_is_always_found_and_nothing_that_has_no_part_of_it(ids: list[str], data: st.DataObject) -> None:
    rows = [{"contact": each, "call": each} for each in ids]
    asked = data.draw(st.sampled_from(ids))
    assert {"contact": asked, "call": asked} in meant(asked, rows)
    part = data.draw(st.text("a1./"))
    assert all(part in row["contact"] for row in meant(part, rows))


@pytest.mark.parametrize("asked", ["c1", "C1", "1", "ode1/c1", "c", "node1/c10", "_", "zzz"])
def test_the_history_finds_whom_the_lists_find(asked: str, tmp_path: Path) -> None:
    scene = Scene(center({"sales": {}}))
    for name in ("c1", "c10", "d1"):
        scene.arrive(name)
        scene.wait(1)
    with remembered(tmp_path, scene) as history:
        everybody = history.contacts()
        assert [row["contact"] for row in history.find(asked)] == [row["contact"] for row in meant(asked, everybody)]
