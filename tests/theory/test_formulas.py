"""Are the formulas right? Known points, special cases, other derivations, and a published library."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from tests.theory.formulas import accumulating_priority, erlang_a, erlang_b, erlang_c, strict_priority

pytestmark = pytest.mark.unit

# pyworkforce 0.5.1 (MIT): ErlangC(transactions, aht, asa, interval=30).waiting_probability(n), .service_level(n).
# Recorded, not imported: it would bring ortools, pandas and numpy into the development environment.
PYWORKFORCE = (
    (100, 3.0, 20 / 60, 14, 0.1741319335950498, 0.8883500191794669),
    (250, 3.5, 20 / 60, 35, 0.21765307302715406, 0.8751208048166561),
    (20, 5.0, 0.5, 5, 0.3266692800209068, 0.7234804243791279),
    (600, 4.0, 10 / 60, 84, 0.5570864806022268, 0.5284364749865854),
    (40, 6.0, 1.0, 9, 0.6533269282651052, 0.4469706948446672),
    (5, 4.0, 0.5, 1, 0.6666666666666666, 0.36054036192724126),
    (1500, 3.0, 0.25, 158, 0.4094652948146917, 0.7897735079924101),
)


def chain(agents: int, arrivals: float, service: float, giving_up: float, longest: int = 4000) -> tuple[float, float]:
    """P(wait) and the mean number in line from the birth-death chain itself: no formula, only its balance."""
    weight, whole, busy, line = 1.0, 1.0, 0.0, 0.0
    for n in range(1, longest):
        weight *= arrivals / (min(n, agents) * service + max(0, n - agents) * giving_up)
        whole += weight
        if n >= agents:
            busy += weight
            line += (n - agents) * weight
        if whole > 1e200:
            weight, whole, busy, line = weight / whole, 1.0, busy / whole, line / whole
    return busy / whole, line / whole


def test_known_point_of_erlang_c() -> None:
    found = erlang_c(35, 500 / 3600, 1 / 210, 20.0)
    assert found.p_wait == pytest.approx(0.21765, abs=5e-6)
    assert found.asa == pytest.approx(7.836, abs=5e-4)
    assert found.level == pytest.approx(0.87512, abs=5e-6)


def test_known_point_of_erlang_a() -> None:
    assert erlang_a(50, 48.0, 1.0, 0.5) == pytest.approx((0.467774, 0.030912, 0.061824), abs=5e-7)


def test_known_point_of_accumulating_priority() -> None:
    assert accumulating_priority(10, [4.5, 4.5], [1.0, 4.0], 1.0) == pytest.approx([1.0094, 0.3281], abs=5e-5)


def test_one_agent_is_the_textbook_queue() -> None:
    """M/M/1: P(wait) = rho, mean wait = rho / (mu - lambda), all in closed form."""
    found = erlang_c(1, 0.7, 1.0, 2.0)
    assert found == pytest.approx((0.7, 0.7 / 0.3, 1.0 - 0.7 * math.exp(-0.6)))
    assert erlang_b(1, 0.7) == pytest.approx(0.7 / 1.7)


@pytest.mark.parametrize(("agents", "load"), [(1, 0.5), (3, 2.5), (10, 9.0), (40, 35.0), (100, 97.0)])
def test_erlang_c_is_its_chain(agents: int, load: float) -> None:
    p_wait, line = chain(agents, load, 1.0, 0.0)
    assert erlang_c(agents, load, 1.0)[:2] == pytest.approx((p_wait, line / load), rel=1e-6)


@pytest.mark.parametrize(("agents", "load"), [(1, 0.5), (3, 3.5), (10, 9.0), (40, 45.0), (50, 48.0)])
@pytest.mark.parametrize("giving_up", [0.3, 1.0, 2.5])
def test_erlang_a_is_its_chain(agents: int, load: float, giving_up: float) -> None:
    """Those who give up: theta a head in line; and Little's law for the mean wait."""
    p_wait, line = chain(agents, load, 1.0, giving_up)
    expected = (p_wait, giving_up * line / load, line / load)
    assert erlang_a(agents, load, 1.0, giving_up) == pytest.approx(expected, rel=1e-9)


def test_erlang_a_where_patience_equals_talk() -> None:
    """theta = mu makes the number present Poisson, so P(wait) = P(Poisson(load) >= n)."""
    below = sum(math.exp(-9.0) * 9.0**n / math.factorial(n) for n in range(10))
    assert erlang_a(10, 9.0, 1.0, 1.0).p_wait == pytest.approx(1.0 - below)


@pytest.mark.parametrize("slopes", [(1.0, 1.0, 1.0), (1.0, 2.0, 5.0), (0.1, 1.0, 50.0)])
def test_conservation_law(slopes: Sequence[float]) -> None:
    """Whatever the order, sum(rho_i W_i) = rho W_fifo: what one class gains, the others pay."""
    rates = (2.0, 1.5, 3.0)
    fifo = erlang_c(8, sum(rates), 1.0).asa
    for waits in (accumulating_priority(8, rates, slopes, 1.0), strict_priority(8, rates, 1.0)):
        assert sum(rate * wait for rate, wait in zip(rates, waits, strict=True)) == pytest.approx(sum(rates) * fifo)


def test_equal_slopes_are_first_come_first_served() -> None:
    fifo = erlang_c(5, 4.0, 1.0).asa
    assert accumulating_priority(5, [1.0, 3.0], [2.0, 2.0], 1.0) == pytest.approx([fifo, fifo])


def test_very_different_slopes_are_strict_priority() -> None:
    first, second = strict_priority(5, [1.0, 3.0], 1.0)
    assert accumulating_priority(5, [3.0, 1.0], [1.0, 1e9], 1.0) == pytest.approx([second, first])


@pytest.mark.parametrize(("per_half_hour", "aht_min", "target_min", "agents", "p_wait", "level"), PYWORKFORCE)
def test_a_published_library_agrees(
    per_half_hour: float, aht_min: float, target_min: float, agents: int, p_wait: float, level: float
) -> None:
    found = erlang_c(agents, per_half_hour / 30, 1 / aht_min, target_min)
    assert (found.p_wait, found.level) == pytest.approx((p_wait, level), rel=1e-9)
