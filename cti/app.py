"""Which parts make an engine, and in which order do they start and stop? The only file that knows every part.

Start: store, centre, readers, HTTP, nodes, and the door for callers last. Stop: wishes are refused, callers given back,
and so on backwards; who writes into the store ends behind all others, and all of them at once. A stop is no different
from a death for those who wait: the dialplan keeps them, and the next engine takes their tickets.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import structlog

from cti import machine
from cti.api import control_drain
from cti.api.control import make_control_app
from cti.api.control_socket import ControlSocket
from cti.api.http import make_http_app, missing_for_ready
from cti.api.loop_watch import LoopWatch
from cti.api.request_log import RequestLog
from cti.api.store_away import StoreAway
from cti.background import Background, in_thread_of_its_own
from cti.center import ContactCenter
from cti.clocks import AgeingClock, SteadyClock
from cti.closing import Closing
from cti.config.settings import AsteriskNode, Settings
from cti.engine import Engine
from cti.flows.in_force import FlowsInForce
from cti.flows.room import FlowRoom
from cti.hooks.occasions import OF_CONTACTS
from cti.hooks.room import HookRoom
from cti.in_turn import InTurn
from cti.journal import Journal, flush_regularly, open_journal
from cti.keepers.room import OutboundRoom, trunks_of
from cti.leaving import Leaving
from cti.listening import served
from cti.metrics.admission_counts import AdmissionCounts
from cti.metrics.boards import Boards
from cti.metrics.contract import definitions
from cti.metrics.flow_counts import FlowCounts
from cti.metrics.group_rows import campaign_rows
from cti.metrics.history_counts import HistoryCounts
from cti.metrics.live import LiveView
from cti.metrics.lookup_counts import LookupCounts
from cti.metrics.office_counts import OfficeCounts
from cti.metrics.office_row import OfficeRow
from cti.metrics.outbound_counts import OutboundCounts
from cti.metrics.prometheus import PrometheusReader
from cti.metrics.queue_log_file import QueueLogFile
from cti.metrics.store_row import StoreRow
from cti.model.audit import AuditEntry
from cti.model.books import AnyBookOrder
from cti.model.changes import Changed, Kind, Refused
from cti.model.events import EngineLeaves, PolicyChanged
from cti.model.policy import Center
from cti.model.uploads import UPLOADS
from cti.model.words import AgentId, NodeId
from cti.operator_log import NoEntryLog, log_bugs, log_reload
from cti.policy_in_force import PolicyInForce
from cti.ports import Ledger, Office, Reader, told_of
from cti.reports.running import Reports
from cti.reports.today import restore_today
from cti.store.agent_status import AgentStatusWriter, load_agent_status
from cti.store.audit import AuditLog
from cti.store.away import why_away
from cti.store.callback_spool import SpoolCounts, watch_spool
from cti.store.database import Store, open_store
from cti.store.follow_up_writer import FollowUpWriter
from cti.store.history import History
from cti.store.history_writer import MAX_PENDING, HistoryWriter
from cti.store.owner import guard, why_not_taken
from cti.store.sweeping import Further
from cti.switch.admission import Admission, Limits
from cti.switch.asterisk import AsteriskSwitch, NodeAddress
from cti.switch.flow_desk import FlowDesk
from cti.web_room import WebRoom, finders

log = structlog.get_logger(__name__)

LAG_INTERVAL_S = 2.0
DAY_S = 86_400.0


class Application:
    """A running engine with everything around it. `async with Application.start(settings)` gives one."""

    def __init__(self, settings: Settings, file: Path | None, office: Office | None, trouble: str) -> None:
        self.settings, self._file, self.office, self._trouble = settings, file, office, trouble
        self._may_act = (lambda: True) if office is None else office.may_act
        standbys = (lambda: 0) if office is None else lambda: office.standbys
        self.leaving = Leaving(standbys, self._inside, self._take_nothing_new, is_joined=office is not None)
        self.clock = SteadyClock()
        self.ageing = AgeingClock(self.clock)
        policy = settings.center
        self.view = LiveView(policy, settings.nodes)
        self.flows = FlowRoom(settings, self.clock)
        self.switch: AsteriskSwitch
        self.outbound: OutboundRoom
        self.hooks: HookRoom
        self.prometheus = PrometheusReader(policy, self.view, self.clock, self._ami_events, self._count_errors)
        desk, lookups = self.flows.desk, self.flows.lookups
        self.flow_counts = FlowCounts(lambda: self.view.in_flow, lambda: desk.book.version, self.view.flow_ways)
        self.outbound_counts = OutboundCounts(lambda: self.engine.campaigns())
        self.prometheus.registry.register(self.flow_counts)
        self.prometheus.registry.register(self.outbound_counts)
        counted = (lambda: lookups.counts, lambda: lookups.seconds, lambda: lookups.resting)
        self.prometheus.registry.register(LookupCounts(*counted))
        self.admission = admission_of(settings)
        self.view.door = self._door
        door = (lambda: self.admission.turned_away, lambda: self.admission.closed(self._calls()))
        self.prometheus.registry.register(AdmissionCounts(*door, lambda: self.admission.limits.max_calls))
        self.engine: Engine
        self.spool_counts = SpoolCounts()
        self._errors: dict[str, Callable[[], int]] = {
            "reader": lambda: self.engine.reader_errors,
            "switch": lambda: self.engine.switch_errors,
            "core": lambda: self.engine.core_errors,
            "session_refused": self._sessions_refused,
            "agi_protocol": lambda: self.switch.agi.counters.protocol_errors,
            "agi_command_timeout": lambda: self.switch.agi.counters.command_timeouts,
            "ami_login_refused": lambda: sum(n.link.counters.login_refusals for n in self.switch.nodes.values()),
            "ami_action_timeout": lambda: sum(n.link.counters.timeouts for n in self.switch.nodes.values()),
            "ami_event": lambda: sum(n.link.counters.event_errors for n in self.switch.nodes.values()),
            "node_look": lambda: sum(node.look_errors for node in self.switch.nodes.values()),
            "ami_forged_event": lambda: sum(n.link.counters.forged for n in self.switch.nodes.values()),
            "spool_bad_file": lambda: self.spool_counts.bad,
            "spool": lambda: self.spool_counts.errors,
            "live_view": lambda: self.view.inconsistent,
            "background": lambda: self._background.errors,
        }
        self._background: Background
        self.closing = Closing()
        self.policy: PolicyInForce
        self.reports: Reports
        self.flow_versions: FlowsInForce
        self.audit: AuditLog
        self.follow_ups: FollowUpWriter
        self.boards: Boards
        self.web: WebRoom
        self._policy = policy
        self._policies_told: list[str] = []
        self.history: History
        self._history_writer: HistoryWriter
        self._follow = self._followers()

    def _followers(self) -> list[Callable[[Center, str], object]]:
        """Who keeps a policy of his own. They hear of a new one before the core tells what came of it."""
        return [
            lambda policy, _: self.view.reload(policy),
            lambda policy, _: self.prometheus.reload(policy),
            lambda policy, _: self.switch.reload(_phones(policy), trunks_of(policy), _drained(policy)),
            lambda policy, _: self.flows.follow(policy),
        ]

    @classmethod
    @contextlib.asynccontextmanager
    async def start(
        cls, settings: Settings, file: Path | None = None, office: Office | None = None, trouble: str = ""
    ) -> AsyncIterator[Application]:
        """Start every part; raises ConfigError where one cannot. Everything is stopped on the way out.

        `file` is where `settings` came from: it is read again at a reload. `office`: where several are joined.
        `trouble`: why `settings` are not what it says now.
        """
        app = cls(settings, file, office, trouble)
        async with contextlib.AsyncExitStack() as stack:
            await app._start(stack)
            yield app

    async def _start(self, stack: contextlib.AsyncExitStack) -> None:
        settings = self.settings
        store = await self._open_store(stack)
        self.audit = AuditLog(store)
        self.closing.add("audit", self.audit.close)
        self._background = Background(stack)
        in_turn = InTurn()
        self.flow_versions = FlowsInForce(settings, store, self.clock, self.flows.desk, in_turn)
        hands = (self.adopt, self.audit.add, self.flow_versions, in_turn, self._connect)
        self.policy = PolicyInForce(self._file, settings, store, self.clock, *hands)
        self.closing.add("live_changes", self.policy.close)
        self.policy.trouble = self._trouble  # until a reload is taken
        self._policy = self.policy.center
        self._errors |= {"policy": lambda: self.policy.errors + bool(self._trouble)}
        early = (lambda: self.switch.agi.counters.gone_early, lambda: self.switch.agi.counters.session_errors)
        self._errors |= {"flows": lambda: self.flow_versions.errors, "gone_early": early[0], "agi_session": early[1]}
        self._errors["flow_bug"] = lambda: self.flows.desk.bugs
        self._errors["audit"] = lambda: self.audit.errors + self.audit.lost
        readers = await self._readers(stack, store)
        outbound = self.outbound
        self.switch = _switch(settings, self.clock, self.flows.desk, outbound.ledger, self.admission, self.office)
        self._all_follow(self.policy.center, self.policy.version)
        journal = self._journal(stack)
        self.engine = Engine(
            ContactCenter(self._policy, map(NodeId, settings.nodes), version=self.policy.version),
            self.switch,
            readers,
            clock=self.clock,
            journal=journal,
            books=self._order,
        )
        stack.callback(self.engine.stop)
        self.reports = Reports(store, lambda: self._policy.zone, self.clock)
        self.view.tally.begin(self.clock())
        if not await in_thread_of_its_own(partial(restore_today, store, self.view.tally, self.clock())):
            log.error("the history of today cannot be read: boards count from now on")
        for restored in await in_thread_of_its_own(lambda: list(load_agent_status(store))):
            self.engine.post(restored)
        await outbound.begin(self.engine.post)
        watch, requests = self._watch(stack), RequestLog()
        await self._serve_health(stack, watch, requests)
        await stack.enter_async_context(self.flows.open(store))
        stack.push_async_callback(self.switch.close)
        await self._serve_wishes(stack, store, watch, requests)
        if settings.callback_spool is not None:
            self._background.keep(watch_spool, settings.callback_spool, store, self.clock, self.spool_counts)
        self._background.keep(self._observe_lag)
        self._background.keep(self._history_writer.left.run, self.engine.tell)
        try:
            await self.switch.start(self.engine)
        except OSError as error:
            raise machine.cannot_listen("fastagi.listen", settings.fastagi.listen, error) from None

    async def _open_store(self, stack: contextlib.AsyncExitStack) -> Store:
        """Who writes into it is closed before it; of several engines only who owns the centre may write."""
        settings = self.settings
        machine.make_directory(settings.state_dir)
        stack.callback(os.close, machine.only_engine(settings.state_dir))
        # What reads the store before anybody is served goes beside the loop: an owner that stands still for long
        # loses its lease to the next one, who would read the same.
        idle_s = None if settings.redis is None else settings.redis.idle_s
        store = await in_thread_of_its_own(partial(open_store, settings.store, idle_s=idle_s), Store.close)
        stack.callback(store.close)
        stack.push_async_callback(self.closing.close)
        if self.office is not None and settings.redis is not None:
            guard(store, settings.redis.domain, self.office.token, self.office.step_down)
            self.leaving.store_trouble = partial(why_not_taken, store, settings.redis.domain)
            self.prometheus.registry.register(OfficeCounts(self.office))
            self.view.redis = OfficeRow(self.office, str(settings.fastagi.advertise), self.clock).told
        return store

    async def _readers(self, stack: contextlib.AsyncExitStack, store: Store) -> list[Reader]:
        """Everybody who reads the stream of facts; closed behind the engine, those who write all at once."""
        writer = AgentStatusWriter(store)
        self.closing.add("agent_status", writer.close)
        counts = (self.prometheus.apply, self.flow_counts.apply, self.outbound_counts.apply)
        readers: list[Reader] = [self.view.apply, *counts, writer.apply]
        if self.settings.web is not None:
            stands = {"campaigns": lambda now: self.outbound.board.rows(campaign_rows(self.view, now))}
            boards = self.boards = Boards(self.view, stands)
            readers.insert(1, boards.apply)
            self._follow.append(lambda policy, _: boards.reload())
        readers += [self._hear_of_policy, log_bugs, NoEntryLog().apply]
        readers.append(self._keep_follow_ups(store))
        outbound = self.outbound = OutboundRoom(store, self.clock, lambda: self._policy, stack, self.closing)
        self.flows.promised, self.flows.may_call = outbound.keeper.look, outbound.keeper.may_call
        self.flows.asker = lambda call: self.engine.center.asker(call)
        self._errors |= {"outbound": lambda: outbound.errors, "callback_unusable": lambda: outbound.keeper.unusable}
        readers += [outbound.writer.apply, outbound.abandoned.apply, outbound.amd.apply]
        hooks = self.hooks = HookRoom(store, self.settings.hooks, self.clock, stack, self.closing)
        self._errors["hooks"] = lambda: hooks.errors
        if self.settings.hooks:
            readers.append(hooks.outbox.apply)
        history = await self._keep_history(store)
        self.closing.add("history", history.close)
        if self.settings.hooks:
            await in_thread_of_its_own(lambda: hooks.outbox.goes_on(history.left.facts(OF_CONTACTS)))
        readers += [history.apply, history.left.node]
        self._errors["agent_status"] = lambda: writer.errors
        writers = (history, self.audit, writer, outbound.writer, self.follow_ups, self.policy.writer)
        self._store_row = StoreRow(lambda: next((why for each in writers if (why := each.trouble)), ""), self.clock)
        self.view.store = self._store_row.told
        if self.settings.queue_log is not None:
            queue_log = QueueLogFile(self.settings.queue_log, self._policy, self.clock())
            stack.callback(queue_log.close)
            self._errors["queue_log"] = lambda: queue_log.errors + queue_log.dropped
            readers.append(queue_log.apply)
            self._follow.append(lambda policy, _: queue_log.reload(policy))
        return readers

    def _order(self, order: AnyBookOrder) -> None:
        """What the core asks of the store."""
        self.outbound.order(order)
        self.hooks.outbox.order(order)

    def _journal(self, stack: contextlib.AsyncExitStack) -> Journal | None:
        journal = open_journal(self.settings.journal)
        if journal is not None:
            stack.callback(journal.close)
            self._errors["journal"] = lambda: journal.lost
            self._background.keep(flush_regularly, journal)
        return journal

    def _keep_follow_ups(self, store: Store) -> Reader:
        writer = self.follow_ups = FollowUpWriter(store)
        self.closing.add("follow_ups", writer.close)
        self._errors["follow_ups"] = lambda: writer.errors + writer.lost
        self._errors |= {"flow_store": lambda: self.flows.errors, "flow_voice": lambda: self.flows.voice.failed}
        return writer.apply

    async def _keep_history(self, store: Store) -> HistoryWriter:
        kept, version = self.settings.history, self.policy.version
        folder = Path(self.settings.flows.recordings) if self.settings.flows is not None else None
        sums_s = None if kept.sums_keep_days is None else kept.sums_keep_days * DAY_S
        further = Further(kept.callbacks_keep_days * DAY_S, kept.attempts_keep_days * DAY_S, folder, sums_s)
        kept_for: dict[str, Any] = {"keep_s": kept.keep_days * DAY_S, "further": further, "clock": self.ageing}
        kept_for |= {"now": self.clock(), "may_wait": lambda: self.admission.is_late}
        made = partial(HistoryWriter, store, self._policy, version, **kept_for)
        writer = await in_thread_of_its_own(made, HistoryWriter.close)
        self.history, self._history_writer = History(store, self._policy, version, writer.flush), writer
        self.view.flow_ways.goes_on(writer.left_in_flows)
        self._errors["history"] = lambda: writer.errors + writer.left.errors + writer.sweeper.errors
        self._errors["history_lost"] = lambda: writer.lost
        self.prometheus.registry.register(HistoryCounts(lambda: writer.waiting, MAX_PENDING))
        return writer

    def _watch(self, stack: contextlib.AsyncExitStack) -> LoopWatch:
        watch = LoopWatch(self._looked_at_loop)
        watch.start()
        stack.callback(watch.stop)
        return watch

    async def _serve_health(self, stack: contextlib.AsyncExitStack, watch: LoopWatch, requests: RequestLog) -> None:
        """Who looks whether we are well is answered until the end."""
        self._errors |= {"http_malformed": lambda: requests.malformed, "http_failed": lambda: requests.failed}
        http = make_http_app(self.prometheus.render, self._not_ready, watch.lag_s, self._warnings, owns=self._may_act)
        await stack.enter_async_context(served("http.listen", http, self.settings.http.listen, requests=requests))

    async def _serve_wishes(
        self, stack: contextlib.AsyncExitStack, store: Store, watch: LoopWatch, requests: RequestLog
    ) -> None:
        """People and programs may ask, until callers are given back: nothing is begun that nobody would end."""
        store_away = StoreAway(why_away, self.clock)
        self._errors["store_away"] = lambda: store_away.refused
        campaigns = self.outbound.desk(self.engine.campaigns)
        lists = self.outbound.lists(self.settings.state_dir / UPLOADS)
        stack.callback(lists.close)
        asking = make_control_app(
            self.engine,
            self.view,
            self.clock,
            self._count_errors,
            policy=self.policy,
            flows=self.flow_versions,
            audit=self.audit,
            why=(self.engine, self.history),
            follow_ups=self.follow_ups,
            callbacks=self.outbound.list,
            campaigns=campaigns,
            results=campaigns,
            reports=self.reports,
            lists=lists,
            hooks=self.hooks.deliveries,
            previews=self.engine.preview_of,
            desks=(self.engine.desk_of, self.outbound.list),
            definitions=definitions,
            store_away=store_away,
            may_act=self._may_act,
        )
        control_drain.add_routes(asking, self.leaving.drain)
        control = await ControlSocket.open(asking, self.settings.control, requests)
        stack.push_async_callback(control.close)
        if self.settings.web is not None:
            self.web = WebRoom(self.settings, store, self.clock, self.audit, lambda: self._policy)
            find = finders(self.view, self.clock, self.outbound.list, self.follow_ups, self.policy)
            live = self.web.live(self.boards, watch.lag_s)
            await self.web.open(asking, find, requests, store_away, stack, live.add_routes, self._may_act)
            self._background.keep(self.web.tidy)

    # --- a new policy -------------------------------------------------------------------------------------------------

    def adopt(self, policy: Center, version: str, by: str) -> Refused | None:
        """Let `policy` hold everywhere from now on, for those who wait too; the core's refusal leaves all as it was."""
        former = (self._policy, self.engine.center.policy_version)
        self._all_follow(policy, version)
        self._history_writer.propose(policy, version, self.clock())
        self._policies_told.clear()
        refused: Refused | None = None
        try:
            refused = self.engine.ask(PolicyChanged(policy, version, by))
        except Exception as bug:
            if version not in self._policies_told:
                self._keep_to(*former)
                raise
            log.error("a bug, and the new policy holds", error=type(bug).__name__)
        if version in self._policies_told:
            self._history_writer.settle(accepted=True)
            self.history.reload(policy, version)
            return None
        self._keep_to(*former)
        if refused is None:
            raise RuntimeError("a bug keeps the new policy out: the former one holds")
        return refused

    def _keep_to(self, former: Center, version: str) -> None:
        """A new policy does not hold: everybody goes back."""
        self._history_writer.settle(accepted=False)
        self._all_follow(former, version)
        self.view.forget_gone()

    @told_of(Kind.CONFIG)
    def _hear_of_policy(self, changed: Changed) -> None:
        """The core says that it holds. That it refused nothing does not say so: there may have been a bug."""
        self._policies_told.append(changed.new)

    def _connect(self, nodes: Mapping[str, AsteriskNode]) -> None:
        self.switch.connect(_addresses(nodes))

    async def reload(self) -> None:
        """Read the file again, because a signal says so, and log what came of it."""
        answer = await self.policy.reload(by="SIGHUP")
        result = ("done", "") if answer.refused is None else ("refused", answer.refused.reason.value)
        self.audit.add(AuditEntry(self.clock(), None, "SIGHUP", "reload", "", {}, *result))
        log_reload(answer)

    def _all_follow(self, policy: Center, version: str) -> None:
        self._policy = policy
        for follow in self._follow:
            follow(policy, version)

    def _take_nothing_new(self) -> None:
        self.admission.leaving = True
        self.engine.post(EngineLeaves())

    def _inside(self) -> int:
        """Who is in the core, or still hears a good-bye of which it knows no more."""
        return max(self.engine.center.inside, self._calls())

    # --- what others ask ----------------------------------------------------------------------------------------------

    def _not_ready(self) -> list[str]:
        nodes = {str(name): "up" if node.live else "down" for name, node in self.switch.nodes.items()}
        turns_away = self.admission.in_words(self._calls())
        return missing_for_ready(nodes, fastagi_listens=self.switch.listening, turns_away=turns_away)

    def _calls(self) -> int:
        return len(self.switch.calls)

    def _door(self) -> dict[str, Any]:
        admission, calls = self.admission, self._calls()
        since = admission.closed_since(calls, self.clock())
        return {"closed": admission.closed(calls), "since": since, "turned_away": dict(admission.turned_away)}

    def _looked_at_loop(self, lag_s: float) -> None:
        self.prometheus.observe_loop_lag(lag_s)
        self.admission.watch(lag_s)
        self.admission.closed_since(self._calls(), self.clock())
        self._store_row.told()

    def _warnings(self) -> list[str]:
        away_s = None if self.office is None else self.office.redis_away_s
        redis = "" if away_s is None else f"Redis gives no answer for {away_s:.0f} s: nobody could take over"
        told = (redis, self._store_row.in_words(), self.policy.trouble, self.clock.in_words(), self.ageing.in_words())
        return [each for each in told if each]

    def _ami_events(self) -> Mapping[str, int]:
        return sum((Counter(node.counts) for node in self.switch.nodes.values()), Counter())

    def _count_errors(self) -> Mapping[str, int]:
        return {kind: count() for kind, count in self._errors.items()}

    def _sessions_refused(self) -> int:
        counters = self.switch.agi.counters
        at_the_door = counters.refused_peer + counters.refused_full + counters.refused_path
        return at_the_door + counters.env_timeouts + self.switch.refused_sessions

    async def _observe_lag(self) -> None:
        while True:
            await asyncio.sleep(LAG_INTERVAL_S)
            self.clock()  # where nobody asks for the time it sees no step
            for node in self.switch.nodes.values():
                if node.live and node.link.ping_rtt_s is not None:
                    self.prometheus.observe_ami_lag(node.link.ping_rtt_s)


