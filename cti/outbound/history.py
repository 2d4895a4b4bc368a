"""What was tried at a number, by whomever? Kept for as long as somebody here may dial it, and no longer.

Those let go are remembered a while longer: what the store tells of one may have been read before its last attempt.
Told by the store when a lead comes, and by every attempt since: all campaigns and callbacks write into the one history.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cti.outbound.lead import Tried

MOST_OF_A_NUMBER = 1000
MOST_LET_GO = 10_000


class History:
    """Attempts by number, in the order in which they were made; personal data."""

    def __init__(self) -> None:
        self._tries: dict[str, list[Tried]] = {}
        self._holders: dict[str, int] = {}
        self._let_go: dict[str, list[Tried]] = {}  # the oldest first

    def hold(self, number: str, tries: Iterable[Tried] = ()) -> None:
        """Keep `number`'s attempts; `tries` is what the store knows of them."""
        self._holders[number] = self._holders.get(number, 0) + 1
        ours = self._tries.setdefault(number, self._let_go.pop(number, []))
        known = {_key(tried): at for at, tried in enumerate(ours)}
        for tried in tries:
            at = known.get(_key(tried))
            if at is None:
                ours.append(tried)
            elif ours[at].result is None:
                ours[at] = tried
        ours.sort(key=lambda tried: tried.at)
        del ours[:-MOST_OF_A_NUMBER]

    def drop(self, number: str) -> None:
        """One less may dial it."""
        left = self._holders.get(number, 0) - 1
        if left > 0:
            self._holders[number] = left
        else:
            self._holders.pop(number, None)
            ours = self._tries.pop(number, None)
            if ours:
                self._let_go[number] = ours
            if len(self._let_go) > MOST_LET_GO:
                del self._let_go[next(iter(self._let_go))]

    def of(self, number: str) -> Sequence[Tried]:
        return self._tries.get(number, ())

    def add(self, tried: Tried) -> None:
        """An attempt begins, or has its result now."""
        ours = self._tries.get(tried.number)
        if ours is None:
            return
        for at, known in enumerate(ours):
            if _key(known) == _key(tried):
                ours[at] = tried
                return
        ours.append(tried)

    def __len__(self) -> int:
        return len(self._tries)


def _key(tried: Tried) -> tuple[str, int, int]:
    return tried.campaign, tried.lead, tried.attempt_no
