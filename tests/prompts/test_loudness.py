"""Every prompt equally loud, none cut off."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.prompts.loudness import PEAK_DBFS, TARGET_DBFS, dbfs, level_dbfs, levelled, peak, trimmed
from cti.prompts.sound import Sound
from tests.sounds import joined, silence, tone

pytestmark = pytest.mark.unit


def test_pauses_do_not_count() -> None:
    alone = tone(440, 1.0, 8000)
    assert level_dbfs(alone) == pytest.approx(dbfs(0.3 / math.sqrt(2)), abs=0.1)
    assert level_dbfs(joined(alone, silence(5, 8000), alone)) == pytest.approx(level_dbfs(alone), abs=0.2)
    assert level_dbfs(silence(1)) == -120.0


@settings(max_examples=30, deadline=None)
@given(st.floats(0.002, 1.0), st.floats(100, 3000), st.floats(0.1, 1.0))
def test_every_level_becomes_the_same_and_no_peak_is_too_high(size: float, hz: float, seconds: float) -> None:
    found = levelled(tone(hz, seconds, 8000, size))
    assert level_dbfs(found) == pytest.approx(TARGET_DBFS, abs=0.5)
    assert dbfs(peak(found)) < PEAK_DBFS


def test_high_peaks_are_bent_not_cut() -> None:
    spiky = Sound(8000, [0.9 if n % 80 == 0 else 0.02 * math.sin(n) for n in range(8000)])
    found = levelled(spiky)
    assert dbfs(peak(found)) <= PEAK_DBFS
    assert len(set(found.samples)) > 1000


def test_silence_stays_silence() -> None:
    assert levelled(silence(0.5)).samples == silence(0.5).samples
    assert trimmed(silence(0.5)).samples == silence(0.5).samples


def test_silence_at_the_ends_is_cut() -> None:
    found = trimmed(joined(silence(1), tone(440, 0.5), silence(0.7), tone(440, 0.5), silence(2)))
    assert found.seconds == pytest.approx(0.5 + 0.7 + 0.5 + 0.1, abs=0.05)
