"""Does a checkpoint fit into a channel variable, and come back as it was?"""

from __future__ import annotations

import base64
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti.ivr.checkpoint import MAX_CHARS, Checkpoint, FrameState, read, write

pytestmark = pytest.mark.unit

NAMES = st.text("abcdefgh_-", min_size=1, max_size=40)
VALUES = st.text(max_size=2000) | st.floats(allow_nan=False) | st.booleans()
FRAMES = st.builds(
    FrameState, NAMES, NAMES, st.dictionaries(NAMES, VALUES, max_size=6), st.lists(NAMES, max_size=10).map(tuple)
)
CHECKPOINTS = st.builds(
    Checkpoint,
    st.integers(0, 10**6),
    st.lists(FRAMES, min_size=1, max_size=8).map(tuple),
    st.just("en"),
    st.integers(0, 9),
)


@settings(deadline=None)
@given(CHECKPOINTS)
def test_it_always_fits_and_says_what_it_left_out(checkpoint: Checkpoint) -> None:
    written = write(checkpoint)
    assert len(written.text) <= MAX_CHARS
    assert all(char.isalnum() or char in "-_" for char in written.text)
    back = read(written.text)
    assert back is not None
    assert (back == checkpoint) == (not written.dropped)
    assert (back.frames[0].flow, back.frames[0].node) == (checkpoint.frames[0].flow, checkpoint.frames[0].node)


def test_the_history_goes_first_then_the_longest_value() -> None:
    digits = "".join(f"{number * 7919 % 9973:04d}" for number in range(350))
    frame = FrameState("main", "a", {"long": digits, "short": "7"}, tuple("abc"))
    written = write(Checkpoint(1, (frame,)))
    assert written.dropped == ("history", "main.long")
    back = read(written.text)
    assert back is not None and back.frames[0].values == {"short": "7"}


@settings(deadline=None)
@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda data: base64.urlsafe_b64encode(data).decode()))
def test_a_damaged_one_is_none(text: str) -> None:
    assert read(text) is None


def test_one_that_unpacks_to_too_much_is_none() -> None:
    assert read(base64.urlsafe_b64encode(zlib.compress(b"\0" * 1_000_000)).decode()) is None
