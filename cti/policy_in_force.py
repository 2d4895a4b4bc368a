"""Which policy holds now, and how does it change while calls go on? The file, the live changes over it, and the core.

Reads the file and judges in a thread, asks the core on the loop; live changes are stored behind everybody's back
(store/live_change_writer.py). A file with errors never goes live, nor one whose flows have any: they come along. Knows
neither HTTP nor signals; who applies a policy to core and readers (`adopt`), and the audit trail, are handed in.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import structlog

from cti import file_reading
from cti.background import in_thread_of_its_own, is_done_within
from cti.config import live as config_live
from cti.config import settings as config
from cti.config.difference import Difference, difference, moved, plumbing
from cti.file_reading import FileReading
from cti.flows.in_force import FlowsInForce
from cti.flows.plan import Plan as FlowPlan
from cti.in_turn import InTurn
from cti.model.audit import AuditEntry
from cti.model.changes import Refused
from cti.model.policy import Center
from cti.model.policy_version import policy_version
from cti.model.words import RefusedReason
from cti.ports import Asked, Clock, PolicyAnswer
from cti.store.database import Store
from cti.store.live_change_writer import LiveChangeWriter
from cti.store.live_changes import LiveChange, load_live_changes, values_of, without

log = structlog.get_logger(__name__)

Adopt = Callable[[Center, str, str], Refused | None]
"""policy, its version, who wants it -> the core's refusal, or None where it holds from now on everywhere."""

Nodes = dict[str, config.AsteriskNode]
Live = dict[str, LiveChange]
Remember = Callable[[AuditEntry], None]

FOLLOW = ("flows",)  # sections outside the policy that hold at once all the same
STORED_WITHIN_S = 1.0
NOT_STORED = "holds, but is not stored yet: the store does not answer; it is tried again until it does"
OF_NO_FILE = Refused(RefusedReason.NO_FILE, "the engine was not started from a file")


class _Plan(NamedTuple):
    """A policy that might hold: of which file, with which changes over it."""

    file: Center
    live: Live
    center: Center
    version: str
    differences: list[Difference]
    warnings: list[str]
    read: config.Settings | None = None  # the file, where it was read anew


