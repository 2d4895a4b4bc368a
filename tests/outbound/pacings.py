"""Pacings that have learned something, and floors to show them."""

from __future__ import annotations

import math
from copy import deepcopy
from functools import cache
from random import Random
from typing import Any

from cti.outbound.pacing import LiveState, Pacing, PacingRules

NOW = 10_000.0
DAY = 20


@cache
def _made(
    *, dials: int = 600, rate: float = 0.3, talks: int = 200, answered: int = 2000, abandoned: int = 0, **rules: Any
) -> Pacing:
    rng, made = Random(7), Pacing(PacingRules(**rules))
    for _ in range(dials):
        picked_up = rng.random() < rate
        made.dial_ended(rng.uniform(4, 12) if picked_up else 22.0, answered=picked_up)
        made._count(math.inf)
    for _ in range(talks):
        made.talk_ended(rng.expovariate(1 / 120))
    made.ring_time.learn(rate)
    made.talks.learn(())
    for number in range(answered):
        made.settled(DAY, abandoned=number < abandoned)
    # What was told until here was no stretch of time that a decision looked at.
    made._answers = made._talk_ends = 0
    made._due_answers = made._due_ends = 0.0
    return made


def pacing(**what: Any) -> Pacing:
    """Has dialled and talked so often (120 s on average), and has such a window behind it."""
    return deepcopy(_made(**what))


def floor(**what: Any) -> LiveState:
    """The campaign now, unless `at` says otherwise."""
    return LiveState(**{"at": NOW, "day": DAY, **what})
