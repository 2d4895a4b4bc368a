"""Which prompts are there already, from where, and are they what they should be? Looks at folders, makes nothing.

On a shelf a prompt lies as LANGUAGE/NAME.wav (8 kHz) and .wav16 (16 kHz), the layout in which Asterisk looks for it.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from cti.model.spoken import PromptText

MADE = (".wav", ".wav16")
# What the formats of Asterisk 22 read (format_*.c); ours are WAV, whose header keeps a wrong rate from being played.
PLAYED = (*MADE, ".sln", ".sln16", ".gsm", ".ulaw", ".ul", ".alaw", ".al", ".g722", ".WAV", ".wav49", ".ogg", ".opus")
RECIPE = "1"  # of trimming, levelling and resampling: another number makes every prompt anew
RECORD = ".made.json"
HASHES_KEPT = 8


class Source(StrEnum):
    """Where a prompt's sound comes from. The first that applies."""

    RECORDING = "recording"  # in the recordings folder
    PLACED = "placed"  # somebody put a file on the shelf
    CORE = "core"  # Asterisk has it
    TEXT = "text"


class State(StrEnum):
    READY = "ready"
    OUTDATED = "outdated"  # made from another text, voice or recording
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Folders:
    """Where things are: `sounds` is the shelf, `core` are the sounds folders of Asterisk."""

    sounds: Path
    recordings: Path
    cache: Path
    core: tuple[Path, ...] = ()


class Finding(NamedTuple):
    """One prompt: what it is made from, how far it is, its key (of what it is made from) and the files to play."""

    prompt: PromptText
    source: Source
    state: State
    key: str = ""
    files: tuple[Path, ...] = ()
    recording: Path | None = None


@dataclass
class Record:
    """What we have made on a shelf, so that a file by somebody else is told from ours."""

    made: dict[str, dict[str, list[str]]] = field(default_factory=dict)  # path: {key: [one], hashes: [newest first]}
    voices: dict[str, str] = field(default_factory=dict)  # language: identity of the voice that spoke last

    def identity(self, language: str) -> str:
        """Return the voice of the last build: what to compare with where there is no voice to ask."""
        return self.voices.get(language, "")

    def key(self, path: str) -> str:
        return next(iter(self.made.get(path, {}).get("key", ())), "")

    def is_ours(self, path: str, file: Path) -> bool:
        """Whether the content of `file` is something we made for `path`."""
        return digest(file.read_bytes()) in self.made.get(path, {}).get("hashes", ())

    def note(self, path: str, key: str, hashes: list[str]) -> None:
        """Note what is about to be put there. What was there stays ours: a kill between the two must not hide it."""
        before = self.made.get(path, {}).get("hashes", [])
        self.made[path] = {"key": [key], "hashes": list(dict.fromkeys([*hashes, *before]))[:HASHES_KEPT]}

    @classmethod
    def read(cls, shelf: Path) -> Record:
        """Return the record of a shelf; an unreadable one counts as empty: then every file there is somebody's."""
        try:
            found = json.loads((shelf / RECORD).read_text(encoding="utf-8"))
            return cls({str(path): dict(entry) for path, entry in found["made"].items()}, dict(found["voices"]))
        except (OSError, ValueError, KeyError, AttributeError, TypeError):
            return cls()

    def write(self, shelf: Path) -> None:
        text = json.dumps({"voices": self.voices, "made": dict(sorted(self.made.items()))}, indent=1)
        put(shelf / RECORD, text.encode())


def look(
    wanted: Iterable[PromptText],
    folders: Folders,
    identity: Callable[[str], str] | None = None,
    record: Record | None = None,
) -> list[Finding]:
    """Return how far each wanted prompt is. `identity`: of the voice for a language (none: that of the last build)."""
    record = Record.read(folders.sounds) if record is None else record
    return [_finding(prompt, folders, record, identity or record.identity) for prompt in wanted]


def _finding(prompt: PromptText, folders: Folders, record: Record, identity: Callable[[str], str]) -> Finding:
    path = f"{prompt.language}/{prompt.name}"
    there = _files(folders.sounds / path, PLAYED)
    ours = [file for file in there if file.suffix in MADE and record.is_ours(path, file)]
    recordings = _files(folders.recordings / path, (".wav", ".WAV"))
    if recordings:
        key = digest(f"{RECIPE} recording {digest(recordings[0].read_bytes())}".encode())
        return Finding(prompt, Source.RECORDING, _state(path, ours, record, key), key, tuple(ours), recordings[0])
    if len(there) > len(ours):
        placed = tuple(file for file in there if file not in ours)
        return Finding(prompt, Source.PLACED, State.READY, files=placed)
    for core in folders.core:
        files = _files(core / path, PLAYED)
        if files:
            return Finding(prompt, Source.CORE, State.READY, files=tuple(files))
    key = digest("\n".join((RECIPE, identity(prompt.language), prompt.text)).encode())
    return Finding(prompt, Source.TEXT, _state(path, ours, record, key), key, tuple(ours))


def _state(path: str, ours: list[Path], record: Record, key: str) -> State:
    if len(ours) < len(MADE):
        return State.MISSING
    return State.READY if record.key(path) == key else State.OUTDATED


def _files(stem: Path, endings: tuple[str, ...]) -> list[Path]:
    candidates = (stem.with_name(stem.name + ending) for ending in endings)
    return [file for file in candidates if file.is_file()]


def digest(data: bytes) -> str:
    """Return a name for a content."""
    return hashlib.sha256(data).hexdigest()[:32]


def put(target: Path, data: bytes) -> None:
    """Write a file whole or not at all; Asterisk never reads half of one."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix=".cti-", delete=False) as file:
        try:
            file.write(data)
            os.fchmod(file.fileno(), 0o644)  # Asterisk is another user
            os.replace(file.name, target)
        except BaseException:
            os.unlink(file.name)
            raise
