"""May somebody try to sign in now, or has too much gone wrong? PURE: time is an argument.

Three counts. A name from one address: locked after a few in a row, twice as long each time. A name from everywhere, and
an address with all names: a wide limit. The wide ones never hold up a name at an address from which it has signed in
lately: nobody can lock out his colleagues behind the same proxy, nor lock out a name that he only knows. A browser from
which a name has signed in before (browsers.py) has a count of its own instead, and none of the others holds it up.
"""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from typing import TypeVar

import msgspec

MAX_ROWS = 20_000
IN_A_ROW, FIRST_S, MOST_S = 5, 15.0, 900.0
WINDOW_S = 900.0
PER_NAME, PER_ADDRESS = 30, 60
KNOWN_S = 30 * 86_400.0

Key = TypeVar("Key")


class _Row(msgspec.Struct):
    count: int = 0
    since: float = 0.0
    until: float = 0.0


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
        row = _row(self._browsers, (pair[0], browser)) if browser else _row(self._pairs, pair)
        if row.until > now:
            return row.until - now
        if not browser and (pair not in self._known or self._known[pair] < now - KNOWN_S):
            for rows, key, most in ((self._names, pair[0], PER_NAME), (self._addresses, place, PER_ADDRESS)):
                wide = _row(rows, key)
                if wide.since < now - WINDOW_S:
                    wide.count, wide.since = 0, now
                if wide.count >= most:
                    return wide.since + WINDOW_S - now
                wide.count += 1
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


def _row(rows: OrderedDict[Key, _Row], key: Key) -> _Row:
    row = rows.get(key)
    if row is None:
        row = rows[key] = _Row()
        if len(rows) > MAX_ROWS:
            rows.popitem(last=False)
    else:
        rows.move_to_end(key)
    return row
