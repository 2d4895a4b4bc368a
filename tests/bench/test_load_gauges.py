"""What is read from /metrics between two looks, and which looks are the peak."""

import pytest

from bench.load_gauges import Sample, peak, quantile_ms, read_metrics, together, total

pytestmark = pytest.mark.unit

TEXT = """# HELP cti_calls_active Contacts in our hands
# TYPE cti_calls_active gauge
cti_calls_active 12.0
cti_queue_waiting{queue="q0"} 3.0
cti_queue_waiting{queue="q1"} 4.0
cti_ami_lag_seconds_bucket{le="0.001"} 10.0
cti_ami_lag_seconds_bucket{le="0.1"} 19.0
cti_ami_lag_seconds_bucket{le="+Inf"} 20.0
cti_ami_lag_seconds_sum 1.5e-05
"""


def test_metrics_are_read_with_and_without_labels() -> None:
    metrics = read_metrics(TEXT)
    assert total(metrics, "cti_calls_active") == 12
    assert total(metrics, "cti_queue_waiting") == 7
    assert total(metrics, "cti_queue_waiting", 'queue="q1"') == 4


def lag(*counts: float) -> dict[tuple[str, str], float]:
    bounds = ("0.001", "0.1", "+Inf")
    return {("cti_lag_bucket", f'le="{bound}"'): count for bound, count in zip(bounds, counts, strict=True)}


def test_a_quantile_is_of_what_came_in_between() -> None:
    before, after = lag(10, 19, 20), lag(20, 119, 120)
    assert quantile_ms(before, after, "cti_lag", 0.05) == pytest.approx(1.0)
    assert quantile_ms(before, after, "cti_lag", 0.99) == pytest.approx(100.0)
    assert quantile_ms(before, before, "cti_lag", 0.99) is None


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
