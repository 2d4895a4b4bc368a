"""Which time is it, on a machine whose clock may be wrong for a moment? For the engine, and for what is deleted by age.

Between two looks at the system's clock time is what CLOCK_BOOTTIME says: nobody can set that one. Decides nothing else.
"""

from __future__ import annotations

import time

import structlog

from cti.ports import Clock

LOOK_S = 1.0
MAX_SLEW = 0.1  # a clock that is ahead runs a tenth slower until it is right
MOST_AHEAD_S = 600.0  # what says that it is later than this is wrong itself
LEAP_S = 1.0  # a step forwards of more must stand before it is believed
STANDS_S = 60.0
SEEN_S = 5.0  # so much of its time one look can speak for: between two that lie far apart anything may have been
APART_S = 60.0  # from here on people are told
YOUNG_S = 600.0  # until then a machine that has booted with a wrong clock has usually been put right
DAY_S = 86_400.0

log = structlog.get_logger(__name__)


def lasting_clock() -> float:
    """Seconds that go on while this process is stopped, and while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class SteadyClock:
    """Epoch seconds that never run backwards, and do not go along with a clock that is wrong for a moment.

    They follow the system's clock: a step forwards (NTP after the start) once it has stood for STANDS_S, a step
    backwards by running slower until it is made up for. A machine that slept is no step.
    `ahead_s`: of the system's clock, at the last look; below 0: behind it.
    """

    def __init__(self, wall: Clock = time.time, lasting: Clock = lasting_clock) -> None:
        self.ahead_s = 0.0
        self._wall, self._lasting = wall, lasting
        self._looked_at = lasting()
        self._base = wall() - self._looked_at
        self._leap: float | None = None  # where the system's clock has stepped to, and for how long that is seen
        self._stood_s = 0.0
        self._told = False

    def __call__(self) -> float:
        ticks = self._lasting()
        elapsed_s = ticks - self._looked_at
        if elapsed_s >= LOOK_S:
            self._looked_at = ticks
            self._follow(self._wall() - ticks, elapsed_s)
        return self._base + ticks

    def reached(self, at: float) -> None:
        """An engine before us has lived at this time: it is no earlier here. Its machine's clock was ahead of ours.

        Who has waited since then would be a newcomer otherwise, and lose his place among those who have come before.
        """
        ahead_s = at - self()
        if 0 < ahead_s <= MOST_AHEAD_S:
            self._base += ahead_s
            self.ahead_s += ahead_s

    def in_words(self) -> str:
        """What people should know of it; "": it is right."""
        if abs(self.ahead_s) <= APART_S:
            return ""
        side = "ahead of" if self.ahead_s > 0 else "behind"
        apart = f"the engine's clock is {abs(self.ahead_s) / 60:.0f} min {side} the machine's"
        return f"{apart}: customers are called only in hours that are theirs by both"

    def _follow(self, base: float, elapsed_s: float) -> None:
        ahead_s = self._base - base
        if ahead_s >= -LEAP_S:
            self._leap = None
            self._base -= min(ahead_s, elapsed_s * MAX_SLEW)
        elif self._stands(base, elapsed_s):
            self._base = base
        self.ahead_s = self._base - base
        self._tell()

    def _stands(self, base: float, elapsed_s: float) -> bool:
        if self._leap is None or abs(base - self._leap) > LEAP_S:
            self._leap, self._stood_s = base, 0.0
        else:
            self._stood_s += min(elapsed_s, SEEN_S)
        return self._stood_s >= STANDS_S

    def _tell(self) -> None:
        apart = abs(self.ahead_s) > APART_S
        if apart and not self._told:
            log.warning("the engine's clock is not the machine's, which was stepped", ahead_s=round(self.ahead_s))
        elif self._told and not apart:
            log.info("the engine's clock is the machine's again")
        self._told = apart


class AgeingClock:
    """Epoch seconds by which what is kept grows old: the least of all that may be the time, for nothing comes back.

    That is `clock` (the engine's), the system's, and what the lesser of both was at the start with all that has passed
    since. 0, so that nothing is old, until YOUNG_S after the start.
    """

    def __init__(self, clock: Clock, wall: Clock = time.time, lasting: Clock = lasting_clock) -> None:
        self._clock, self._wall, self._lasting = clock, wall, lasting
        self._began_at = lasting()
        self._base = min(clock(), wall()) - self._began_at

    def __call__(self) -> float:
        if self._lasting() - self._began_at < YOUNG_S:
            return 0.0
        return min(self._since_start(), self._now())

    def in_words(self) -> str:
        """What people should know of it; "": it is right."""
        behind_s = self._now() - self._since_start()
        if behind_s < DAY_S:
            return ""
        why = "the machine's clock was behind when the engine began; start it again"
        return f"what is too old is deleted {behind_s / DAY_S:.0f} days late: {why}"

    def _since_start(self) -> float:
        return self._base + self._lasting()

    def _now(self) -> float:
        return min(self._wall(), self._clock())
