"""What does a key mean as an answer, and who is asked at all? Scales and sampling of the survey right after the call.

CSAT 1 to 5 (5 is best), NPS 0 to 10 (likelihood to recommend), solved: 1 yes, 2 no.
"""

from __future__ import annotations

from typing import NamedTuple

from cti.ivr.sticky import place


class Scale(NamedTuple):
    """`lowest` to `highest` may be keyed; up to `low` somebody should look into it (of solved: the answer no)."""

    lowest: int
    highest: int
    low: frozenset[int]

    @property
    def most_digits(self) -> int:
        return len(str(self.highest))


SCALES = {
    "csat": Scale(1, 5, frozenset({1, 2})),
    "nps": Scale(0, 10, frozenset(range(7))),  # 0 to 6: detractors (Reichheld 2003)
    "solved": Scale(1, 2, frozenset({2})),
}


def score(scale: str, digits: str) -> int | None:
    """Return the answer, or None where the keys are none."""
    known = SCALES[scale]
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= known.most_digits):
        return None
    number = int(digits)
    return number if known.lowest <= number <= known.highest else None


def is_low(scale: str, answer: int, below: int | None = None) -> bool:
    """Whether this answer asks for a follow-up. `below`: smaller answers do, whatever the scale has for itself."""
    return answer in SCALES[scale].low if below is None else answer < below


def is_drawn(survey: str, salt: str, customer: str, percent: float) -> bool:
    """Whether the customer belongs to the `percent` who are asked: always the same ones, until `salt` is another."""
    return place(f"survey {survey} {salt}", customer) * 100 < percent
