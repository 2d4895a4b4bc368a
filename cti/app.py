"""Which parts make an engine, and in which order do they start and stop? The only file that knows every part.

Start: store, centre, readers, HTTP, nodes, and the door for callers last. Stop: the other way round. A stop is no
different from a death for those who wait: the dialplan keeps them, and the next engine takes their tickets.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from pathlib import Path

import structlog
import uvloop

from cti import log as logging_setup
from cti import machine
from cti.api.control import make_control_app
from cti.api.control_socket import ControlSocket
from cti.api.http import make_http_app, missing_for_ready
from cti.api.loop_watch import LoopWatch
from cti.api.serving import serve_tcp
from cti.center import ContactCenter
from cti.config import Settings
from cti.engine import Engine, SteadyClock
from cti.journal import Journal
from cti.metrics.live import LiveView
from cti.metrics.prometheus import PrometheusReader
from cti.metrics.queue_log_file import QueueLogFile
from cti.model.changes import Changed, Kind
from cti.model.errors import ConfigError
from cti.model.policy_version import policy_version
from cti.model.words import AgentId, NodeId
from cti.ports import Reader
from cti.store.agent_status import StoreWriter, load_agent_status
from cti.store.callback_spool import SpoolCounts, watch_spool
from cti.store.database import Store, open_store
from cti.store.history import History
from cti.store.history_writer import HistoryWriter
from cti.switch.asterisk import AsteriskSwitch, NodeAddress

log = structlog.get_logger(__name__)

STOPPED, CANNOT_START = 0, 2
LAG_INTERVAL_S = 2.0
FLUSH_INTERVAL_S = 1.0
RETELL_S = 60.0
DAY_S = 86_400.0


class Application:
    """A running engine with everything around it. `async with Application.start(settings)` gives one."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock = SteadyClock()
        policy = settings.center
        self.view = LiveView(policy, settings.nodes)
        self.switch = _switch(settings, self.clock)
        self.prometheus = PrometheusReader(policy, self.view, self.clock, self._ami_events, self._count_errors)
        self.engine: Engine
        self.spool_counts = SpoolCounts()
        self._errors: dict[str, Callable[[], int]] = {
            "reader": lambda: self.engine.reader_errors,
            "switch": lambda: self.engine.switch_errors,
            "session_refused": self._sessions_refused,
            "agi_protocol": lambda: self.switch.agi.counters.protocol_errors,
            "agi_command_timeout": lambda: self.switch.agi.counters.command_timeouts,
            "ami_login_refused": lambda: sum(n.link.counters.login_refusals for n in self.switch.nodes.values()),
            "ami_action_timeout": lambda: sum(n.link.counters.timeouts for n in self.switch.nodes.values()),
            "ami_event": lambda: sum(n.link.counters.event_errors for n in self.switch.nodes.values()),
            "ami_forged_event": lambda: sum(n.link.counters.forged for n in self.switch.nodes.values()),
            "spool_bad_file": lambda: self.spool_counts.bad,
            "spool": lambda: self.spool_counts.errors,
            "live_view": lambda: self.view.inconsistent,
        }
        self._policy = policy
        self._version = policy_version(policy)
        self.history: History

    @classmethod
    @contextlib.asynccontextmanager
    async def start(cls, settings: Settings) -> AsyncIterator[Application]:
        """Start every part; raises ConfigError where one cannot. Everything is stopped on the way out."""
        app = cls(settings)
        async with contextlib.AsyncExitStack() as stack:
            await app._start(stack)
            yield app

    async def _start(self, stack: contextlib.AsyncExitStack) -> None:
        settings = self.settings
        machine.make_directory(settings.state_dir)
        stack.callback(os.close, machine.only_engine(settings.state_dir))
        store = open_store(settings.store)
        stack.callback(store.close)
        writer = StoreWriter(store)
        stack.callback(writer.close)
        readers: list[Reader] = [self.view.apply, self.prometheus.apply, writer.apply, log_bugs, NoEntryLog().apply]
        history = self._keep_history(store)
        stack.callback(history.close)
        readers.append(history.apply)
        self._errors["store"] = lambda: writer.errors
        if settings.queue_log is not None:
            queue_log = QueueLogFile(settings.queue_log, self._policy, self.clock())
            stack.callback(queue_log.close)
            self._errors["queue_log"] = lambda: queue_log.errors
            readers.append(queue_log.apply)
        journal = _open_journal(settings.journal)
        if journal is not None:
            stack.callback(journal.close)
            self._errors["journal"] = lambda: journal.lost
            _background(stack, _flush(journal))
        self.engine = Engine(
            ContactCenter(self._policy, map(NodeId, settings.nodes), version=self._version),
            self.switch,
            readers,
            clock=self.clock,
            journal=journal,
        )
        stack.callback(self.engine.stop)
        for restored in load_agent_status(store):
            self.engine.post(restored)
        await self._serve(stack)
        if settings.callback_spool is not None:
            _background(stack, watch_spool(settings.callback_spool, store, self.clock, self.spool_counts))
        _background(stack, self._observe_lag())
        stack.push_async_callback(self.switch.close)
        try:
            await self.switch.start(self.engine)
        except OSError as error:
            listen = settings.fastagi.listen
            raise ConfigError([f"fastagi.listen: cannot listen on {listen}: {error.strerror}"]) from None

    def _keep_history(self, store: Store) -> HistoryWriter:
        keep_s = self.settings.history.keep_days * DAY_S
        writer = HistoryWriter(store, self._policy, self._version, now=self.clock(), keep_s=keep_s)
        self.history = History(store, self._policy, self._version, writer.flush)
        self._errors |= {"history": lambda: writer.errors, "history_lost": lambda: writer.lost}
        return writer

    async def _serve(self, stack: contextlib.AsyncExitStack) -> None:
        watch = LoopWatch(self.prometheus.observe_loop_lag)
        watch.start()
        stack.callback(watch.stop)
        why = (self.engine, self.history)
        asking = make_control_app(self.engine, self.view, self.clock, self._count_errors, why)
        control = await ControlSocket.open(asking, self.settings.control)
        stack.push_async_callback(control.close)
        http = make_http_app(self.prometheus.render, self._not_ready, watch.lag_s)
        listen = self.settings.http.listen
        try:
            runner = await serve_tcp(http, listen.host, listen.port)
        except OSError as error:
            raise ConfigError([f"http.listen: cannot listen on {listen}: {error.strerror}"]) from None
        stack.push_async_callback(runner.cleanup)

    def _not_ready(self) -> list[str]:
        nodes = {str(name): "up" if node.live else "down" for name, node in self.switch.nodes.items()}
        return missing_for_ready(nodes, fastagi_listens=self.switch.listening)

    def _ami_events(self) -> Mapping[str, int]:
        total: Counter[str] = Counter()
        for node in self.switch.nodes.values():
            total.update(node.counts)
        return total

    def _count_errors(self) -> Mapping[str, int]:
        return {kind: count() for kind, count in self._errors.items()}

    def _sessions_refused(self) -> int:
        counters = self.switch.agi.counters
        at_the_door = counters.refused_peer + counters.refused_full + counters.refused_path
        return at_the_door + counters.env_timeouts + self.switch.refused_sessions

    async def _observe_lag(self) -> None:
        while True:
            await asyncio.sleep(LAG_INTERVAL_S)
            for node in self.switch.nodes.values():
                if node.live and node.link.ping_rtt_s is not None:
                    self.prometheus.observe_ami_lag(node.link.ping_rtt_s)


