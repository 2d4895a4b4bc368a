"""What bench.load says in the end: the keys of its line, which looks count, and that a peak not reached is said."""

from dataclasses import replace

import pytest

from bench.load_books import Account
from bench.load_gauges import Sample
from bench.load_plan import Plan
from bench.load_records import Phones
from bench.load_report import Report, whole

pytestmark = pytest.mark.unit

KEYS = (
    "peak_concurrent offered lost order_violations p50_ms p99_ms engine_cpu_ms_per_call engine_kib_per_call"
    " ami_lag_p99_ms"
)


def look(at: float, asterisk: int | None, engine: int) -> Sample:
    return Sample(at, asterisk, engine, 0, at / 10, 1000 + engine, at, {})


def report(calls: int) -> Report:
    looks = [look(10, 50, 51), look(15, None, 130), look(20, 101, 100), look(30, 102, 104), look(40, 9, 8)]
    phones = Phones(gaps=[(12.0, 9.0), (22.0, 0.002), (23.0, 0.004), (39.0, 9.0)])
    return Report(Plan(calls=calls), look(0, 0, 0), look(50, 0, 0), looks, phones, Account(200), 0, {"answered": -1})


def test_the_line_has_its_keys_and_the_gaps_of_the_peak_alone() -> None:
    figures = report(100).figures()
    assert list(figures) == KEYS.split()
    assert (figures["peak_concurrent"], figures["offered"], figures["lost"]) == (102, 200, 0)
    assert (figures["p50_ms"], figures["p99_ms"]) == (2.0, 4.0)
    assert figures["engine_cpu_ms_per_call"] == 25.0  # 5 s over 200 calls
    assert figures["engine_kib_per_call"] == 1.0
    assert figures["ami_lag_p99_ms"] is None


def test_a_peak_that_was_not_reached_is_said_with_what_to_try() -> None:
    assert not any("NOT REACHED" in line for line in report(100).words())
    assert any("NOT REACHED" in line and "RATE=" in line for line in report(1000).words())


def test_books_that_differ_are_told() -> None:
    assert any("queue_log and history differ: answered by -1" in line for line in report(100).words())


def test_several_engines_are_one_report() -> None:
    both = whole(Plan(calls=100, engines=2), [report(50), report(50)])
    assert both.figures() == report(100).figures() | {"offered": 400, "engine_cpu_ms_per_call": 12.5}
    assert both.log_differs == {"answered": -2}


def test_good_is_what_reached_the_peak_and_lost_nobody_and_agrees() -> None:
    good = replace(report(100), log_differs={})
    assert good.is_good
    assert not report(100).is_good and not replace(good, order_violations=1).is_good
    assert not replace(good, plan=Plan(calls=1000)).is_good
    assert not replace(good, account=Account(200, lost_callers={"1"})).is_good
