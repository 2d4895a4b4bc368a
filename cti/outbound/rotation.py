"""Which of a lead's numbers is next? Only the order: whether one may be dialled is may_dial.py's."""

from __future__ import annotations

from collections.abc import Set
from typing import Literal

from cti.model.dialling import BY_A_PERSON
from cti.outbound.lead import Lead, Tried

Rotation = Literal["in_order", "next_each_time", "best_first"]


def in_turn(lead: Lead, rotation: Rotation, dead: Set[str]) -> list[int]:
    """Return the places of the numbers that are left, in the order in which they are asked for."""
    alive = [at for at, number in enumerate(lead.numbers) if number.number not in dead]
    if rotation == "in_order":
        return alive
    alive.sort(key=lambda at: _steps(lead, at))
    if rotation == "best_first":
        answers = [sum(each.number == number.number for each in _answered(lead)) for number in lead.numbers]
        alive.sort(key=lambda at: -answers[at])
    return alive


def next_index(lead: Lead, used: int, want: Literal["same", "next"], dead: Set[str]) -> int | None:
    """Return the place of the number that shall be next after the one at `used`; None if none is left."""
    count = len(lead.numbers)
    steps = range(count) if want == "same" else range(1, count + 1)
    places = ((used + step) % count for step in steps)
    return next((at for at in places if lead.numbers[at].number not in dead), None)


def _steps(lead: Lead, at: int) -> int:
    return (at - lead.number_index) % len(lead.numbers)


def _answered(lead: Lead) -> list[Tried]:
    return [tried for tried in lead.tries if tried.result in BY_A_PERSON]
