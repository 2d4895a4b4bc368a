"""By which trunk does a number go out, and has that trunk a line and a call to spare now?

Each trunk bears so many calls at one time and so many begun in a second, whoever places them. The switch writes the
dial string; calls that come in by a trunk are not known here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from cti.model.campaign import Trunk
from cti.outbound.bucket import TokenBucket


def reach(known: Sequence[str], excepted: tuple[str, ...], number: str) -> int:
    """How many characters of `number` a trunk for numbers that begin as `known` knows; 0: it must not go there."""
    if number.startswith(excepted):
        return 0
    return max((len(each) for each in known if number.startswith(each)), default=0)


def ways_of(trunks: Mapping[str, Trunk], number: str) -> list[str]:
    """The trunks that know most of `number`, in the order in which they are written; none: it cannot be dialled."""
    reached = {name: reach(trunk.numbers, trunk.except_numbers, number) for name, trunk in trunks.items()}
    most = max(reached.values(), default=0)
    return [name for name, known in reached.items() if known == most] if most else []


class Ways:
    """All trunks and what is left of them at one moment. `look` first, then `take`, number by number."""

    def __init__(self) -> None:
        self._trunks: Mapping[str, Trunk] = {}
        self._buckets: dict[str, TokenBucket] = {}
        self._used: Counter[str] = Counter()

    def follow(self, trunks: Mapping[str, Trunk]) -> None:
        """Go by other trunks from now on; who has used up his second keeps it, unless the rate is another one."""
        old = self._trunks
        self._buckets = {
            name: self._buckets[name]
            if name in old and old[name].calls_per_s == trunk.calls_per_s
            else TokenBucket(trunk.calls_per_s)
            for name, trunk in trunks.items()
        }
        self._trunks = dict(trunks)

    def look(self, in_the_air: Iterable[str]) -> None:
        """These numbers are being dialled or talked with: each has a line of its trunk."""
        self._used = Counter(ways[0] for number in in_the_air if (ways := ways_of(self._trunks, number)))

    def take(self, number: str, now: float) -> str | None:
        """The trunk that calls `number` at `now`, of several equals the first with room; None: none has a line.

        "" where no trunk is named at all: then the switch says what it thinks of it.
        """
        if not self._trunks:
            return ""
        for name in ways_of(self._trunks, number):
            if self._used[name] < self._trunks[name].lines and self._buckets[name].take(now, 1):
                self._used[name] += 1
                return name
        return None
