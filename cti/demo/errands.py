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
    """`weight`: how often; `alone`: the flow itself does it, and says good-bye; `asks`: he asks to be called back."""

    name: str
    weight: float
    keys: tuple[Press, ...]
    alone: bool = False
    asks: bool = False

    @property
    def pressed_s(self) -> float:
        """Seconds until the last key."""
        return max((at_s for at_s, _ in self.keys), default=0.0)


def typed(at_s: float, digits: str) -> tuple[Press, ...]:
    """Several keys in a row."""
    return tuple((round(at_s + number * KEY_GAP_S, 3), digit) for number, digit in enumerate(digits))


def _asking(offered_at_s: float) -> tuple[Press, ...]:
    """He is not in line on the second: presses his key again until somebody hears it."""
    return tuple((offered_at_s + gap_s, "1") for gap_s in (0.5, 2.0, 4.0, 7.0, 12.0))


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
    Errand("sales, or a call back", 2.4, (_ENGLISH, (6.0, "3"), *_asking(13.0)), asks=True),
    Errand("agent, or a call back", 2.4, (_ENGLISH, (6.0, "0"), *_asking(13.0)), asks=True),
)
# Of those who dial a line's own number, and know no menu.
NO_TIME = Errand("a call back", 0.5, _asking(6.5), asks=True)
LINES = ("6001", "6002")
