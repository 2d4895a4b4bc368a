"""Do levels, means and scores follow from counts as the contract says? Its own examples are the check."""

from __future__ import annotations

import pytest

from cti.figures import derived

pytestmark = pytest.mark.unit

ICMI = {
    "offered": 1060,
    "answered": 1000,
    "abandoned": 60,
    "answered_in_target": 860,
    "abandoned_in_target": 20,
    "short_abandoned": 10,
}


def test_breaks_are_of_the_time_signed_in_and_of_no_occupancy() -> None:
    counts = {"staffed_s": 300.0, "busy_s": 150.0, "break_s": 100.0}
    assert (derived.occupancy(counts), derived.utilisation(counts), derived.shrinkage(counts)) == (0.5, 0.375, 0.25)
    assert (derived.utilisation({}), derived.shrinkage({})) == (None, None)


def test_the_four_levels_of_the_example() -> None:
    found = {name: round(100 * (share or 0), 2) for name, share in derived.levels(ICMI).items()}
    assert found == {"answered": 86.0, "strict": 81.13, "offered": 81.9, "lenient": 83.02}


def test_unknown_is_none() -> None:
    assert set(derived.levels({}).values()) == {None}
    assert (derived.asa_s({}), derived.aht_s({}), derived.occupancy({}), derived.abandon_rate({})) == (None,) * 4


def test_means_and_shares() -> None:
    assert derived.aht_s({"handled": 4}) is None, "they still talk"
    assert derived.aht_s({"handled": 4, "talk_s": 100, "hold_s": 20, "wrapup_s": 40}) == 40
    assert derived.occupancy({"busy_s": 30, "staffed_s": 40}) == 0.75
    assert derived.abandon_rate(ICMI) == pytest.approx(50 / 1050)


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"), [(85, 100, 0.76716, 0.90694), (9, 10, 0.59585, 0.98212), (0, 20, 0.0, 0.16113)]
)
def test_wilson(hits: int, of: int, low: float, high: float) -> None:
    found = derived.score(hits, of)
    assert found.low == pytest.approx(low, abs=5e-6)
    assert found.high == pytest.approx(high, abs=5e-6)
    assert found.weak == (of < 30)


def test_satisfaction_counts_the_upper_two_of_five() -> None:
    found = derived.csat({"1": 10, "3": 10, "4": 15, "5": 15}, (1, 5))
    assert (found.value, found.answers, found.weak) == (0.6, 50, False)
    assert derived.csat({"5": 29}, (1, 5)).weak


def test_promoters_less_detractors() -> None:
    found = derived.nps({"10": 20, "9": 10, "8": 30, "7": 10, "6": 20, "0": 10})
    assert found.value == pytest.approx(0.0)
    assert (found.promoters.value, found.detractors.value) == (0.3, 0.3)
    assert derived.nps({}).value is None
