"""What do callers of the front door want, and which keys do they press for it? PURE.

Times are seconds after the answer. They press as people do who know the menus: at times that fit the prompts of
config/flows, into the prompt as a rule.
"""

from __future__ import annotations

from typing import NamedTuple

FRONT_DOOR = "6000"
KNOWN_ORDER = "10000001"  # of the sample backend
KEY_GAP_S = 0.3
LISTENS_S = 120.0  # who needs nobody hears the flow out

Press = tuple[float, str]


class Errand(NamedTuple):
    """`weight`: how often; `alone`: the flow itself does it, and says good-bye."""

    name: str
    weight: float
    keys: tuple[Press, ...]
    alone: bool = False

    @property
    def pressed_s(self) -> float:
        """Seconds until the last key."""
        return max((at_s for at_s, _ in self.keys), default=0.0)


def typed(at_s: float, digits: str) -> tuple[Press, ...]:
    """Several keys in a row."""
    return tuple((round(at_s + number * KEY_GAP_S, 3), digit) for number, digit in enumerate(digits))


_ENGLISH, _CHINESE = (3.5, "1"), (3.5, "2")
ERRANDS = (
    # Each ends with silence at "anything else?".
    Errand("order", 1.5, (_ENGLISH, (6.0, "1"), *typed(8.5, KNOWN_ORDER), (13.0, "1"), (17.0, "9")), alone=True),
    Errand(
        "order and delivery",
        1.5,
        (_ENGLISH, (6.0, "1"), *typed(8.5, KNOWN_ORDER), (13.0, "1"), (18.0, "1"), (26.0, "9")),
        alone=True,
    ),
    Errand("question", 2.0, (_ENGLISH, (6.0, "2"), (8.5, "2"), (16.0, "9")), alone=True),
    Errand("sales", 2.4, (_ENGLISH, (6.0, "3"))),
    Errand("sales in Mandarin", 0.6, (_CHINESE, (6.0, "3"))),
    Errand("agent", 3.0, (_ENGLISH, (6.0, "0"))),
    Errand("complaint", 1.0, (_ENGLISH, (6.0, "4"))),
)
