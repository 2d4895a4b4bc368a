"""Pacings that have learned something, and floors to show them."""

from __future__ import annotations

import math
from copy import deepcopy
from functools import cache
from random import Random
from typing import Any

from cti.outbound.abandon_window import AbandonWindow, DayCount
from cti.outbound.pacing import LiveState, Pacing, PacingRules

NOW = 10_000.0
DAY = 20


@cache
def _learned(dials: int, rate: float, talks: int) -> Pacing:
    rng, made = Random(7), Pacing(PacingRules())
    for _ in range(dials):
        picked_up = rng.random() < rate
        made.dial_ended(rng.uniform(4, 12) if picked_up else 22.0, answered=picked_up)
        made._count(math.inf)
    for _ in range(talks):
        made.talk_ended(rng.expovariate(1 / 120))
    made.ring_time.learn(rate)
    made.talks.learn(())
    return made


def pacing(
    *, dials: int = 600, rate: float = 0.3, talks: int = 200, answered: int = 2000, abandoned: int = 0, **rules: Any
) -> Pacing:
    """Has dialled and talked so often (120 s on average), and has such a window behind it."""
    learned = deepcopy(_learned(dials, rate, talks))
    made = Pacing(PacingRules(**rules), AbandonWindow(30, [DayCount(DAY, answered, abandoned)]))
    made.answer_rate, made.ring_time, made.talks = learned.answer_rate, learned.ring_time, learned.talks
    return made


def floor(**what: Any) -> LiveState:
    """The campaign now, unless `at` says otherwise."""
    return LiveState(**{"at": NOW, "day": DAY, **what})
