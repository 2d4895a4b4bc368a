"""Does a day leave anything behind? Two virtual days of a busy centre; and is a leak seen?"""

from __future__ import annotations

from collections import deque
from pathlib import Path

import pytest

from bench.soak import BOUNDED, Night, left_behind, look, soak
from bench.soak_centre import SoakCentre
from bench.soak_sizes import keyed, sizes
from cti.model.changes import Changed

pytestmark = pytest.mark.simulation

CALLS, LOOK_S = 120, 900.0
SLACK = 12  # items: what is counted by name (reasons, kinds) may be seen for the first time on the second day


def test_nothing_that_is_over_is_kept_and_the_second_day_is_no_bigger_than_the_first(tmp_path: Path) -> None:
    centre = SoakCentre(tmp_path, calls_a_day=CALLS, look_s=LOOK_S)
    try:
        centre.days(1)
        first = look(centre)
        centre.days(1)
        second = look(centre)
        assert centre.calls > CALLS and centre.history.lost == 0
        assert left_behind([first, second]) == {}
        grown = {path: n - first.items.get(path, 0) for path, n in second.items.items()}
        assert {path: n for path, n in grown.items() if n > SLACK and not path.startswith(BOUNDED)} == {}
        assert not centre.core.contacts and not centre.core.offers
    finally:
        centre.close()


def test_a_leak_is_seen(tmp_path: Path) -> None:
    centre = SoakCentre(tmp_path, calls_a_day=20, look_s=LOOK_S)
    kept: dict[tuple[str, str], int] = {}

    def leaks(changed: Changed) -> None:
        kept[changed.kind, changed.contact or ""] = 1

    centre.readers.append(leaks)
    try:
        for _ in range(2):  # each night it holds more, of the day as many
            centre.ids.clear()
            centre.days(1)
            assert left_behind([Night(0, 0, dict(keyed({"leak": kept}, centre.ids)), {})])["leak"] > 10
    finally:
        centre.close()


def test_a_soak_tells_days_and_growth(tmp_path: Path) -> None:
    found = soak(SoakCentre(tmp_path, calls_a_day=10, look_s=LOOK_S), 1, most_s=60.0)
    assert found["days"] == 1 and found["history_lost"] == 0 and isinstance(found["rss_growth_mib"], float)
    assert len(found["rss_mib"]) == len(found["store_mib"]) == 1


class _Slotted:
    __slots__ = ("by_call",)

    def __init__(self) -> None:
        self.by_call = {"c1": 1, "c2": 2}


def test_containers_are_found_wherever_they_hide() -> None:
    hidden = {("q", "c1"): deque(["c2", "x"])}
    whole = _Slotted()

    def closure() -> object:
        return hidden

    found = keyed({"slots": whole, "inside": [closure]}, {"c1", "c2"})
    assert found == {"slots.by_call": 2, "inside[].hidden": 1, "inside[].hidden[]": 1}
    assert sizes({"slots": whole})["slots.by_call"] == 2


def test_what_is_closed_is_counted_and_not_walked_through() -> None:
    kept = deque([{"c1": 1}, {"c2": 2}])
    assert sizes({"kept": kept, "rest": [[1]]}, {"kept"}) == {"kept": 2, "rest": 1, "rest[]": 1}
    assert keyed({"kept": kept}, {"c1", "c2"}) == {"kept[]": 2} and keyed({"kept": kept}, {"c1"}, {"kept"}) == {}
