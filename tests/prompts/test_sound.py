"""WAV files in and out."""

from __future__ import annotations

import io
import wave

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.prompts.sound import NotSound, Sound, read_wav, write_wav

pytestmark = pytest.mark.unit


@given(st.lists(st.floats(-1, 1), max_size=50), st.sampled_from([8000, 16000, 22050]))
def test_what_is_written_is_read_again(samples: list[float], rate_hz: int) -> None:
    found = read_wav(write_wav(Sound(rate_hz, samples)))
    assert found.rate_hz == rate_hz
    assert found.samples == pytest.approx(samples, abs=1 / 32767)


def test_what_is_too_loud_is_clipped_not_wrapped() -> None:
    assert read_wav(write_wav(Sound(8000, [2.0, -2.0]))).samples == [1.0, -1.0]


def wav(channels: int, width: int, rate: int, frames: bytes) -> bytes:
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setparams((channels, width, rate, 0, "NONE", ""))
        file.writeframes(frames)
    return target.getvalue()


def test_channels_are_mixed() -> None:
    assert read_wav(wav(2, 2, 44100, b"\xff\x7f\x00\x00" * 2)).samples == pytest.approx([0.5, 0.5])


def test_a_stream_that_claims_two_gigabytes_is_read_as_far_as_it_goes() -> None:
    whole = bytearray(write_wav(Sound(22050, [0.5] * 100)))
    whole[4:8] = whole[40:44] = b"\xff\xff\xff\x7f"
    assert len(read_wav(bytes(whole)).samples) == 100


@pytest.mark.parametrize("data", [b"", b"RIFF", b"ID3" + bytes(200), wav(1, 1, 8000, b"abc"), wav(1, 2, 400, b"ab")])
def test_anything_else_is_refused_with_the_remedy(data: bytes) -> None:
    with pytest.raises(NotSound, match="save it as"):
        read_wav(data)
