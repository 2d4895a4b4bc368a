"""Who owns the control socket? A path that only the engine's user may open, with exactly one living engine behind it.

A socket left by a dead process is replaced; one of a living process, or a file that is no socket, is not touched.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import stat
from pathlib import Path

from aiohttp import web

from cti.api.request_log import RequestLog
from cti.api.serving import serve
from cti.model.errors import ConfigError

MAX_PATH_BYTES = 107  # sun_path of Linux, less its NUL
PROBE_TIMEOUT_S = 1.0


class ControlSocket:
    """The listening control socket. `await ControlSocket.open(app, path)`, later `await close()`."""

    def __init__(self, path: Path, lock: int, runner: web.AppRunner) -> None:
        self.path = path
        self._lock, self._runner = lock, runner

    @classmethod
    async def open(cls, app: web.Application, path: Path, requests: RequestLog | None = None) -> ControlSocket:
        """Listen at `path` with rights 0600. Raises ConfigError where that cannot be."""
        if len(os.fsencode(path)) > MAX_PATH_BYTES:
            raise ConfigError([f"control: {path} is longer than {MAX_PATH_BYTES} bytes; choose a shorter path"])
        lock = _lock(path)
        try:
            _clear(path)
            runner = await serve(app, _bind(path), requests)
        except OSError as error:
            os.close(lock)
            raise ConfigError([f"control: cannot listen at {path}: {os.strerror(error.errno or 0)}"]) from None
        except BaseException:
            os.close(lock)
            raise
        return cls(path, lock, runner)

    async def close(self) -> None:
        await self._runner.cleanup()
        with contextlib.suppress(FileNotFoundError):
            self.path.unlink()
        os.close(self._lock)  # the lock's file stays: removing it would let two engines lock two files of one name


def _lock(path: Path) -> int:
    """Hold `<path>.lock` for as long as we live: the kernel lets go of it even at kill -9."""
    try:
        lock = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise ConfigError([f"control: cannot create {path}.lock: {os.strerror(error.errno or 0)}"]) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise _alive(path) from None
    return lock


def _clear(path: Path) -> None:
    try:
        found = path.lstat()
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(found.st_mode):
        raise ConfigError([f"control: {path} exists and is no socket; remove it or choose another path"])
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(PROBE_TIMEOUT_S)
        try:
            probe.connect(str(path))
        except (ConnectionRefusedError, FileNotFoundError):
            path.unlink(missing_ok=True)  # nobody listens: its process is dead
            return
        except OSError:
            pass  # somebody listens and is too busy to answer
    raise _alive(path)


def _bind(path: Path) -> socket.socket:
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        before = os.umask(0o177)  # the socket must not be open to others for even an instant
        try:
            sock.bind(str(path))
        finally:
            os.umask(before)
        sock.listen(64)
        sock.setblocking(False)
    except BaseException:
        sock.close()
        raise
    return sock


def _alive(path: Path) -> ConfigError:
    return ConfigError([f"control: another engine is running at {path}; stop it, or give this one another path"])
