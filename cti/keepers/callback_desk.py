"""What may people promise to customers? A call at a time, by a stated agent or by anybody of a queue.

What is refused is refused before anything is written; what is promised is on the disk before anybody hears of it.
Blocks for the disk: callers run it in a thread. Numbers are personal data, and in no refusal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from uuid import uuid4

from cti.calendar.wanted_time import FORMS, read_at
from cti.keepers.zoned import zoned
from cti.lists.numbers import read_number
from cti.model.changes import Refused
from cti.model.dialling import CALLBACKS, OPEN_CALLBACKS, CallbackKind, LeadId
from cti.model.policy import Center
from cti.model.promise import Number, Promise, Wanted
from cti.model.words import RefusedReason
from cti.outbound.appointment import Agreed, Impossible, agree
from cti.outbound.do_not_call import DoNotCall
from cti.outbound.may_dial import Rules
from cti.ports import Clock, Part
from cti.store import follow_up
from cti.store.callback_list import CallbackList
from cti.store.callbacks import beyond
from cti.store.database import Store
from cti.store.do_not_call import blocked
from cti.store.outbound_writer import OutboundWriter
from cti.store.promising import Watch, promise_at_once
from cti.suggest import closest


class CallbackDesk(CallbackList):
    """An api Callbacks. Every method raises SQLAlchemyError."""

    def __init__(
        self, store: Store, writer: OutboundWriter, clock: Clock, policy: Callable[[], Center], watch: Watch
    ) -> None:
        super().__init__(store, writer)
        self._clock, self._policy, self._watch = clock, policy, watch

    def promise(self, wanted: Wanted, part: Part | None = None) -> tuple[Promise, str] | Refused:
        """Keep the promise; with it why its time is not the one that was asked for. The core is yet to hear of it.

        `part`: of the centre, whose promises only he who asks may move; None: all of it.
        """
        policy, now = self._policy(), self._clock()
        queue = _queue_of(wanted, policy)
        if isinstance(queue, Refused):
            return queue
        found = read_number(wanted.number, policy.outbound.region)
        if isinstance(found, str):
            return Refused(RefusedReason.NOT_CALLABLE, str(found))
        number = zoned(found.e164, found.zones, policy.outbound)
        agreed = self._agreed(wanted, number, policy, now)
        if isinstance(agreed, Refused):
            return agreed
        entry = blocked(self._store, number.number, CALLBACKS, now)
        if entry is not None:
            return Refused(RefusedReason.NOT_CALLABLE, "this number is on a do-not-call list")
        if part is not None and self._is_merged_beyond(part, number.number, policy):
            why = "who has charge of a part of the centre cannot promise to this number now: ask who has all of it"
            return Refused(RefusedReason.NOT_CALLABLE, why)
        row = _row(wanted, number, queue, agreed.due_at, now)
        made = promise_at_once(self._store, row, (number, queue), self._watch)
        assert made is not None, "its name is new"
        return made, _moved(agreed)

    def for_follow_up(self, number: int, at: str, part: Part | None = None) -> tuple[Promise, str] | Refused:
        """Promise a call for an open follow-up, by its owner where that is an agent."""
        row = follow_up.one(self._store, number)
        if row is None:
            return Refused(RefusedReason.UNKNOWN_FOLLOW_UP, f"there is no follow-up {number}")
        if row["done_at"] is not None:
            return Refused(RefusedReason.ALREADY, f"follow-up {number} is done already")
        known = self.one(row["callback"]) if row["callback"] is not None else None
        if known is not None and known["state"] in OPEN_CALLBACKS:
            return Refused(RefusedReason.ALREADY, f"callback {known['id']} is promised for it already")
        policy = self._policy()
        agent = row["owner"] if row["owner"] in policy.agents else ""
        queue = row["queue"] if row["queue"] in policy.queues else policy.outbound.callbacks.queue or ""
        return self.promise(Wanted(row["number"], at, agent, queue, follow_up.TOPIC, follow_up=number), part)

    def of_follow_up(self, number: int) -> LeadId | None:
        """Return the callback that was promised for a follow-up."""
        row = follow_up.one(self._store, number)
        return None if row is None or row["callback"] is None else LeadId(row["callback"])

    def _is_merged_beyond(self, part: Part, number: str, policy: Center) -> bool:
        """Whether it would go into a promise of another part, which would be kept at another time for it."""
        if policy.outbound.callbacks.merge != "number":
            return False
        self._writer.flush()
        return bool(beyond(self._store, part, number=number))

    def _agreed(self, wanted: Wanted, number: Number, policy: Center, now: float) -> Agreed | Refused:
        outbound, written = policy.outbound, policy.outbound.callbacks
        at = read_at(wanted.at, outbound.zone, now) if wanted.at else now
        if at is None:
            return Refused(RefusedReason.BAD_TIME, f"a time is written as {FORMS}")
        rules = Rules(CALLBACKS, written, outbound, DoNotCall(outbound.do_not_call))
        found = agree(number, at, now, rules, written.at_most_ahead_days)
        if isinstance(found, Impossible):
            return Refused(found.reason, found.why)
        if found.moved is not None and wanted.exactly:
            return Refused(RefusedReason.BAD_TIME, _moved(found))
        return found


def _queue_of(wanted: Wanted, policy: Center) -> str | Refused:
    agent = policy.agents.get(wanted.agent)
    if wanted.agent and agent is None:
        return Refused(RefusedReason.UNKNOWN_AGENT, _known(wanted.agent, policy.agents))
    queue = wanted.queue or next(iter(agent.queues if agent is not None else ()), "")
    if queue not in policy.queues:  # no default here: who is in charge of a part of the centre promises for that part
        return Refused(RefusedReason.UNKNOWN_QUEUE, _known(queue, policy.queues))
    return queue


def _known(name: str, names: Iterable[str]) -> str:
    if not name:
        return "name a queue, or an agent who has one"
    meant = closest(name, names)
    return "there is none of this name" + (f"; do you mean {meant}?" if meant else "")


def _row(wanted: Wanted, number: Number, queue: str, due_at: float, now: float) -> dict[str, Any]:
    kind = CallbackKind.PERSONAL if wanted.agent else CallbackKind.SCHEDULED
    return {
        "id": f"promised-{uuid4().hex}",
        "at": now,
        "number": number.number,
        "queue": queue,
        "kind": (CallbackKind.FOLLOW_UP if wanted.follow_up else kind).value,
        "due_at": due_at,
        "agent": wanted.agent,
        "topic": wanted.topic,
        "follow_up": wanted.follow_up or None,
    }


def _moved(agreed: Agreed) -> str:
    if agreed.moved is None:
        return ""
    return f"outside the hours of the callee ({agreed.moved.rule.value}): the next moment is taken"
