"""A world whose engine has real books: it dies where it is told to, and the next one goes on with what is on the disk.

One agent, one customer (of a promise, or of a lead), no other fault. What the writer's thread does is done here step by
step, by the same list of commits.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

from sqlalchemy import insert, select

from cti.model import commands as do
from cti.model import events as ev
from cti.model.books import AnyBookOrder, BookOrder, KeepPromise, SettleLead, WantLeads
from cti.model.changes import Changed, Kind, Refused
from cti.model.dialling import CampaignName, LeadId
from cti.model.policy import Center
from cti.model.promise import Number
from cti.model.words import DialResult
from cti.outbound.lead import attempt_id
from cti.sim.crash_points import CrashPoint
from cti.sim.plan import Called, Plan
from cti.sim.world import EPOCH, World
from cti.store import attempts, campaigns, outbound_writer
from cti.store.attempts import Attempt
from cti.store.callbacks import open_promises, promise_of
from cti.store.database import Store
from cti.store.lead_loading import LeadNumber, NewLead, add_portion, begin_list, finish_list
from cti.store.leads import load_leads
from cti.store.outbound_writer import Ended, Order
from cti.store.promising import take_requests
from cti.store.tables import callback_request, lead
from cti.store.tried import history
from tests.calling_scene import WAY_OUT

NUMBER, BERLIN, SPRING = "+4930123456", ("Europe/Berlin",), CampaignName("spring")
WRITES_AFTER_S, DOWN_S, LONGEST_S = 0.02, 1.0, 4 * 3600.0
_ALWAYS = {"weekly": {"mon-sun": "00:00-24:00"}}
_RETRY = {"no_answer": {"after_s": 120}, "unknown": {"after_s": 200}, "busy": {"after_s": 60}}


def policy(first: str) -> Center:
    again = {"window": _ALWAYS, "retry": _RETRY}
    words = {
        "queues": {"sales": {"wrap_up_s": 5.0}},
        "agents": {"anna": {"phone": "PJSIP/1001", "queues": {"sales": {}}, "starts": "available"}},
        "entries": {"6001": {"queue": "sales"}},
        "outbound": {"trunks": WAY_OUT, "callbacks": again | {"first": first}},
        "campaigns": {"spring": again | {"mode": "progressive", "queue": "sales", "start": "at_once"}},
    }
    return Center.model_validate(words)


class CrashWorld(World):
    """`lead`: a campaign's; else a promise. `at`: where the engine dies, once, `before` that step or after it."""

    def __init__(
        self, store: Store, called: list[Called], *, lead: bool, first: str, at: CrashPoint | None, before: bool
    ) -> None:
        super().__init__(Plan(policy(first), nodes=["node1"]))
        self.disk, self.is_lead = store, lead
        self._at, self._before = at, before
        self.dials: list[tuple[str, float]] = []
        self.talks = self.deaths = 0
        self._unwritten: dict[object, Ended | Order] = {}
        self.crowd.called[NUMBER] = list(called)
        self.switch.placing.books = self
        self._originate, self.switch.outgoing.originate = self.switch.outgoing.originate, self._rings
        self._talk_begins, self.crowd.talk_begins = self.crowd.talk_begins, self._talk
        self._ask_for_it()

    def _ask_for_it(self) -> None:
        if self.is_lead:
            name = begin_list(self.disk, SPRING, "spring.csv", "eva", EPOCH)
            add_portion(self.disk, name, [NewLead(1, (LeadNumber(NUMBER, BERLIN),), "N")], EPOCH)
            finish_list(self.disk, name, 1, 1, {(" ".join(BERLIN), 5)}, EPOCH)
            return
        row = {
            "id": "r1",
            "at": EPOCH,
            "caller": "",
            "number": NUMBER,
            "queue": "sales",
            "linkedid": "",
            "uniqueid": "u",
        }
        with self.disk.durable.begin() as connection:
            connection.execute(insert(callback_request).values(row | {"state": "new", "taken_at": EPOCH}))

    # --- dying ----------------------------------------------------------------------------------------------------

    def _step(self, points: CrashPoint | set[CrashPoint], do_it: Callable[[], Any]) -> Any:
        """Do it, unless the engine dies before; it may die right after. Raises Dead."""
        if self._at is None or self._at not in (points if isinstance(points, set) else {points}):
            return do_it()
        before, self._at = self._before, None
        result = None if before else do_it()
        self.deaths += 1
        self.down_s = DOWN_S
        self._unwritten.clear()
        self._die()
        wire = {name for name, _ in self.dials}  # what was not sent by then may have its name again, and waits anew
        self.checks.calling.sent &= wire
        self.checks.safety.since.clear()
        raise Dead(result)

    def start_engine(self, *, again: bool = False) -> None:
        super().start_engine(again=again)
        self.agenda.after(0.0, self._guard(self._resume))

    def _guard(self, rule: Callable[[], None]) -> Callable[[], None]:
        center = self.center

        def alive() -> None:
            if self.center is center and center is not None:
                with contextlib.suppress(Dead):
                    rule()

        return alive

    def _resume(self) -> None:
        """What OutboundRoom.begin does, and then the keepers."""
        promises = open_promises(self.disk)
        tries = history(self.disk, {promise.number.number for promise in promises}, self.now())
        for promise in promises:
            self.deliver(ev.CallbackPromised(promise, resumed=True, history=tries.get(promise.number.number, ())))
        left = campaigns.left_behind(self.disk)
        for event in [*campaigns.restored(self.disk), *left]:
            self.deliver(event)
        self._look()

    def _look(self) -> None:
        if not self.is_lead and not open_promises(self.disk) and promise_of(self.disk, LeadId(1)) is None:
            promises, _ = self._step(CrashPoint.TAKEN, lambda: take_requests(self.disk, _placed))
            for promise in promises:
                self.deliver(ev.CallbackPromised(promise))

    # --- books ----------------------------------------------------------------------------------------------------

    def intend(self, command: do.PlaceCall) -> bool:
        campaign, lead, attempt_no = command.attempt.rsplit("-", 2)
        wanted = Attempt(campaign, int(lead), int(attempt_no), 0, command.number, contact=command.ticket.contact)
        assert wanted.id == attempt_id(campaign, int(lead), int(attempt_no))
        try:
            return (
                self._step(CrashPoint.INTENDED, lambda: attempts.intend(self.disk, wanted, self.now())).why_not is None
            )
        except Dead:
            return True

    def sent(self, command: do.PlaceCall) -> None:
        """Noted when the order is on the wire: see _rings."""

    def _rings(self, node: str, attempt: str, *more: Any, **words: Any) -> None:
        def ring() -> None:
            self.dials.append((attempt, self.agenda.now))
            self._originate(node, attempt, *more, **words)

        try:
            self._step(CrashPoint.SENT, ring)
            self._step(CrashPoint.NOTED, lambda: attempts.sent(self.disk, attempt, self.now()))
        except Dead:
            pass

    def _order(self, order: AnyBookOrder) -> None:
        if isinstance(order, WantLeads):
            self.agenda.after(WRITES_AFTER_S, self._guard(lambda: self._offer(order)))
            return
        self._unwritten[outbound_writer.key_of(order)] = order
        self.agenda.after(WRITES_AFTER_S, self._guard(self._write))

    def _offer(self, order: WantLeads) -> None:
        def offer() -> ev.LeadsOffered:
            return campaigns.offer(self.disk, order.campaign, order.most, self.now(), list)

        if not self.is_lead:
            self.deliver(offer())
            return
        self.deliver(self._step(CrashPoint.TAKEN, offer))

    def _write(self) -> None:
        rows = dict(self._unwritten)
        for write in outbound_writer.in_order(self.disk, rows.values()):
            self._step(_written(write), write)
        self._unwritten = {key: each for key, each in self._unwritten.items() if rows.get(key) is not each}

    # --- events and outputs ---------------------------------------------------------------------------------------

    def deliver(self, event: ev.AnyEvent, *, at: float | None = None) -> None:
        """As the engine does it: books first, then commands, then readers."""
        if self.center is None:
            return
        now = max(self.now(), at or 0.0)
        outputs = self.center.handle(now, event)
        self.trace.append((now, event, outputs))
        self.checks.after(now, event, [output for output in outputs if not isinstance(output, BookOrder)])

        def act() -> None:
            for output in outputs:
                if isinstance(output, BookOrder):
                    self._order(output)
            for output in outputs:
                if not isinstance(output, Changed | BookOrder | Refused):
                    self.switch.execute(output)
            for output in outputs:
                if isinstance(output, Changed):
                    self._reader(output)

        with contextlib.suppress(Dead):
            self._step(_decided(outputs), act)

    def _reader(self, changed: Changed) -> None:
        self._changed(changed)
        if changed.kind is Kind.ATTEMPT and changed.new in set(DialResult):
            ended = Ended(changed.id, changed.new, changed.at, changed.contact or "")
            self._unwritten[outbound_writer.key_of(ended)] = ended
            self.agenda.after(WRITES_AFTER_S, self._guard(self._write))

    def _talk(self, call: Any, leg: Any) -> None:
        self.talks += 1
        self._talk_begins(call, leg)

    # --- to the end -----------------------------------------------------------------------------------------------

    def play(self) -> str:
        """Until the promise, or the lead, has ended, and everything is quiet; how it ended."""
        self.agenda.after(0.0, self.start_engine)
        self._turn(lambda: self.agenda.now < LONGEST_S and not self._over())
        assert self.agenda.now < LONGEST_S, f"still {self.state()}"
        quiet_at = self.agenda.now + 40.0
        self._turn(lambda: self.agenda.now < quiet_at)
        return self.state()

    def state(self) -> str:
        if self.is_lead:
            return load_leads(self.disk, [_only_lead(self.disk)])[0].state
        promise = promise_of(self.disk, LeadId(1))
        return "not taken" if promise is None else promise.state.value

    def _over(self) -> bool:
        return self.state() not in ("due", "held", "not taken", "promised", "in_line", "dialling")

    def open_attempts(self) -> list[str]:
        return [each.id for each in attempts.open_attempts(self.disk)]


