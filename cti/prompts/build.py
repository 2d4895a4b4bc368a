"""How do missing prompts get onto the shelf? From recordings and texts, each levelled, at both rates, in parallel.

What was made once from the same text, voice and recipe comes from the cache. Says nothing: the caller shows progress.
"""

from __future__ import annotations

import fcntl
import multiprocessing
import os
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from cti.model.spoken import PromptText, said_as
from cti.prompts.ear import RATES_HZ
from cti.prompts.loudness import levelled, trimmed
from cti.prompts.resample import resample
from cti.prompts.shelf import MADE, Finding, Folders, Record, Source, State, digest, look, put
from cti.prompts.sound import NotSound, read_wav, write_wav
from cti.prompts.voices import NoVoice, Voice

PROCESSES = 2
KEPT_S = 90 * 86_400.0


class Made(NamedTuple):
    """One prompt that was to be made; `why_not` is empty where it was."""

    finding: Finding
    why_not: str = ""


class Busy(Exception):
    """Somebody else builds on this shelf now."""


def build(
    wanted: Iterable[PromptText],
    folders: Folders,
    voice: Callable[[], Voice],
    *,
    anew: bool = False,
    processes: int = PROCESSES,
    told: Callable[[Made, int], None] = lambda made, all_of_them: None,
) -> list[Made]:
    """Make what is missing or outdated (`anew`: all of ours); tell each with the number of all. Raises Busy, NoVoice.

    `voice` is asked for only when there may be something to say.
    """
    speaker = voice()
    with _only_one(folders.sounds):
        record = Record.read(folders.sounds)
        wanted = list(wanted)
        record.voices.update({prompt.language: speaker.identity(prompt.language) for prompt in wanted})
        found = look(wanted, folders, speaker.identity, record)
        due = [
            finding
            for finding in found
            if finding.source in (Source.TEXT, Source.RECORDING) and (anew or finding.state != State.READY)
        ]
        done = []
        for finding, sounds in _sounds(due, folders.cache, speaker, processes, anew):
            made = (
                Made(finding, sounds) if isinstance(sounds, str) else _shelve(finding, sounds, folders.sounds, record)
            )
            done.append(made)
            told(made, len(due))
        _keep_said(look(wanted, folders, speaker.identity, record), folders.sounds)
    return done


def _sounds(
    due: list[Finding], cache: Path, voice: Voice, processes: int, anew: bool
) -> Iterator[tuple[Finding, dict[str, bytes] | str]]:
    """Yield each with its files, or why not, in the order in which they are ready."""
    if len(due) <= 1 or processes <= 1:
        for finding in due:
            yield finding, make(finding, cache, voice, anew)
        return
    # spawn: a fork would copy the threads of whoever shows progress
    with ProcessPoolExecutor(min(processes, len(due)), multiprocessing.get_context("spawn")) as pool:
        jobs = {pool.submit(make, finding, cache, voice, anew): finding for finding in due}
        try:
            for job in as_completed(jobs):
                yield jobs[job], job.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def make(finding: Finding, cache: Path, voice: Voice, anew: bool) -> dict[str, bytes] | str:
    """Return the files (ending: content) of a prompt, from the cache or made now, or why it cannot be made."""
    kept = {ending: cache / f"{finding.key}{ending}" for ending in MADE}
    if not anew and all(file.is_file() for file in kept.values()):
        return {ending: file.read_bytes() for ending, file in kept.items()}
    try:
        if finding.recording is not None:
            raw = finding.recording.read_bytes()
        else:
            raw = voice.say(finding.prompt.text, finding.prompt.language)
        sound = trimmed(read_wav(raw))
    except (NoVoice, NotSound, OSError) as error:
        return str(error)
    files = {ending: write_wav(levelled(resample(sound, RATES_HZ[ending]))) for ending in MADE}
    for ending, data in files.items():
        put(kept[ending], data)
    return files


def _shelve(finding: Finding, sounds: dict[str, bytes], shelf: Path, record: Record) -> Made:
    path = f"{finding.prompt.language}/{finding.prompt.name}"
    record.note(path, finding.key, [digest(data) for data in sounds.values()])
    record.write(shelf)  # before the files: what is not in it counts as somebody's recording
    files = []
    for ending, data in sounds.items():
        files.append(shelf / f"{path}{ending}")
        put(files[-1], data)
    return Made(finding._replace(state=State.READY, files=tuple(files)))


def _keep_said(found: Iterable[Finding], shelf: Path) -> None:
    """The sound of each text stays under a name of its own, for callers in older versions of the flows.

    For KEPT_S after it was last wanted.
    """
    wanted = set[Path]()
    for finding in found:
        if finding.source is not Source.TEXT or finding.state is not State.READY:
            continue
        for file in finding.files:
            said = shelf / finding.prompt.language / f"{said_as(finding.prompt.text)}{file.suffix}"
            wanted.add(said)
            data = file.read_bytes()
            if not said.exists() or said.read_bytes() != data:  # another voice speaks the same text now
                put(said, data)
            os.utime(said)
    now = time.time()
    for folder in {file.parent for file in wanted}:
        for file in folder.iterdir():
            if file not in wanted and now - file.stat().st_mtime > KEPT_S:
                file.unlink()


@contextmanager
def _only_one(shelf: Path) -> Iterator[None]:
    shelf.mkdir(parents=True, exist_ok=True)
    lock = os.open(shelf / ".lock", os.O_CREAT | os.O_RDWR, 0o644)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise Busy(f"somebody else builds prompts in {shelf}; wait until that is done") from None
    try:
        yield
    finally:
        os.close(lock)
