"""How does an engine run as a process: signals in, an exit code out?"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import structlog
import uvloop

from cti import log as logging_setup
from cti import machine, systemd
from cti.app import Application
from cti.background import Background
from cti.config.settings import Settings
from cti.model.errors import ConfigError, PolicyError
from cti.ports import Office
from cti.store.threads import StoreThreads

if TYPE_CHECKING:
    from cti.joined.own_file import OwnFile

log = structlog.get_logger(__name__)

STOPPED, CANNOT_START = 0, 2


def run_engine(settings: Settings, file: Path | None = None) -> int:
    """Run until SIGTERM or SIGINT, reading `file` again at SIGHUP; the exit code."""
    logging_setup.configure()
    machine.raise_file_limit()
    machine.make_pauses_rare()
    machine.make_enums_quick()
    try:
        return uvloop.run(_run(settings, file))  # a tenth less CPU a call than asyncio's own loop (make bench-assign)
    except ConfigError as error:
        for problem in error.problems:
            print(f"error: {problem}", file=sys.stderr)
        return CANNOT_START


async def _run(settings: Settings, file: Path | None) -> int:
    stop, read_again = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.set_default_executor(StoreThreads())  # asyncio.to_thread is for the store alone: a PostgreSQL may hang
    loop.add_signal_handler(signal.SIGHUP, read_again.set)
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if settings.redis is None:
        work = _keep_running(settings, file, read_again)
    else:
        from cti.joined.own_file import OwnFile
        from cti.joined.turns import take_turns  # an engine alone needs no redis-py, and starts without it

        own = OwnFile(settings, file, read_again)
        work = take_turns(own, lambda office: _serve_from(own, read_again, office))
    living = loop.create_task(systemd.live())
    running, stopping = loop.create_task(work), loop.create_task(stop.wait())
    await asyncio.wait((running, stopping), return_when=asyncio.FIRST_COMPLETED)
    systemd.tell("STOPPING=1")
    stopping.cancel()
    running.cancel()  # once: a second signal must not cut short what a stop has to do
    with contextlib.suppress(asyncio.CancelledError):
        await running
    living.cancel()
    return STOPPED


async def _serve_from(own: OwnFile, read_again: asyncio.Event, office: Office) -> None:
    """Serve by what the file says now; where no engine can start from that, by what it said before.

    Any other ConfigError ends the process, as without others: the lease goes back with it, so who stands by elsewhere
    takes over at once, and whoever started this process (systemd) starts it again, to stand by.
    """
    while True:
        try:
            return await _keep_running(own.settings, own.path, read_again, office, own)
        except PolicyError as error:
            if not own.back(error.problems):
                raise


async def _keep_running(
    settings: Settings,
    file: Path | None,
    read_again: asyncio.Event,
    office: Office | None = None,
    own: OwnFile | None = None,
) -> None:
    """Start an engine and let it run until this is cancelled, be it in the midst of starting."""
    app: Application | None = None
    try:
        trouble = "" if own is None else own.trouble
        async with Application.start(settings, file, office, trouble) as app, contextlib.AsyncExitStack() as stack:
            machine.make_pauses_rare()
            Background(stack).keep(_reload_whenever, read_again, app)
            if own is not None and office is not None:
                Background(stack).keep(own.say, app.policy, office)
            _say_ready(app)
            try:
                await app.leaving.over.wait()
            finally:
                inside = app.engine.center.inside
                if own is not None and app.policy.read is not None:
                    own.take(app.policy.read)  # it may stand by again
                log.info("engine stops; who waits goes back to the dialplan, who talks goes on", inside=inside)
    except asyncio.CancelledError:
        if app is None:
            log.info("engine stops before it has started")
        raise


async def _reload_whenever(asked: asyncio.Event, app: Application) -> None:
    while True:
        await asked.wait()
        asked.clear()
        try:
            await app.reload()
        except Exception as error:  # the engine goes on with what held before
            log.error("reload failed", error=type(error).__name__)


def _say_ready(app: Application) -> None:
    settings = app.settings
    connected = sorted(name for name, node in app.switch.nodes.items() if node.live)
    missing = sorted(set(app.switch.nodes) - set(connected))
    systemd.tell("READY=1", "STATUS=serves")
    log.info(
        "engine ready" if connected else "engine started, and no Asterisk is connected yet",
        callers=str(settings.fastagi.listen),
        http=str(settings.http.listen),
        control=str(settings.control),
        connected=", ".join(connected) or "none",
        missing=", ".join(missing) or "none",
    )
