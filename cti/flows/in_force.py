"""Which version of the flows holds now, and how does another one come into force while callers are in them?

The newest that passed the check; a broken one never goes live. Reads and judges in a thread, changes the book on the
loop, stores in a thread. Knows neither HTTP nor signals; what it judges is flows/plan.py's.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any
from weakref import WeakValueDictionary

import structlog
from sqlalchemy.exc import SQLAlchemyError

from cti.background import in_thread_of_its_own
from cti.config import flows as config_flows
from cti.config.settings import FlowRules, Reading, Settings
from cti.flows import plan as flow_plan
from cti.flows.draw import draw
from cti.flows.plan import Plan, Seen
from cti.in_turn import InTurn
from cti.ivr.book import FlowBook
from cti.model.changes import Refused
from cti.model.errors import PolicyError
from cti.model.policy import Center
from cti.model.words import RefusedReason
from cti.ports import Clock, PolicyAnswer
from cti.store.database import Store
from cti.store.flow_versions import (
    FlowVersion,
    InForce,
    load_flow_version,
    load_flow_versions,
    load_in_force,
    put_in_force,
)
from cti.store.owner import gravity
from cti.switch.flow_desk import FlowDesk

log = structlog.get_logger(__name__)

KEEP_S, LOAD_S = 5.0, 2.5
NOT_STORED = "these flows hold until the engine ends: they could not be stored"
NONE_CONFIGURED = Refused(RefusedReason.NO_FLOWS, "the configuration names no flows")


class FlowsInForce:
    """A ports.FlowVersions. What holds is `desk.book`; calls keep the book they began with.

    After a roll back the older version holds, over restarts too, until the folder says something new.
    """

    def __init__(self, settings: Settings, store: Store, clock: Clock, desk: FlowDesk, in_turn: InTurn) -> None:
        """Put the folder of `settings` into force, or what was rolled back to. Raises PolicyError, SQLAlchemyError."""
        self.errors = 0  # versions that could not be stored, and reloads of broken flows
        self._store, self._clock, self._desk, self._in_turn = store, clock, desk, in_turn
        self._lookups = frozenset(settings.lookups)  # those that can be asked: more of them need a restart
        self._books: WeakValueDictionary[int, FlowBook] = WeakValueDictionary()
        self._loading = asyncio.Lock()
        self._keeping: asyncio.Future[list[str]] | None = None
        self._owed: list[tuple[InForce, FlowVersion | None]] = []
        self._rules: FlowRules | None = None
        self.center: Center = settings.center  # the policy that holds, live changes and all
        holds = load_in_force(store)
        newest = load_flow_version(store)
        self._seen = Seen(
            holds=holds,
            current=load_flow_version(store, holds.number) if holds is not None else None,
            newest=newest,
        )
        plan = self.judge(settings.flows, settings.center)
        if plan.errors and plan.rolled_back:
            log.warning("the flows that were rolled back to no longer fit; the folder holds", version=plan.version)
            self._seen = self._seen._replace(holds=None)
            plan = self.judge(settings.flows, settings.center)
        if plan.errors:
            raise PolicyError(list(plan.errors))
        desk.stored_book = self._stored_book
        self.take(plan, "start")
        if plan.rolled_back and newest is not None:  # the prompts are built from the folder
            book = flow_plan.book_of(newest)
            desk.built = flow_plan.texts(book) if book is not None else {}
        self._keep()

    # --- what people want -------------------------------------------------------------------------------------------

    async def reload(self, *, by: str, check: bool = False) -> PolicyAnswer:
        """See ports.FlowVersions."""
        return await self._in_turn(self._reload(by, check))

    async def roll_back(self, *, by: str, to: int | None = None) -> PolicyAnswer:
        """See ports.FlowVersions."""
        return await self._in_turn(self._roll_back(by, to))

    async def versions(self) -> dict[str, Any]:
        """See ports.FlowVersions. Raises SQLAlchemyError."""
        stored = await in_thread_of_its_own(lambda: load_flow_versions(self._store))
        inside, here, holds = self._desk.inside, self._desk.book.version, self._seen.holds
        rows = [
            {"version": row["number"], "at": row["at"], "by": row["by"], "calls": inside[row["number"]]}
            | {"holds": row["number"] == here}
            for row in stored
        ]
        found: dict[str, Any] = {"version": here, "since": None, "by": "", "rolled_back": False, "versions": rows}
        if here and holds is not None:
            found |= {"since": holds.at, "by": holds.by, "rolled_back": bool(holds.instead_of)}
        flows = [
            {"name": name, "nodes": len(flow.nodes), "languages": list(flow.languages)}
            for name, flow in sorted(self._desk.book.flows.items())
        ]
        return found | {"calls": self._desk.calls, "flows": flows}

    async def drawing(
        self, name: str, version: int | None = None, language: str = "", *, dark: bool = False
    ) -> str | None:
        """See ports.FlowVersions."""
        book = self._desk.book if version in (None, self._desk.book.version) else await self._stored_book(version or 0)
        flow = None if book is None else book.flows.get(name)
        if flow is None:
            return None
        spoken = language if language in flow.languages else flow.languages[0]
        return await in_thread_of_its_own(lambda: draw(flow, spoken, dark=dark))

    # --- together with a policy -------------------------------------------------------------------------------------

    def judge(self, rules: FlowRules | None, center: Center, reading: Reading | None = None) -> Plan:
        """Say what the folder would bring under that policy. Blocks for the disk; changes nothing."""
        known = flow_plan.names(center, self._lookups, rules)
        plan = self._told(flow_plan.of_folder(rules, center, known, self._seen, reading), center)
        if reading is None or reading.settings is None:
            return plan
        return plan._replace(errors=flow_plan.tell_new_lookups(plan.errors, reading.settings.lookups, self._lookups))

    async def judged(self, rules: FlowRules | None, center: Center, reading: Reading | None = None) -> Plan:
        """`judge`, in a thread that nobody else waits for: neither a folder nor a store that hangs delays the rest."""
        return await in_thread_of_its_own(lambda: self.judge(rules, center, reading))

    def lost_in(self, center: Center) -> list[str]:
        """Say, a line each, what that policy would lead to flows that do not hold now."""
        return config_flows.lines(config_flows.lost_entries(center, self._desk.book.flows, self._rules), None)

    def take(self, plan: Plan, by: str) -> bool:
        """Let the plan hold for new calls from now on; whether anything is different. To be followed by `keep`."""
        differs = plan.version != self._desk.book.version or plan.rules != self._rules
        self.center, self._rules = plan.center, plan.rules
        if plan.rules is not None:
            self._desk.recordings = plan.rules.recordings
        self._desk.transfers = plan.rules.transfers if plan.rules is not None else {}
        newest = self._seen.newest
        if plan.is_new or newest is None or plan.version >= newest.number:
            self._desk.built = plan.texts
        if plan.version != self._desk.book.version:
            self._desk.book = self._books.get(plan.version) or plan.book
            self._books[plan.version] = self._desk.book
        holds = self._seen.holds
        if plan.stored is not None and (
            holds is None or (holds.number, holds.instead_of) != (plan.version, plan.instead_of)
        ):
            now = self._clock()
            holds = InForce(now, by, plan.version, plan.instead_of)
            version = plan.stored
            if plan.is_new:
                version = FlowVersion(plan.version, now, by, version.hash, version.texts)
            self._owed.append((holds, version if plan.is_new else None))
            newest = version if plan.is_new else self._seen.newest
            self._seen = Seen(holds, version, newest)
        return differs

    async def keep(self) -> list[str]:
        """Store what has come into force; what there is to warn of. A store that hangs is waited for no longer."""
        while True:
            if self._keeping is None or self._keeping.done():
                self._keeping = in_thread_of_its_own(self._keep)
            try:
                warnings = await asyncio.wait_for(asyncio.shield(self._keeping), KEEP_S)
            except TimeoutError:
                self.errors += 1
                log.error("flows are not stored yet: the store gives no answer")
                return [NOT_STORED]
            if warnings or not self._owed:  # else more came while it was ending
                return warnings

    # --- how --------------------------------------------------------------------------------------------------------

    async def _reload(self, by: str, check: bool) -> PolicyAnswer:
        if self._rules is None:
            return PolicyAnswer(NONE_CONFIGURED)
        return await self._hold(await self.judged(self._rules, self.center), by, check=check)

    async def _roll_back(self, by: str, to: int | None) -> PolicyAnswer:
        if self._rules is None:
            return PolicyAnswer(NONE_CONFIGURED)
        here = self._desk.book.version
        if to is None:
            stored = await in_thread_of_its_own(lambda: load_flow_versions(self._store))
            to = max((row["number"] for row in stored if row["number"] < here), default=None)
            if to is None:
                return PolicyAnswer(Refused(RefusedReason.UNKNOWN_VERSION, f"there is none before version {here}"))
        if to == here:
            return PolicyAnswer(Refused(RefusedReason.ALREADY, f"version {here} holds already"))
        version = await in_thread_of_its_own(lambda: load_flow_version(self._store, to))
        if version is None:
            return PolicyAnswer(Refused(RefusedReason.UNKNOWN_VERSION, f"there is no version {to}"))
        return await self._hold(await in_thread_of_its_own(partial(self._judge_older, version, self._rules)), by)

    def _judge_older(self, version: FlowVersion, rules: FlowRules) -> Plan:
        known = flow_plan.names(self.center, self._lookups, rules)
        return self._told(flow_plan.of_version(version, rules, self.center, known, self._seen), self.center)

    async def _hold(self, plan: Plan, by: str, *, check: bool = False) -> PolicyAnswer:
        if plan.errors:
            self.errors += not check
            refused = Refused(RefusedReason.BAD_CONFIGURATION, plan.errors[0])
            return PolicyAnswer(refused, errors=plan.errors, warnings=plan.warnings)
        found = plan.differences
        answer: dict[str, Any] = {"lines": [each.line for each in found], "changes": [each._asdict() for each in found]}
        if check:
            return PolicyAnswer(flows=plan.version, warnings=plan.warnings, **answer)
        applied = self.take(plan, by)
        warnings = [*plan.warnings, *await self.keep()]
        return PolicyAnswer(applied=applied, flows=plan.version, warnings=warnings, **answer)

    def _told(self, plan: Plan, center: Center) -> Plan:
        """With what it changes. Nothing that a caller inside may still ask for is taken away under him."""
        plan = flow_plan.told(plan, self._desk.book.flows, self._rules)
        gone = self.center.queues.keys() - center.queues.keys()
        if not gone:
            return plan
        older = [(book, self._desk.inside[book.version]) for book in list(self._books.values())]
        used = [line for book, calls in older if calls for line in flow_plan.uses(book, calls, gone)]
        return plan._replace(in_use=used)

    async def _stored_book(self, version: int) -> FlowBook | None:
        """Return the book of a caller whom another engine process had; None where it is not known any more."""
        async with self._loading:  # many of them come back at once
            book = self._books.get(version)
            newest = self._seen.newest
            if book is not None or newest is None or not 0 < version <= newest.number:
                return book
            try:
                loading = in_thread_of_its_own(lambda: self._load(version))
                book = await asyncio.wait_for(loading, LOAD_S)
            except (SQLAlchemyError, TimeoutError) as error:
                log.error("flows cannot be loaded; a caller goes on with the newest", error=type(error).__name__)
                return None
            if book is not None:
                self._books[version] = book
            return book

    def _load(self, version: int) -> FlowBook | None:
        stored = load_flow_version(self._store, version)
        return None if stored is None else flow_plan.book_of(stored)

    def _keep(self) -> list[str]:
        while self._owed:
            try:
                put_in_force(self._store, *self._owed[0])
            except SQLAlchemyError as error:
                self.errors += 1
                log.log(gravity(error), "flows are not stored", error=type(error).__name__)
                return [NOT_STORED]
            del self._owed[0]
        return []
