"""May somebody try to sign in now, or has too much gone wrong? PURE: time is an argument.

Three counts. A name from one address: locked after a few in a row, twice as long each time. A name from everywhere, and
an address with all names: a wide limit. The wide ones never hold up a name at an address from which it has signed in
lately: nobody can lock out his colleagues behind the same proxy, nor lock out a name that he only knows. A browser from
which a name has signed in before (browsers.py) has a count of its own instead, and none of the others holds it up.
"""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from itertools import islice
from typing import TypeVar

import msgspec

MAX_ROWS, LOOKED_AT = 20_000, 200
IN_A_ROW, FIRST_S, MOST_S = 5, 15.0, 900.0
WINDOW_S = 900.0
PER_NAME, PER_ADDRESS = 30, 60
KNOWN_S = 30 * 86_400.0

Key = TypeVar("Key")


class _Row(msgspec.Struct):
    count: int = 0
    since: float = 0.0
    until: float = 0.0

    def wait_s(self, most: int, now: float) -> float:
        """Of a wide limit: seconds until its window is over, where it is used up."""
        return self.since + WINDOW_S - now if self.count >= most and self.since >= now - WINDOW_S else 0.0

    def count_one(self, now: float) -> None:
        if self.since < now - WINDOW_S:
            self.count, self.since = 0, now
        self.count += 1


class Throttle:
    """Remembers tries in memory, at most MAX_ROWS of each kind; the oldest are forgotten first."""

    def __init__(self) -> None:
        self._pairs: OrderedDict[tuple[str, str], _Row] = OrderedDict()
        self._names: OrderedDict[str, _Row] = OrderedDict()
        self._addresses: OrderedDict[str, _Row] = OrderedDict()
        self._browsers: OrderedDict[tuple[str, str], _Row] = OrderedDict()
        self._known: OrderedDict[tuple[str, str], float] = OrderedDict()

    def begin(self, name: str, address: str, now: float, browser: str = "") -> float:
        """Count a try as one that fails; return how many seconds to wait instead (0: go on).

        `browser`: the id of one that is known as this name's.
        """
        place = network_of(address)
        pair = (name.casefold(), place)
        known = bool(browser) or self._known.get(pair, -KNOWN_S) >= now - KNOWN_S
        wide = [] if known else [(self._names, pair[0], PER_NAME), (self._addresses, place, PER_ADDRESS)]
        own = self._browsers.get((pair[0], browser)) if browser else self._pairs.get(pair)
        waits = [own.until - now] if own is not None else []
        waits += [rows[key].wait_s(most, now) for rows, key, most in wide if key in rows]
        if max(waits, default=0.0) > 0:  # a try that is refused leaves no trace: a flood of them pushes nobody out
            return max(waits)
        for rows, key, _ in wide:
            _row(rows, key, now).count_one(now)
        row = _row(self._browsers, (pair[0], browser), now) if browser else _row(self._pairs, pair, now)
        if row.since < now - MOST_S:
            row.count = 0
        row.count, row.since = row.count + 1, now
        if row.count >= IN_A_ROW:
            row.until = now + min(MOST_S, FIRST_S * 2 ** (row.count - IN_A_ROW))
        return 0.0

    def succeeded(self, name: str, address: str, now: float, browser: str = "") -> None:
        """The newest try of this pair, or of this browser, was right."""
        place = network_of(address)
        pair = (name.casefold(), place)
        if browser:
            self._browsers.pop((pair[0], browser), None)
        else:
            self._right(pair)
        self._known[pair] = now
        self._known.move_to_end(pair)
        if len(self._known) > MAX_ROWS:
            self._known.popitem(last=False)

    def _right(self, pair: tuple[str, str]) -> None:
        self._pairs.pop(pair, None)
        for rows, key in ((self._names, pair[0]), (self._addresses, pair[1])):
            if key in rows:
                rows[key].count = max(0, rows[key].count - 1)


def network_of(address: str) -> str:
    """Return what counts as one address: of IPv6 the /64, which one customer has whole."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "?"
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((int(found) >> 64 << 64, 64)))
    return str(found)


def _row(rows: OrderedDict[Key, _Row], key: Key, now: float) -> _Row:
    """The row of `key`; a new one takes the room of the oldest that holds up nobody now."""
    row = rows.get(key)
    if row is not None:
        rows.move_to_end(key)
        return row
    if len(rows) >= MAX_ROWS:
        del rows[next((old for old, each in islice(rows.items(), LOOKED_AT) if each.until <= now), next(iter(rows)))]
    row = rows[key] = _Row()
    return row
