"""Where does chance come from in a core that has none of its own? From a seed that is handed in.

A counter through a mixing function (splitmix64, Steele, Lea and Flood 2014): the same seed gives the same draws.
"""

from __future__ import annotations

_MASK = (1 << 64) - 1


class Chance:
    """Numbers in the open interval (0, 1)."""

    def __init__(self, seed: int = 0) -> None:
        self._state = seed & _MASK

    def draw(self) -> float:
        self._state = (self._state + 0x9E3779B97F4A7C15) & _MASK
        z = self._state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
        return ((z ^ (z >> 31)) >> 11) / (1 << 53) + 1 / (1 << 54)
