"""What exactly did the engine see, and when? (now, event) appended to a file, and read back for replay and explain.

The journal holds personal data (numbers): readable by its owner only, and off unless configured.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Iterator
from io import FileIO
from pathlib import Path
from typing import Any

import msgspec
import structlog
from pydantic import BaseModel

from cti.model.errors import ConfigError
from cti.model.events import AnyEvent, CallArrived

log = structlog.get_logger(__name__)

FLUSH_INTERVAL_S = 1.0
MAX_BYTES = 256 * 1024 * 1024
BUFFER_BYTES = 64 * 1024


def _plain(value: Any) -> Any:
    """A policy inside an event (PolicyChanged), as plain data."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_defaults=True)
    raise NotImplementedError


def _policy(kind: type, value: Any) -> Any:
    if issubclass(kind, BaseModel):
        return kind.model_validate(value)
    raise NotImplementedError


_encoder = msgspec.json.Encoder(enc_hook=_plain)
_decoder: msgspec.json.Decoder[tuple[float, AnyEvent]] = msgspec.json.Decoder(tuple[float, AnyEvent], dec_hook=_policy)


class Journal:
    """Appends; turns to a new file at `max_bytes` and keeps one old one (`.1`). A full disk costs the journal only.

    `lost` counts events. What cannot be written waits for the next flush, up to BUFFER_BYTES.
    """

    def __init__(self, path: Path, *, max_bytes: int = MAX_BYTES) -> None:
        self._path = path
        self._max_bytes = max_bytes
        self.lost = 0
        self._waiting = bytearray()  # whole lines, of the first perhaps only the end
        self._torn = False  # the file may end in the middle of a line
        self._failing = False
        self._size_bytes = 0
        self._file: FileIO | None = None
        self._open()

    def append(self, now: float, event: AnyEvent) -> None:
        if isinstance(event, CallArrived) and event.flow_at:  # packed: whoever erases a number does not see into it
            event = msgspec.structs.replace(event, flow_at="")
        self._waiting += _encoder.encode((now, event)) + b"\n"
        if len(self._waiting) >= BUFFER_BYTES or self._size_bytes + len(self._waiting) > self._max_bytes:
            self.flush()
            if len(self._waiting) >= BUFFER_BYTES:
                self._give_up()

    def flush(self) -> None:
        if not self._waiting:
            return
        try:
            self._write()
            if self._size_bytes > self._max_bytes:
                self._turn()
        except OSError as error:
            if not self._failing:
                log.error("journal cannot be written", error=error.strerror)
            self._failing = True
            return
        if self._failing:
            log.warning("journal is written again", lost=self.lost)
        self._failing = False

    def close(self) -> None:
        self.flush()
        self._give_up()

    def _write(self) -> None:
        if self._file is None:
            self._open()
        assert self._file is not None
        if self._torn:
            self._file.write(b"\n")
            self._torn = False
        while self._waiting:
            written = self._file.write(self._waiting) or 0
            self._size_bytes += written
            del self._waiting[:written]

    def _give_up(self) -> None:
        """What waits is lost, and the file is opened anew next time."""
        self.lost += self._waiting.count(b"\n")
        self._waiting.clear()
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.close()
        self._file = None

    def _open(self) -> None:
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._file = FileIO(descriptor, "ab")
        self._size_bytes = os.fstat(descriptor).st_size
        self._torn = self._size_bytes > 0  # an engine may have died in the middle of a line

    def _turn(self) -> None:
        self._give_up()
        os.replace(self._path, self._path.with_name(self._path.name + ".1"))
        self._open()


def open_journal(path: Path | None) -> Journal | None:
    """A journal at `path`, or none where none is wanted; raises ConfigError."""
    if path is None:
        return None
    try:
        return Journal(path)
    except OSError as error:
        raise ConfigError([f"journal: cannot write {path}: {error.strerror}"]) from None


async def flush_regularly(journal: Journal) -> None:
    while True:
        await asyncio.sleep(FLUSH_INTERVAL_S)
        journal.flush()


def read(path: Path) -> Iterator[tuple[float, AnyEvent]]:
    """The events of a journal in order; a line cut short (an engine died in it) is left out."""
    with path.open("rb") as file:
        for line in file:
            try:
                yield _decoder.decode(line)
            except msgspec.MsgspecError:
                continue
