"""Have enough leads of a kind been reached? Counts reached ones, and keeps room for those that are being dialled.

So a quota is never passed, whatever is in the air when it is nearly full. Pure: the day is an argument.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cti.model.calling_rules import Quota
from cti.model.dialling import Rule
from cti.outbound.lead import meant
from cti.outbound.verdict import Reason


class Quotas:
    """The quotas of one campaign, and how full they are."""

    def __init__(self, quotas: Sequence[Quota]) -> None:
        self.quotas = tuple(quotas)
        self._reached = [0] * len(self.quotas)
        self._today = [0] * len(self.quotas)
        self._day: int | None = None
        self._held: dict[str, tuple[int, ...]] = {}

    def under(self, quotas: Sequence[Quota]) -> Quotas:
        """The same counts under changed quotas, as far as one is for the same leads."""
        new = Quotas(quotas)
        new._day, new._held = self._day, {}
        for at, quota in enumerate(new.quotas):
            was = next((n for n, old in enumerate(self.quotas) if old.when == quota.when), None)
            if was is not None:
                new._reached[at], new._today[at] = self._reached[was], self._today[was]
        for attempt, places in self._held.items():
            kinds = [self.quotas[place].when for place in places]
            new._held[attempt] = tuple(at for at, quota in enumerate(new.quotas) if quota.when in kinds)
        return new

    def reason(self, data: Mapping[str, str], day: int, tomorrow: float, soon: float) -> Reason | None:
        """Return what speaks against one more like this. `tomorrow`, `soon`: when to ask again."""
        self._turn(day)
        found: list[Reason] = []
        for at in self._of(data):
            quota = self.quotas[at]
            count = self._today[at] if quota.per == "day" else self._reached[at]
            if count >= quota.at_most:
                detail = f"{quota.at_most} per {quota.per}"
                found.append(Reason(Rule.QUOTA, tomorrow if quota.per == "day" and quota.at_most else None, detail))
            elif count + sum(at in places for places in self._held.values()) >= quota.at_most:
                found.append(Reason(Rule.QUOTA, soon, "the last of it are being dialled"))
        return max(found, key=lambda each: float("inf") if each.until is None else each.until, default=None)

    def hold(self, attempt: str, data: Mapping[str, str]) -> None:
        """One like this is being dialled."""
        self._held[attempt] = tuple(self._of(data))

    def release(self, attempt: str, day: int, *, reached: bool) -> None:
        """It is over."""
        self._turn(day)
        for at in self._held.pop(attempt, ()):
            if reached:
                self._reached[at] += 1
                self._today[at] += 1

    def restore(self, counts: Sequence[tuple[int, int]], day: int) -> None:
        """After a start: how many of each quota were reached, ever and today."""
        self._turn(day)
        for at, (ever, today) in enumerate(counts[: len(self.quotas)]):
            self._reached[at], self._today[at] = ever, today

    @property
    def counts(self) -> list[tuple[int, int]]:
        """How many of each quota were reached, ever and today."""
        return list(zip(self._reached, self._today, strict=True))

    def _of(self, data: Mapping[str, str]) -> list[int]:
        return [at for at, quota in enumerate(self.quotas) if meant(quota.when, dict(data))]

    def _turn(self, day: int) -> None:
        if day != self._day:
            self._day, self._today = day, [0] * len(self.quotas)
