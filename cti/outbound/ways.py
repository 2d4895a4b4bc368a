"""By which trunk does a number go out, and has that trunk a line and a call to spare now?

Each trunk bears so many calls at one time and so many begun in a second, whoever places them. The switch writes the
dial string. Calls that come in by a trunk's endpoint have lines of it, too: as many as are in our hands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from cti.model.campaign import Trunk
from cti.outbound.bucket import TokenBucket

KEPT_S = 8.0  # longer than whoever found no room takes to ask again


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


def endpoint_of(dial: str) -> str:
    """PJSIP/carrier of PJSIP/{number}@carrier; a dial string without @ names its endpoint itself."""
    technology, _, rest = dial.partition("/")
    return f"{technology}/{rest.rpartition('@')[2]}"


class Ways:
    """All trunks and what is left of them at one moment. `look` first, then `take`, number by number; or `room`.

    `inbound`: the channels of those who have called us (PJSIP/carrier-0000002a).
    """

    def __init__(self, inbound: Callable[[], Iterable[str]] = tuple) -> None:
        self._inbound = inbound
        self._trunks: Mapping[str, Trunk] = {}
        self._endpoints: dict[str, list[str]] = {}  # trunks by endpoint
        self._buckets: dict[str, TokenBucket] = {}
        self._used: Counter[str] = Counter()
        self._kept_until: dict[str, float] = {}

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
        self._endpoints = {}
        for name, trunk in trunks.items():
            self._endpoints.setdefault(endpoint_of(trunk.dial), []).append(name)

    def look(self, in_the_air: Iterable[str]) -> None:
        """These numbers are being dialled or talked with: each has a line of its trunk, as has who came in by it."""
        self._used = Counter(ways[0] for number in in_the_air if (ways := ways_of(self._trunks, number)))
        if self._trunks:
            for channel in self._inbound():
                self._used.update(self._endpoints.get(channel.rpartition("-")[0], ()))

    def take(self, number: str, now: float) -> str | None:
        """The trunk that calls `number` at `now`, of several equals the first with room; None: none has a line.

        "" where no trunk is named at all: then the switch says what it thinks of it.
        """
        if not self._trunks:
            return ""
        for name in ways_of(self._trunks, number):
            kept = 1 if now < self._kept_until.get(name, now) else 0
            free = self._trunks[name].lines - self._used[name] - kept
            if free > 0 and self._buckets[name].whole(now) > kept and self._buckets[name].take(now, 1):
                self._used[name] += 1
                return name
        return None

    def room(self, number: str, now: float) -> bool:
        """Whether the trunk that the switch takes for `number` has a line and a call of this second, after `look`.

        If not, the next one that gets free is kept for whoever asks, for KEPT_S.
        """
        ways = ways_of(self._trunks, number)
        if not ways or (self._used[ways[0]] < self._trunks[ways[0]].lines and self._buckets[ways[0]].whole(now) > 0):
            return True
        self._kept_until[ways[0]] = now + KEPT_S
        return False

    def spend(self, number: str, now: float) -> None:
        """`number` is dialled now, by the trunk that the switch takes: what others have left of this second is less."""
        ways = ways_of(self._trunks, number)
        if ways:
            self._buckets[ways[0]].spend(now)
            self._kept_until.pop(ways[0], None)
