"""What does a long-running engine ask of the machine it runs on? A lock, a folder, an address, open files, rare pauses.

Knows the operating system and nothing of calls.
"""

from __future__ import annotations

import contextlib
import enum
import errno
import fcntl
import gc
import os
import resource
import sys
from pathlib import Path

import structlog

from cti.model.errors import ConfigError

log = structlog.get_logger(__name__)

ENOUGH_FILES = 4096
OTHER_FILES = 1500  # the web, those who are turned away, AMI, the store; of a small number at most a quarter
MOST_CALLS = 50_000
SWITCH_INTERVAL_S = 0.001  # the default is 0.005


def cannot_listen(key: str, at: object, error: OSError) -> ConfigError:
    """Return what to say where nobody can listen `at` the host:port of `key`, and what helps."""
    port = str(at).rpartition(":")[2]
    who = f"; who has it: ss -ltnp 'sport = :{port}'" if error.errno == errno.EADDRINUSE else ""
    return ConfigError([f"{key}: cannot listen on {at}: {os.strerror(error.errno or 0)}{who}"])


def make_pauses_rare() -> None:
    """A collection over thousands of live calls is a pause that a free phone would wait for: make it small, or rare.

    The young generation is not so many objects, but all that were made since it was last looked at and live: objects
    that end are counted off, also those of before. With 20,000 it held nearly all live calls [measured].
    The older ones may be rare, since a call that is over leaves nothing that only they would find (a test says so).
    To be called again once all that stays is made.
    """
    gc.freeze()
    gc.set_threshold(2_000, 1_000, 100)
    sys.setswitchinterval(
        SWITCH_INTERVAL_S
    )  # a thread that reads a big configuration or writes lets the loop in sooner


def let_go() -> None:
    """What a former centre has made is over: give its memory back, while nobody is served.

    What is frozen is never looked at again, and what refers to itself (a centre does) only a look gives back. A next
    `make_pauses_rare` would freeze what is left of it, so it is looked at now.
    """
    gc.unfreeze()
    gc.collect()


def make_enums_quick() -> None:
    """Look members of enums up as other attributes are, as Python 3.12 does.

    In 3.11 EnumType has a __getattr__ left over, which finds nothing that is not found without it (every member stands
    in its class: enum.py, _proto_member.__set_name__), and makes each `Kind.VISIT` five times slower [measured].
    """
    if "__getattr__" in vars(enum.EnumType):
        type.__delattr__(enum.EnumType, "__getattr__")


def only_engine(state_dir: Path) -> int:
    """Hold the lock of `state_dir` as long as we live, before anything in it or beside it is written.

    Returns the descriptor that holds it. Raises ConfigError where another engine does.
    """
    path = state_dir / "engine.lock"
    try:
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise ConfigError([f"state_dir: another engine runs in {state_dir}; end it first"]) from None
    except OSError as error:
        raise ConfigError([f"state_dir: cannot lock {path}: {error.strerror}"]) from None
    return lock


def raise_file_limit() -> None:
    """Each waiting call is an open socket: take as many as the system allows us."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
            soft = hard
    if 0 <= soft < ENOUGH_FILES:
        log.warning("few open files allowed: so many callers can wait, less some tens", limit=soft)


def most_calls() -> int:
    """How many callers our open files are enough for: each call in our hands is a socket."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return MOST_CALLS
    return max(1, min(MOST_CALLS, soft - min(OTHER_FILES, soft // 4)))


def make_directory(path: Path) -> None:
    """Make the engine's own folder, for its owner only, where it is missing. Raises ConfigError."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError([f"state_dir: cannot create {path}: {error.strerror}"]) from None