def admission_of(settings: Settings) -> Admission:
    """The door for new callers; never wider than open files allow."""
    rules, most = settings.admission, machine.most_calls()
    if rules.max_calls is not None and rules.max_calls > most:
        log.warning("admission.max_calls is more than open files allow; that holds", allowed=most)
    limits = Limits(min(rules.max_calls or most, most), rules.max_lag_s, rules.play, rules.goto or "")
    return Admission(limits)


def _switch(
    settings: Settings, clock: SteadyClock, flows: FlowDesk, ledger: Ledger, admission: Admission, office: Office | None
) -> AsteriskSwitch:
    fastagi = settings.fastagi
    return AsteriskSwitch(
        _addresses(settings.nodes),
        _phones(settings),
        listen=(fastagi.listen.host, fastagi.listen.port),
        allow=fastagi.allow,
        token=fastagi.token.get_secret_value() if fastagi.token is not None else "",
        clock=clock,
        flows=flows,
        trunks=trunks_of(settings),
        ledger=ledger,
        admission=admission,
        most_sessions=admission.most_sessions,
        may_act=(lambda: True) if office is None else office.may_act,
        here="" if office is None else str(fastagi.advertise),
    )


def _addresses(nodes: Mapping[str, AsteriskNode]) -> dict[NodeId, NodeAddress]:
    return {
        NodeId(name): NodeAddress(node.host, node.port, node.username, node.secret.get_secret_value())
        for name, node in nodes.items()
    }


def _drained(policy: Center) -> frozenset[NodeId]:
    return frozenset(NodeId(name) for name, rules in policy.nodes.items() if rules.drained is not None)


def _phones(policy: Center) -> dict[str, AgentId]:
    return {phone: AgentId(name) for name, agent in policy.agents.items() for phone in agent.channels}
