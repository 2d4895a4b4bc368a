"""If so many more are dialled now: how many will answer, and how many of them will find nobody free?

X(s) answers and Y(s) agents who become free until s seconds from now, at a few moments s. Whoever answers is lost if
nobody is free within the connect time; until s so many are lost as X(s) goes beyond the free agents and Y(s + connect
time), and the worst s counts: E[(X - free - Y)+]. All in the air are looked at together, those that ring already and
the new ones. Knows nothing of rules and windows.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from cti.outbound.answer_rate import AnswerRate
from cti.outbound.counts import Freed, Number, Shortfall
from cti.outbound.ring_time import RingTime
from cti.outbound.talk_hazard import TalkHazard

MOMENTS_S = (3.0, 5.0, 7.5, 10.5, 15.0, 24.0)
SEARCHED = (3, 2, 4, 1, 0, 5)  # the places of the moments, those that allow the least most often first
STEPS_S = (1.0, 2.5, 4.0, 6.0, 8.5, 11.5, 15.0, 20.0, 26.0)  # in which ends of talks are counted
WRAPUP_SHARES = (1 / 6, 3 / 6, 5 / 6)  # a wrap-up is as short as one in six, as usual, or as long as one in six

SURGE, STALL = 2.5, 0.5  # changes that the watches find soon, and nobody can foresee: of answers, of ends of talks


class Floor(NamedTuple):
    """The campaign's agents and calls at one moment; all times are seconds so far."""

    idle: int
    talking_s: Sequence[float]
    wrapup_s: Sequence[float]
    ringing_s: Sequence[float]
    waiting: int  # answered, and with no agent yet


class Outlook(NamedTuple):
    """What is to be expected if so many are dialled; of those in the air and those who wait now."""

    answers: float
    lost: float  # of them
    over: float  # chance that more are lost than may be
    freed: float  # agents, until most of the answers have come
    surge: float  # lost, if answers and ends of talks had just become SURGE and STALL times as many; 0 if all may be

    @property
    def share(self) -> float:
        """Lost / answers; 0 where no answer is expected."""
        return self.lost / self.answers if self.answers > 0 else 0.0


class Lookahead:
    """One moment's view; ask it for several numbers of dials. `spare`: so many may be lost, for `Outlook.over`."""

    def __init__(
        self,
        floor: Floor,
        rate: AnswerRate,
        ring: RingTime,
        talks: TalkHazard,
        wrapups: TalkHazard,
        *,
        connect_within_s: float,
        spare: float,
    ) -> None:
        self._free, self._waiting, self._spare = floor.idle, floor.waiting, spare
        mean, self._doubt = rate.mean, rate.doubt
        means, variances = [0.0] * len(MOMENTS_S), [0.0] * len(MOMENTS_S)
        answers = 0.0
        for age_s, count in Counter(map(int, floor.ringing_s)).items():
            chances, ever = ring.chances(age_s + 0.5, mean, MOMENTS_S)
            answers += count * ever
            for place, chance in enumerate(chances):
                means[place] += count * chance
                variances[place] += count * chance * (1.0 - chance)
        self._ringing, self._answers = list(zip(means, variances, strict=True)), answers
        self._new, self._new_answers = ring.chances(0.0, mean, MOMENTS_S)
        self._freed = _freed(floor, talks, wrapups, [moment + connect_within_s for moment in MOMENTS_S])
        self._few = [Freed(Number(STALL * each.number.mean, STALL * each.number.variance)) for each in self._freed]
        self._usual = _usual(ring)

    def of(self, dials: int) -> Outlook:
        """What `dials` more would bring."""
        lost = over = surge = 0.0
        for place in range(len(MOMENTS_S)):
            found, many_lost = self._at(place, dials)
            lost, over, surge = max(lost, found.lost), max(over, found.over), max(surge, many_lost)
        return Outlook(self._all(dials), lost, over, self._freed[self._usual].number.mean, surge)

    def largest(self, cap: float, risk: float, left: float, most: int) -> int:
        """The largest number that loses, until every moment, no more than the share `cap` of the answers; more than

        may be with a chance of at most `risk`; and no more than `left` in a surge. 0 if not even that holds for 0.
        What is lost less the cap's part grows ever faster with the number: all smaller ones fit, too. So one moment
        after the other says how many of what is left it allows.
        """

        def fits(place: int, dials: int) -> bool:
            found, many_lost = self._at(place, dials)
            return found.lost <= cap * self._all(dials) and found.over <= risk and many_lost <= left

        if not all(fits(place, 0) for place in SEARCHED):
            return 0
        for place in SEARCHED:
            if fits(place, most):
                continue
            low, step = 0, 1
            while low + step <= most and fits(place, low + step):
                low, step = low + step, 2 * step
            high = min(most + 1, low + step)
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if fits(place, middle) else (low, middle)
            most = low
        return most

    def _all(self, dials: int) -> float:
        return self._waiting + self._answers + dials * self._new_answers

    def _at(self, place: int, dials: int) -> tuple[Shortfall, float]:
        """What is lost until this moment; and if answers had just become more, and ends of talks fewer."""
        (mean, variance), chance = self._ringing[place], self._new[place]
        mean += dials * chance
        variance += dials * chance * (1.0 - chance) + self._doubt * mean * mean
        free = self._free - self._waiting
        found = self._freed[place].shortfall(Number(mean, variance), free, self._spare)
        if SURGE * self._all(dials) <= self._spare:  # even if all were lost, so many may be
            return found, 0.0
        many = Number(SURGE * mean, SURGE * variance)
        return found, self._few[place].lost(many, free)


def _freed(floor: Floor, talks: TalkHazard, wrapups: TalkHazard, within_s: Sequence[float]) -> list[Freed]:
    """Agents free within each of these: their talk and their wrap-up, or what is left of the latter, must be over."""
    ends, ends_var = talks.freed(floor.talking_s)
    through, through_var = wrapups.freed(floor.wrapup_s)
    after_s = wrapups.usual_s(WRAPUP_SHARES)
    found = []
    for moment_s in within_s:
        mean, variance = _between(through, moment_s), _between(through_var, moment_s)
        doubt = wrapups.doubt * mean * mean
        soon = _mean(ends, [moment_s - wrapup_s for wrapup_s in after_s])
        soon_var = _mean(ends_var, [moment_s - wrapup_s for wrapup_s in after_s])
        found.append(Freed(Number(mean + soon, variance + soon_var + doubt + talks.doubt * soon * soon)))
    return found


def _mean(values: Sequence[float], at_s: Sequence[float]) -> float:
    if at_s[0] == at_s[-1]:  # nobody writes up
        return _between(values, at_s[0])
    return sum(_between(values, each_s) for each_s in at_s) / len(at_s)


def _between(values: Sequence[float], at_s: float) -> float:
    """The value of STEPS_S at this time, straight between the steps."""
    if at_s <= 0.0:
        return 0.0
    place = bisect_left(STEPS_S, at_s)
    if place == len(STEPS_S):
        return values[-1]
    before_s, before = (STEPS_S[place - 1], values[place - 1]) if place else (0.0, 0.0)
    return before + (values[place] - before) * (at_s - before_s) / (STEPS_S[place] - before_s)


def _usual(ring: RingTime) -> int:
    """The moment until which most of the answers to a new dial have come."""
    late_s = ring.answered_within_s(0.5)
    return next((place for place, moment_s in enumerate(MOMENTS_S) if moment_s >= late_s), len(MOMENTS_S) - 1)
