"""Which looks are the peak, and what several engines are in one look."""

import pytest

from bench.load_gauges import Sample, peak, together

pytestmark = pytest.mark.unit


def look(at: float, asterisk: int, engine: int) -> Sample:
    return Sample(at, asterisk, engine, 0, 0.0, 0, 0.0, {})


def test_the_peak_is_where_both_count_enough() -> None:
    looks = [look(1, 9, 9), look(2, 10, 9), look(3, 10, 10), look(4, 11, 12), look(5, 10, 11), look(6, 9, 10)]
    found = peak(looks, 10)
    assert found is not None
    assert [sample.at for sample in found] == [3, 5]
    assert peak(looks[:3], 10) is None


def test_several_engines_are_one_look() -> None:
    both = together([look(1, 10, 9), Sample(2, 20, 21, 3, 0.5, 7, 1.5, {("cti_calls_active", ""): 21.0})])
    assert both == Sample(2, 30, 30, 3, 0.5, 7, 1.5, {("cti_calls_active", ""): 21.0})
    assert together([look(1, 10, 9), Sample(2, None, 21, 0, 0.0, 0, 0.0, {})]).asterisk is None