class PolicyInForce:
    """A ports.PolicyDesk. `center` and `version` are what holds."""

    def __init__(
        self,
        file: Path | None,
        running: config.Settings,
        store: Store,
        clock: Clock,
        adopt: Adopt,
        remember: Remember,
        flows: FlowsInForce | None = None,
        in_turn: InTurn | None = None,
        connect: Callable[[Nodes], object] = lambda nodes: None,
    ) -> None:
        """Lay the stored changes over the policy of `running`, the settings of the start. Raises SQLAlchemyError.

        `connect` hears of the nodes of each file that is taken over: where they are is no policy. `flows` are reloaded
        with the file; their own wishes have to wait in the same turn (`in_turn`).
        """
        self._broken = 0  # reloads of broken files
        self.trouble = ""  # why the file as it was at the start does not hold
        self.read: config.Settings | None = None  # what the newest reload took over
        self._path, self._running, self._clock, self._adopt = file, running, clock, adopt
        self._remember = remember
        self._file_reading = FileReading()
        self._one_reload_at_a_time = asyncio.Lock()
        self._flows, self._turns = flows, in_turn or InTurn()
        self._connect, self._nodes = connect, running.nodes
        self._file = running.center
        self._live: Live = {change.path: change for change in load_live_changes(store)}
        lost_in = (lambda _center: []) if flows is None else flows.lost_in
        self.center, dropped, self._warnings = config_live.fitting(self._file, values_of(self._live), lost_in)
        self._kept = dict(self._live)  # what the writer knows
        self.writer = LiveChangeWriter(store, self._live.values())
        self._live = without(self._live, dropped)
        self._resting: Live = {path: self._kept[path] for path, _ in dropped}  # the file may be an older one
        for path, why in dropped:
            log.warning("a live change does not fit the configuration: it rests until it does", path=path, why=why)
        self.version = policy_version(self.center)
        if self._flows is not None:
            self._flows.center = self.center

    @property
    def errors(self) -> int:
        """Reloads of broken files, and what was in vain when live changes were to be stored."""
        return self._broken + self.writer.errors + self.writer.lost

    @property
    def is_stored(self) -> bool:
        """See ports.PolicyDesk."""
        return not self.writer.is_behind

    def close(self, timeout_s: float = 5.0) -> int:
        """Store what is not stored yet, with one last try, at most `timeout_s`; 1: it is not stored."""
        return self.writer.close(timeout_s)

    # --- what people want -------------------------------------------------------------------------------------------

    async def reload(
        self, *, by: str, check: bool = False, drop_live: bool = False, asked: Asked | None = None
    ) -> PolicyAnswer:
        """See ports.PolicyDesk."""
        if self._path is None:
            return PolicyAnswer(OF_NO_FILE)
        async with self._one_reload_at_a_time:  # read outside the turn: a mount that hangs holds up reloads only
            reading = await self._file_reading.read(self._path)
            if reading is None:
                self._broken += not check
                return _bad([f"{self._path}:1:1: cannot be read: no answer within {file_reading.READ_LIMIT_S:.0f} s"])
            if reading.settings is None:
                self._broken += not check
                return _bad(reading.lines(reading.errors), warnings=reading.lines(reading.warnings))
            work = self._take_over(reading, reading.settings, by, check=check, drop_live=drop_live)
            return await self._in_turn(work, asked)

    async def change(self, changes: Mapping[str, Any], *, by: str, asked: Asked | None = None) -> PolicyAnswer:
        """See ports.PolicyDesk."""
        at = self._clock()
        wanted = {path: LiveChange(path, value, by, at) for path, value in changes.items()}
        return await self._in_turn(self._lay(wanted, (), by), asked)

    async def reset(self, paths: Sequence[str], *, by: str, asked: Asked | None = None) -> PolicyAnswer:
        """See ports.PolicyDesk."""
        return await self._in_turn(self._lay({}, paths, by), asked)

    def live_changes(self) -> list[dict[str, Any]]:
        """See ports.PolicyDesk."""
        return [
            {
                **msgspec.structs.asdict(change),
                "file": config_live.value_if_any(self._file, change.path),
                "stored": self.writer.stored.get(change.path) == change,
                "resting": change.path not in self._live,
            }
            for change in (self._resting | self._live).values()
        ]

    # --- how ----------------------------------------------------------------------------------------------------------

    async def _in_turn(self, work: Coroutine[Any, Any, PolicyAnswer], asked: Asked | None) -> PolicyAnswer:
        """Once begun, to its end, even where the asker has gone: what holds, is stored and is told must not part."""

        async def kept() -> tuple[PolicyAnswer, Future[None] | None]:
            if asked is not None:
                asked.begun()
            answer = None
            try:
                answer = await work
            finally:
                storing = self._keep(asked, answer)
            return answer, storing

        try:
            answer, storing = await self._turns(kept())
        except asyncio.CancelledError:
            if inspect.getcoroutinestate(work) == inspect.CORO_CREATED:
                work.close()
            raise
        if storing is None or await is_done_within(storing, STORED_WITHIN_S):
            return answer
        return msgspec.structs.replace(answer, warnings=[*answer.warnings, NOT_STORED])

    def _keep(self, asked: Asked | None, answer: PolicyAnswer | None) -> Future[None] | None:
        """Hand live changes to the store, and what came of the wish with them."""
        entry = None if asked is None else asked.entry(self._clock(), answer)
        wanted = self._resting | self._live
        if wanted != self._kept:
            self._kept = wanted
            return self.writer.keep(wanted.values(), entry)
        if entry is not None:
            self._remember(entry)
        return None

    async def _take_over(
        self, reading: config.Reading, read: config.Settings, by: str, *, check: bool, drop_live: bool
    ) -> PolicyAnswer:
        live = {} if drop_live else self._resting | self._live
        plan, unfit = await in_thread_of_its_own(partial(self._plan, read, live))
        dropped = [each for each in unfit if each.path not in self._resting]
        more = {
            "needs_restart": plumbing(self._running, read, FOLLOW),
            "warnings": reading.lines(reading.warnings),
            "dropped": [f"{path}: {why}" for path, why in dropped],
        }
        flows = None
        if self._flows is not None:
            flows = await self._flows.judged(read.flows, plan.center, reading)
            if lacking := {config_live.brought_by(line, self._resting) for line in flows.errors} - {None}:
                live = {path: change for path, change in live.items() if path not in lacking}  # they go on to rest
                plan, _ = await asyncio.to_thread(self._plan, read, live)
                flows = await self._flows.judged(read.flows, plan.center, reading)
            more["warnings"] += flows.warnings
            if flows.errors:
                self._broken += not check
                return _bad([config_live.where_it_is(line, plan.live) for line in flows.errors], **more)
            if flows.in_use:
                return self._answer(plan, flows, refused=Refused(RefusedReason.IN_USE, "; ".join(flows.in_use)), **more)
        if check:
            return self._answer(plan, flows, applied=False, **more)
        answer = await self._hold(plan, by, flows, **more)
        if answer.refused is None:
            self._resting = {} if drop_live else without(self._resting, ((path, "") for path in plan.live))
            self._tell_dropped(dropped)
        return answer

    async def _lay(self, wanted: Live, unwanted: Sequence[str], by: str) -> PolicyAnswer:
        live = {path: change for path, change in self._live.items() if path not in unwanted} | wanted
        judged = await in_thread_of_its_own(partial(config_live.apply, self._file, values_of(live)))
        if judged.center is None:
            return _bad(judged.problems)
        if self._flows is not None and (lost := self._flows.lost_in(judged.center)):
            return _bad(lost)
        for path in wanted:
            value = config_live.value_at(judged.center, path)
            if value == config_live.value_at(self._file, path):
                del live[path]  # as in the file: nothing to remember
            else:
                live[path] = LiveChange(path, value, by, wanted[path].at)
        news = [line for line in judged.warnings if line not in self._warnings]
        planned = partial(self._planned, self._file, live, judged.center, judged.warnings)
        plan = await in_thread_of_its_own(planned)
        answer = await self._hold(plan, by, warnings=news)
        if answer.refused is None:
            back = [f"{path}: rested, and is taken back" for path in unwanted if path in self._resting]
            self._resting = without(self._resting, ((path, "") for path in (*wanted, *unwanted)))
            answer = msgspec.structs.replace(answer, lines=[*answer.lines, *back])
        return answer

    def _plan(self, read: config.Settings, live: Live) -> tuple[_Plan, list[config_live.Dropped]]:
        file = config_live.reusing(self._file, read.center)
        center, dropped, warnings = config_live.fitting(file, values_of(live))
        plan = self._planned(file, without(live, dropped), center, warnings)
        return plan._replace(differences=plan.differences + moved(self._nodes, read.nodes), read=read), dropped

    def _planned(self, file: Center, live: Live, center: Center, warnings: list[str]) -> _Plan:
        return _Plan(file, live, center, policy_version(center), difference(self.center, center), warnings)

    async def _hold(self, plan: _Plan, by: str, flows: FlowPlan | None = None, **more: Any) -> PolicyAnswer:
        applied = plan.version != self.version or bool(plan.differences)
        if plan.version != self.version:
            refused = self._adopt(plan.center, plan.version, by)
            if refused is not None:
                return self._answer(plan, flows, refused=refused, **more)
        answer = self._answer(plan, flows, **more)  # against what held before
        self._file, self._live, self._warnings = plan.file, plan.live, plan.warnings
        self.center, self.version = plan.center, plan.version
        if self._flows is not None:
            self._flows.center = plan.center
        if plan.read is not None:
            self.read, self._nodes, self.trouble = plan.read, plan.read.nodes, ""
            self._connect(plan.read.nodes)
        warnings = list(answer.warnings)
        if flows is not None and self._flows is not None:  # no await since the core has taken the policy
            applied = self._flows.take(flows, by) or applied
            warnings += await self._flows.keep()
        return msgspec.structs.replace(answer, applied=applied, warnings=warnings)

    def _answer(self, plan: _Plan, flows: FlowPlan | None = None, **more: Any) -> PolicyAnswer:
        found = list(plan.differences)
        if flows is not None:
            found += flows.differences
            more["flows"] = flows.version
        lines, changes = [each.line for each in found], [each._asdict() for each in found]
        return PolicyAnswer(version=plan.version, lines=lines, changes=changes, **more)

    def _tell_dropped(self, dropped: Iterable[config_live.Dropped]) -> None:
        for path, why in dropped:
            log.warning("a live change no longer fits the configuration and was dropped", path=path, why=why)


def _bad(errors: list[str], **more: Any) -> PolicyAnswer:
    return PolicyAnswer(Refused(RefusedReason.BAD_CONFIGURATION, errors[0]), errors=errors, **more)
