"""Was anybody passed over who was more urgent? Worked out from what Asterisk saw, by the rule and not by our code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from .witness import Witness

TIE_S = 0.05  # a caller reaches the engine so long after his channel begins, at most


class Rules(NamedTuple):
    """What decides a caller's turn: the tier first, then (head start + wait) / target."""

    target_s: float = 20.0
    tier: int = 5
    head_start_s: float = 0.0


def passed_over(witness: Witness, rules: Mapping[str, Rules]) -> list[tuple[str, str]]:
    """Who was rung for although another (second) was waiting and more urgent. `rules` of each caller's number.

    Every caller must have been rung for once, and whoever is free must be free for all of them.
    """
    came_at = {number: witness.came_at(number) for number in rules}
    waiting, found = set(rules), []

    def urgency(number: str, at: float) -> tuple[int, float]:
        his = rules[number]
        return -his.tier, (his.head_start_s + at - came_at[number]) / his.target_s

    for ring in witness.rung():
        waiting.remove(ring.caller)
        there = [number for number in waiting if came_at[number] + TIE_S < ring.at]
        mine = urgency(ring.caller, ring.at)
        found += [(ring.caller, number) for number in there if urgency(number, ring.at - TIE_S) > mine]
    assert not waiting, f"never rung for: {sorted(waiting)}"
    return found