def run_engine(settings: Settings) -> int:
    """Run until SIGTERM or SIGINT; the exit code."""
    logging_setup.configure()
    machine.raise_file_limit()
    machine.make_pauses_rare()
    try:
        return uvloop.run(_run(settings))  # a tenth less CPU a call than asyncio's own loop (make bench-assign)
    except ConfigError as error:
        for problem in error.problems:
            print(f"error: {problem}", file=sys.stderr)
        return CANNOT_START


async def _run(settings: Settings) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with Application.start(settings) as app:
        _say_ready(app)
        await stop.wait()
        log.info("engine stops; who waits goes back to the dialplan", waiting=len(app.engine.center.contacts))
    return STOPPED


def _say_ready(app: Application) -> None:
    settings = app.settings
    connected = sorted(name for name, node in app.switch.nodes.items() if node.live)
    missing = sorted(set(app.switch.nodes) - set(connected))
    log.info(
        "engine ready" if connected else "engine started, and no Asterisk is connected yet",
        callers=str(settings.fastagi.listen),
        http=str(settings.http.listen),
        control=str(settings.control),
        connected=", ".join(connected) or "none",
        missing=", ".join(missing) or "none",
    )


def _switch(settings: Settings, clock: SteadyClock) -> AsteriskSwitch:
    nodes = {
        NodeId(name): NodeAddress(node.host, node.port, node.username, node.secret.get_secret_value())
        for name, node in settings.nodes.items()
    }
    phones = {
        phone: AgentId(name)
        for name, agent in settings.agents.items()
        for phone in (agent.phone, *agent.phones.values())
    }
    fastagi = settings.fastagi
    return AsteriskSwitch(
        nodes,
        phones,
        listen=(fastagi.listen.host, fastagi.listen.port),
        allow=fastagi.allow,
        token=fastagi.token.get_secret_value() if fastagi.token is not None else "",
        clock=clock,
    )


def _open_journal(path: Path | None) -> Journal | None:
    if path is None:
        return None
    try:
        return Journal(path)
    except OSError as error:
        raise ConfigError([f"journal: cannot write {path}: {error.strerror}"]) from None


def log_bugs(changed: Changed) -> None:
    """A reader: a bug of ours is worth a line wherever the engine runs. It names no person."""
    if changed.kind is Kind.BUG:
        log.error(
            "bug in the core; its call went to the fallback", bug=changed.new, at=changed.reason, cause=changed.cause
        )


class NoEntryLog:
    """A reader: a caller whose number means nothing here went to the fallback. Told at most once a minute."""

    def __init__(self) -> None:
        self._next_at = 0.0
        self._untold = 0

    def apply(self, changed: Changed) -> None:
        """Never names the number: it is personal data."""
        if changed.kind is not Kind.REPAIR or changed.new != "no_entry":
            return
        self._untold += 1
        if changed.at < self._next_at:
            return
        self._next_at = changed.at + RETELL_S
        log.warning(
            "a caller dialled a number that has no entry and went to the fallback: "
            "add the number under entries, or set CTI_QUEUE in your dialplan",
            callers=self._untold,
        )
        self._untold = 0


async def _flush(journal: Journal) -> None:
    while True:
        await asyncio.sleep(FLUSH_INTERVAL_S)
        journal.flush()


def _background(stack: contextlib.AsyncExitStack, work: Coroutine[None, None, None]) -> None:
    """Run `work` until the stack unwinds; should it end before, say so."""

    async def watched() -> None:
        try:
            await work
        except Exception as error:
            log.error("a background task ended", task=getattr(work, "__qualname__", ""), error=type(error).__name__)

    task = asyncio.get_running_loop().create_task(watched())

    async def end() -> None:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    stack.push_async_callback(end)