def _placed(number: str, queue: str) -> tuple[Number, str]:
    return Number(number, BERLIN), queue


class Dead(Exception):
    """The engine has died within this step."""


def _written(write: Any) -> set[CrashPoint]:
    """Which step a commit of the writer is."""
    if write.func is attempts.ended:
        return {CrashPoint.ENDED}
    if write.func is campaigns.settle:
        return {CrashPoint.SETTLED}
    if write.func is outbound_writer.callbacks.keep:
        tries = write.args[1][0].tries
        if tries:
            return {CrashPoint.MARKED if tries[-1].result is None else CrashPoint.SETTLED}
    return set()


def _decided(outputs: list[Any]) -> set[CrashPoint]:
    """Which steps an event is, by what comes of it: an answer may be the end of the dial and the word kept."""
    return {point for output in outputs for point in _steps_of(output)}


def _steps_of(output: Any) -> list[CrashPoint]:
    if isinstance(output, SettleLead):
        return [CrashPoint.MEANT] if output.result else []
    if isinstance(output, KeepPromise):
        tries = output.promise.tries
        return [CrashPoint.MEANT] if tries and tries[-1].result is not None else []
    if isinstance(output, do.PlaceCall):
        return [CrashPoint.PLANNED]
    over = isinstance(output, Changed) and output.kind is Kind.ATTEMPT and output.new in set(DialResult)
    return [CrashPoint.TOLD] if over else []


def _only_lead(store: Store) -> int:
    with store.engine.connect() as connection:
        return int(connection.execute(select(lead.c.id)).scalar_one())
