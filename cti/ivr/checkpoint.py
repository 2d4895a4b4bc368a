"""What does a caller in a flow carry, so that any engine process goes on at his node? Text for a channel variable.

Never a secret: where one is needed that did not come along, the session asks for it again (session.py). At most
MAX_CHARS, so that it fits into an AGI line beside the ticket; what had to be left out is said.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from typing import NamedTuple

import msgspec

MAX_CHARS = 900
MAX_BYTES = 64_000  # unpacked; more is no checkpoint of ours
MAX_HISTORY = 10


class FrameState(msgspec.Struct, frozen=True, array_like=True):
    """One flow under way: where it stands, its variables, and the nodes that `back` leads to.

    `lost`: secrets that are not carried though they are still needed, each with the node that asks for it.
    """

    flow: str
    node: str
    values: dict[str, str | float | bool] = {}
    history: tuple[str, ...] = ()
    lost: dict[str, str] = {}


class Checkpoint(msgspec.Struct, frozen=True, array_like=True):
    """`frames`: the flow and, behind it, its subflows. `visits` counts nodes: it makes each lookup's key its own."""

    version: int
    frames: tuple[FrameState, ...]
    language: str = ""
    visits: int = 0
    troubles: int = 0
    quiet: int = 0
    question: int = 0
    low: bool = False


class Written(NamedTuple):
    """`dropped`: what did not fit: `history`, or variables as FLOW.VARIABLE (names only)."""

    text: str
    dropped: tuple[str, ...] = ()


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Checkpoint)


def write(checkpoint: Checkpoint) -> Written:
    """Return the checkpoint as text of the alphabet A-Z a-z 0-9 - _ (RFC 4648 section 5, no padding)."""
    dropped: list[str] = []
    text = _text(checkpoint)
    if len(text) > MAX_CHARS and any(frame.history for frame in checkpoint.frames):
        dropped.append("history")
        frames = tuple(msgspec.structs.replace(frame, history=()) for frame in checkpoint.frames)
        checkpoint = msgspec.structs.replace(checkpoint, frames=frames)
        text = _text(checkpoint)
    while len(text) > MAX_CHARS:
        sizes = [
            (len(str(value)), number, name)
            for number, frame in enumerate(checkpoint.frames)
            for name, value in frame.values.items()
        ]
        if not sizes:
            frames = checkpoint.frames[:1]  # names alone are too long: at least the first flow is known
            dropped.append("subflows")
            return Written(_text(msgspec.structs.replace(checkpoint, frames=frames)), tuple(dropped))
        _, number, name = max(sizes)
        dropped.append(f"{checkpoint.frames[number].flow}.{name}")
        checkpoint = _without(checkpoint, number, name)
        text = _text(checkpoint)
    return Written(text, tuple(dropped))


def read(text: str) -> Checkpoint | None:
    """Return the checkpoint in `text`, or None where there is none: a damaged one must never cost a caller."""
    if not text or len(text) > 4 * MAX_CHARS:
        return None
    try:
        packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        inflate = zlib.decompressobj()
        data = inflate.decompress(packed, MAX_BYTES)
        return None if inflate.unconsumed_tail else _decoder.decode(data)
    except (binascii.Error, zlib.error, ValueError, msgspec.MsgspecError):
        return None


def _text(checkpoint: Checkpoint) -> str:
    return base64.urlsafe_b64encode(zlib.compress(_encoder.encode(checkpoint), 9)).rstrip(b"=").decode("ascii")


def _without(checkpoint: Checkpoint, number: int, name: str) -> Checkpoint:
    frame = checkpoint.frames[number]
    values = {key: value for key, value in frame.values.items() if key != name}
    frames = list(checkpoint.frames)
    frames[number] = msgspec.structs.replace(frame, values=values)
    return msgspec.structs.replace(checkpoint, frames=tuple(frames))
