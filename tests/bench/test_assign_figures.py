"""The arithmetic of bench.assign: CPU, and above all what counts as passed over and as lost."""

import pytest

from bench.assign_figures import (
    ARRIVAL_GRACE_S,
    TOGETHER_S,
    CallerRecord,
    Figures,
    of_block,
    over_rounds,
    violations,
)

pytestmark = pytest.mark.unit


def served(answered_s: float, offered_s: float, *, free_s: float | None = None, measured: bool = True) -> CallerRecord:
    free_s = offered_s - 0.002 if free_s is None else free_s
    return CallerRecord(answered_s, offered_s, free_s, left_s=offered_s + 1, measured=measured)


def test_first_come_first_served_has_no_violation() -> None:
    assert violations([served(number, 100.0 + number) for number in range(20)]) == 0


def test_every_service_before_a_waiting_elder_counts_once() -> None:
    elder = served(0.0, 110.0)
    assert violations([elder, served(1.0, 100.0), served(2.0, 101.0)]) == 2


def test_only_measured_services_are_judged() -> None:
    assert violations([served(0.0, 110.0), served(1.0, 100.0, measured=False)]) == 0


def test_an_elder_nobody_served_is_passed_over_unless_he_had_left() -> None:
    young = served(1.0, 100.0)
    assert violations([CallerRecord(0.1), young]) == 1
    assert violations([CallerRecord(0.1, left_s=101.0), young]) == 1
    assert violations([CallerRecord(0.1, left_s=99.0), young]) == 0


def test_who_arrived_at_nearly_the_same_time_has_no_order() -> None:
    young = served(1.0, 100.0)
    assert violations([served(1.0 - ARRIVAL_GRACE_S / 2, 110.0), young]) == 0
    assert violations([served(1.0 - ARRIVAL_GRACE_S * 2, 110.0), young]) == 1


def test_two_rings_at_the_same_time_may_overtake_each_other_on_the_wire() -> None:
    young = served(1.0, 100.0)
    assert violations([served(0.0, 100.01, free_s=99.99), young]) == 0  # his agent was free already: decided together
    assert violations([served(0.0, 100.01, free_s=100.005), young]) == 1  # his agent became free only afterwards
    assert violations([served(0.0, 100.0 + 2 * TOGETHER_S, free_s=99.99), young]) == 1  # too late for "together"


def test_a_block() -> None:
    records = [served(number, 100.0 + number, free_s=100.0 + number - 0.001 * (number + 1)) for number in range(10)]
    records.append(CallerRecord(51.0, left_s=60.0, lost=True))
    figures = of_block(records, cpu_s=0.05)
    assert figures.p50_ms == pytest.approx(5.0)
    assert figures.p99_ms == pytest.approx(10.0)
    assert figures.cpu_ms_per_call == pytest.approx(5.0)
    assert (figures.lost, figures.services) == (1, 10)
    assert figures.order_violations == 0  # the lost one came after those who were served


def test_rounds_give_medians_of_times_and_sums_of_faults() -> None:
    blocks = [
        Figures(p50_ms, p50_ms * 3, cpu_ms_per_call=p50_ms, lost=1, order_violations=2, services=100)
        for p50_ms in (9.0, 1.0, 2.0)
    ]
    assert over_rounds(blocks) == Figures(2.0, 6.0, 2.0, 3, 6, 300)
    assert over_rounds(blocks).as_json() == {
        "p50_ms": 2.0,
        "p99_ms": 6.0,
        "cpu_ms_per_call": 2.0,
        "lost": 3,
        "order_violations": 6,
    }
