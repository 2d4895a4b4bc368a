"""Who calls when, and for how long does he stay? A seeded stream of callers whose lines form and clear. PURE.

Knows numbers and seconds, nothing of phones.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from cti.demo.errands import ERRANDS, FRONT_DOOR, LINES, LISTENS_S, NO_TIME, Errand

# Ten agents with 2.5 s of ringing, 15 s of talk and the wrap-up of config/center.yaml carry 10.7 calls a minute in
# sales, 8.7 in support and 3.2 in complaints. Breaks, missed and rejected offers take their part; 90 % of the rest.
DIRECT = {"6001": 6.6, "6002": 7.8, "6003": 2.4, "6004": 0.7}
# With the front door, half of them come through it, and others who need nobody; less of all, as agents call people too.
WITH_FLOW = {FRONT_DOOR: 11.0, "6001": 2.9, "6002": 3.4, "6003": 0.7, "6004": 0.4}
SWING, PERIOD_S, PEAK_S = 0.6, 70.0, 14.0  # the load goes up and down: a constant one shows nothing
RUSH_S, RUSH_FACTOR = 5.0, 2.5  # the doors open and callers stand in front of them
IMPATIENT_SHARE = 0.12
LONGEST_STAY_S = 180.0
# Ranges that Ofcom keeps free for drama, each with 1,000 numbers; all of them last for half a day.
RANGES = (
    "442079460",
    "441134960",
    "441144960",
    "441154960",
    "441164960",
    "441174960",
    "441184960",
    "441214960",
    "441314960",
    "441414960",
    "441514960",
    "441614960",
    "441914980",
    "442896496",
    # In no numbering plan: whoever calls from these can be promised no call.
    "447700900",
    "441632960",
)


class Caller(NamedTuple):
    """One caller: his number, whom he dials, seconds after the start, and seconds until he has had enough."""

    number: str
    dialled: str
    at_s: float
    stays_s: float
    errand: Errand | None = None


def intensity(at_s: float, per_minute: float) -> float:
    """Calls per second at `at_s` seconds after the start, where the mean is `per_minute`."""
    mean = per_minute / 60
    wave = 1 + SWING * math.cos(2 * math.pi * (at_s - PEAK_S) / PERIOD_S)
    return mean * wave * (RUSH_FACTOR if at_s < RUSH_S else 1.0)


def callers(chance: random.Random, rates: Mapping[str, float] = WITH_FLOW) -> Iterator[Caller]:
    """Endless, in order of `at_s`: a Poisson process of changing intensity, made by thinning.

    `rates`: calls a minute for each number that they dial.
    """
    per_minute = sum(rates.values())
    highest = per_minute / 60 * (1 + SWING) * RUSH_FACTOR
    numbers, weights = list(rates), list(rates.values())
    at_s, count = 0.0, 0
    while True:
        at_s += chance.expovariate(highest)
        if chance.random() * highest > intensity(at_s, per_minute):
            continue
        [dialled] = chance.choices(numbers, weights)
        errand = _errand(chance, dialled) if FRONT_DOOR in rates else None
        yield Caller(_number(count), dialled, at_s, _stay_s(chance, errand), errand)
        count += 1


def waves(chance: random.Random, wave_s: float, rates: Mapping[str, float] = WITH_FLOW) -> Iterator[list[Caller]]:
    """The callers of the first `wave_s` seconds, of the next, and so on; a wave may be empty."""
    wave: list[Caller] = []
    until_s = wave_s
    for caller in callers(chance, rates):
        while caller.at_s >= until_s:
            yield wave
            wave, until_s = [], until_s + wave_s
        wave.append(caller)


def _errand(chance: random.Random, dialled: str) -> Errand | None:
    if dialled in LINES and chance.random() < NO_TIME.weight:
        return NO_TIME
    if dialled != FRONT_DOOR:
        return None
    [errand] = chance.choices(ERRANDS, [each.weight for each in ERRANDS])
    return errand


def _stay_s(chance: random.Random, errand: Errand | None) -> float:
    if errand is not None:
        return (
            LISTENS_S if errand.alone or errand.asks else min(LONGEST_STAY_S, errand.pressed_s + _stay_s(chance, None))
        )
    if chance.random() < IMPATIENT_SHARE:
        return chance.uniform(3.0, 25.0)
    return min(LONGEST_STAY_S, 25.0 + chance.expovariate(1 / 60))


def _number(count: int) -> str:
    """Unique in a demo of half a day: queue_log is compared with the callers' own record by it."""
    return f"{RANGES[count // 1000 % len(RANGES)]}{count % 1000:03d}"
