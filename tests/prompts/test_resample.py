"""Another rate, the same sound: tones pass, what a lower rate cannot hold does not come back as a hiss."""

from __future__ import annotations

import math

import pytest

from cti.prompts.resample import resample
from tests.sounds import tone

pytestmark = pytest.mark.unit


def power_db(samples: list[float]) -> float:
    middle = samples[len(samples) // 5 : -len(samples) // 5]
    return 10 * math.log10(sum(value * value for value in middle) / len(middle) * 2 + 1e-12)


@pytest.mark.parametrize(
    ("before", "after"), [(22050, 8000), (22050, 16000), (8000, 16000), (48000, 8000), (44100, 16000)]
)
def test_speech_passes_unchanged(before: int, after: int) -> None:
    for hz in (300.0, 1000.0, 3400.0):
        found = resample(tone(hz, 0.25, before, 1.0), after)
        assert found.rate_hz == after
        assert abs(found.seconds - 0.25) < 1 / after
        assert power_db(found.samples) == pytest.approx(0.0, abs=0.2)


@pytest.mark.parametrize("hz", [4300.0, 6000.0, 10000.0])
def test_what_does_not_fit_is_gone(hz: float) -> None:
    assert power_db(resample(tone(hz, 0.25, 22050, 1.0), 8000).samples) < -60


def test_the_waves_stay_where_they_were() -> None:
    found = resample(tone(500.0, 0.2, 22050, 1.0), 8000).samples
    expected = tone(500.0, 0.2, 8000, 1.0).samples
    assert found[200:-200] == pytest.approx(expected[200:-200], abs=0.005)
