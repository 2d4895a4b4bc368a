"""How does a sound become one of another rate, without the hiss of mirrored frequencies? PURE.

A polyphase windowed sinc (Kaiser). Written out because a library for it would bring a hundred megabytes, and the
prompts of a centre are minutes of sound.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import chain, repeat
from operator import mul

from cti.prompts.sound import Sound

CROSSINGS = 24  # of the sinc on each side
BETA = 8.0  # Kaiser: 80 dB down in what must not pass
ROLL_OFF = 0.955  # of the lower half rate: the middle of the way down


def resample(sound: Sound, rate_hz: int) -> Sound:
    """Return `sound` at `rate_hz`, as long as before."""
    if sound.rate_hz == rate_hz or not sound.samples:
        return Sound(rate_hz, sound.samples)
    shared = math.gcd(sound.rate_hz, rate_hz)
    up, down = rate_hz // shared, sound.rate_hz // shared
    phases, half = _phases(up, down)
    samples = list(chain(repeat(0.0, half), sound.samples, repeat(0.0, half + 1)))
    made = []
    for number in range(-(-len(sound.samples) * up // down)):
        first, phase = divmod(number * down, up)
        made.append(sum(map(mul, phases[phase], samples[first : first + 2 * half + 1])))
    return Sound(rate_hz, made)


@lru_cache(maxsize=8)
def _phases(up: int, down: int) -> tuple[list[list[float]], int]:
    """For each of `up` positions between two samples, the weights of the samples around it; how many on each side."""
    cutoff = ROLL_OFF * min(1.0, up / down)
    half = math.ceil(CROSSINGS / cutoff)
    phases = []
    for phase in range(up):
        weights = []
        for step in range(-half, half + 1):
            t = step - phase / up
            inside = 1.0 - (t / (half + 1)) ** 2
            x = math.pi * cutoff * t
            weights.append((math.sin(x) / x if x else 1.0) * _bessel(BETA * math.sqrt(max(0.0, inside))))
        total = sum(weights)
        phases.append([weight / total for weight in weights])
    return phases, half


def _bessel(x: float) -> float:
    """The modified Bessel function of the first kind, order 0, by its series."""
    term = total = 1.0
    for k in range(1, 40):
        term *= (x / (2 * k)) ** 2
        total += term
    return total
