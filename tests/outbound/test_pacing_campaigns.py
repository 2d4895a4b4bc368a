"""Does a campaign keep its cap whatever happens, and its agents busier than one dial for each free one would?

Whole campaigns in virtual time, on the floor of the benchmark (bench/pacing_floor.py).
"""

from __future__ import annotations

import pytest

from bench.pacing import CAP, changing
from bench.pacing_dialers import Ours, Progressive
from bench.pacing_floor import Campaign, Regime, Tally, Trade, View
from cti.outbound.pacing import PacingRules

pytestmark = pytest.mark.simulation


def played(trade: Trade, seed: int, rules: PacingRules | None = None) -> Tally:
    return Campaign(trade, Ours(rules), seed).run()


@pytest.mark.parametrize("seed", range(2))
def test_steady_campaigns_keep_the_cap_and_are_busier_than_progressive(seed: int) -> None:
    trade = Trade(10, 1.5, [Regime(0.0, 0.3, 120.0)], tick_s=2.0)
    ours, plain = played(trade, seed), Campaign(trade, Progressive(), seed).run()
    assert ours.abandoned <= CAP * ours.answered
    assert ours.worst_share <= CAP + 0.005  # with 200 answers one call is 0.5 %
    assert ours.occupancy > plain.occupancy + 0.06
    assert plain.abandoned == 0


@pytest.mark.parametrize("bursty", [False, True])
def test_a_change_in_the_middle_does_not_break_the_cap(bursty: bool) -> None:
    tally = played(changing(30, 0.3, bursty=bursty).trade, 1)
    assert tally.abandoned <= CAP * tally.answered


def test_with_a_cap_of_nothing_nobody_is_abandoned() -> None:
    tally = played(Trade(10, 1.0, [Regime(0.0, 0.4, 90.0)]), 1, PacingRules(cap=0.0))
    assert tally.abandoned == 0 and tally.answered > 150


def test_the_power_mode_keeps_the_cap_too() -> None:
    tally = played(Trade(10, 1.0, [Regime(0.0, 0.4, 90.0)]), 1, PacingRules(mode="power", ratio=3.0))
    assert 0 < tally.abandoned <= CAP * tally.answered + 3  # its ratio asks nobody; the window stops it after the fact


def test_the_same_seed_is_the_same_day() -> None:
    trade = Trade(5, 0.5, [Regime(0.0, 0.3, 120.0)])
    assert played(trade, 4) == played(trade, 4)


def test_the_floor_counts_every_call_once() -> None:
    class Greedy(Progressive):
        def place(self, now: float, view: View) -> int:
            return max(0, 12 - len(view.ringing_s))

    tally = Campaign(Trade(3, 1.0, [Regime(0.0, 0.5, 60.0)], wrapup_s=10.0), Greedy(), 2).run()
    assert tally.abandoned > tally.answered / 3 and tally.dials > tally.answered > 0
    assert 0.8 < tally.occupancy <= 1.0
