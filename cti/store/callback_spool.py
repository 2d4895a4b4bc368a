"""Which callback requests did Asterisk's fallback spool while the engine was away? Takes each over exactly once.

Insert and commit first, unlink second: a crash between the two shows the file again, and its id is known by then.
Asterisk's FILE() writes into the file under its own name: what is no request yet may become one in a moment.
The directory is written by another program: no name, link or content in it is trusted. Bad files go to `bad/`.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import structlog
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from cti.store.callback_request import ConflictingRequest, decode_request, take_over
from cti.store.database import Store

BAD = "bad"  # the folder in it of files that are no requests
MAX_FILE_BYTES = 16 * 1024
MAX_FILES_PER_SCAN = 200
INTERVAL_S = 5.0
UNFINISHED_S = 10.0  # a file so young may still be written

_log = structlog.get_logger(__name__)


class _Bad(Exception):
    """A file that can never become a request."""


@dataclass
class SpoolCounts:
    """What the scans of one spool came to. `errors`: could not be read or stored now, tried again at the next scan."""

    taken: int = 0
    seen_again: int = 0
    bad: int = 0
    errors: int = 0


def scan_spool(directory: Path, store: Store, now: float, counts: SpoolCounts) -> None:
    """Take over what lies in `directory`. Blocks for the disk; never raises for a file, a full disk or a lost database.

    A name that starts with a dot or does not end in .json is somebody else's (a temporary file) and stays.
    """
    try:
        spool = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except FileNotFoundError:
        return  # no script ever ran here
    except OSError:
        counts.errors += 1
        return
    try:
        names = sorted(name for name in os.listdir(spool) if name.endswith(".json") and not name.startswith("."))
        _take_files(spool, names, store, now, counts)
    except (OSError, SQLAlchemyError):
        counts.errors += 1  # the store is ill: the rest would fail the same way
    finally:
        os.close(spool)


def _take_files(spool: int, names: list[str], store: Store, now: float, counts: SpoolCounts) -> None:
    done = 0
    for name in names:
        try:
            _take_file(spool, name, store, now, counts)
        except OSError:
            counts.errors += 1  # this one cannot be read or removed now; it must not stand in the others' way
            continue
        done += 1
        if done == MAX_FILES_PER_SCAN:
            return


def _take_file(spool: int, name: str, store: Store, now: float, counts: SpoolCounts) -> None:
    try:
        raw, written_at = _read(spool, name)
        request = decode_request(raw)
        if request is None:
            if abs(now - written_at) < UNFINISHED_S:
                return
            raise _Bad
        taken = take_over(store, request, now)
    except (_Bad, ConflictingRequest):
        _set_apart(spool, name)
        counts.bad += 1
        return
    except IntegrityError:  # another process was faster; the next scan sees its row
        counts.errors += 1
        return
    counts.taken += taken
    counts.seen_again += not taken
    os.unlink(name, dir_fd=spool)


def _read(spool: int, name: str) -> tuple[bytes, float]:
    """What it holds, and when it was written to (epoch seconds)."""
    try:
        # O_NONBLOCK: a FIFO must not stop the scan
        fd = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=spool)
    except OSError as error:
        if stat.S_ISREG(os.stat(name, dir_fd=spool, follow_symlinks=False).st_mode):
            raise  # a file of ours that we may not read now
        raise _Bad from error
    try:
        found = os.fstat(fd)
        if not stat.S_ISREG(found.st_mode) or found.st_size > MAX_FILE_BYTES:
            raise _Bad
        raw = os.read(fd, MAX_FILE_BYTES + 1)
        if len(raw) > MAX_FILE_BYTES:
            raise _Bad
        return raw, found.st_mtime
    finally:
        os.close(fd)


def _set_apart(spool: int, name: str) -> None:
    """Move to bad/ (never through a link), under a name that is free there."""
    with contextlib.suppress(FileExistsError):
        os.mkdir(BAD, 0o700, dir_fd=spool)
    bad = os.open(BAD, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=spool)
    try:
        taken = set(os.listdir(bad))
        target = next(free for n in range(len(taken) + 1) if (free := f"{n}-{name}" if n else name) not in taken)
        os.rename(name, target, src_dir_fd=spool, dst_dir_fd=bad)
    finally:
        os.close(bad)


async def watch_spool(
    directory: Path,
    store: Store,
    clock: Callable[[], float],
    counts: SpoolCounts,
    *,
    interval_s: float = INTERVAL_S,
    scanned: Callable[[], None] = lambda: None,
) -> None:
    """Scan at once and then every `interval_s`, in a thread, until cancelled. `scanned` is called after each scan."""
    told = SpoolCounts()
    while True:
        await asyncio.to_thread(scan_spool, directory, store, clock(), counts)
        if counts != told:
            _log.info("callback_spool", taken=counts.taken, bad=counts.bad, errors=counts.errors)
            told = SpoolCounts(counts.taken, counts.seen_again, counts.bad, counts.errors)
        scanned()
        await asyncio.sleep(interval_s)
