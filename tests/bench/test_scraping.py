"""What is read from /metrics, and between two looks at it."""

import pytest

from bench.scraping import quantile_ms, read_metrics, total

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
