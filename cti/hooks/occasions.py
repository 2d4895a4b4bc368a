"""What of all that happens is told to other systems, and in which words? From facts and orders to occasions. PURE.

Remembers of each contact that goes on what its end will tell; the oldest are forgotten beyond MOST_CONTACTS.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from cti.figures.number_walks import is_answered_meanwhile
from cti.model.books import AnyBookOrder, SettleLead
from cti.model.changes import LEFT_BEHIND, Changed, Kind
from cti.model.dialling import CallbackState
from cti.model.hooks import Told
from cti.model.words import ContactState, OfferState, Outcome
from cti.outbound.lead import from_one_word

MOST_CONTACTS = 50_000
OF_CONTACTS = (Kind.CONTACT, Kind.VISIT, Kind.OFFER, Kind.DISPOSITION)
_FAILED = (CallbackState.FAILED, CallbackState.EXPIRED)


class Occasion(msgspec.Struct, frozen=True):
    """Something to be told. `data` holds nothing personal; `number` is, and goes along only where it is wanted.

    `key` names it among all of its kind: the same one is never told twice. `lead`: whose columns may go along.
    """

    told: Told
    key: str
    at: float
    data: Mapping[str, Any]
    number: str = ""
    lead: int | None = None

    @property
    def id(self) -> str:
        """The name of the message, the same for every receiver and every try."""
        return f"msg_{hashlib.blake2b(f'{self.told} {self.key}'.encode(), digest_size=15).hexdigest()}"


class _Contact:
    """What is known of a contact that goes on. None where no engine was there to see it: unknown is not 0."""

    def __init__(self) -> None:
        self.since: float | None = None
        self.outbound = False
        self.queue: str | None = None
        self.outcome = ""
        self.agent: str | None = None
        self.wait_s: float | None = 0.0
        self.talk_s: float | None = 0.0
        self.talks_since: float | None = None
        self.disposition = ""
        self.ended_by: str | None = None

    def row(self, changed: Changed) -> dict[str, Any]:
        """What is told at the end, `changed`."""
        if self.talks_since is not None:
            alone = changed.cause == LEFT_BEHIND  # it ended at some time while nobody was there
            self.talk_s = None if alone else _sum(self.talk_s, max(0.0, changed.at - self.talks_since))
        return {
            "contact": changed.id,
            "call": changed.call,
            "direction": "outbound" if changed.outbound or self.outbound else "inbound",
            "since": self.since if changed.since is None else changed.since,
            "ended_at": changed.at,
            "queue": self.queue or changed.queue,
            "outcome": self.outcome or None,
            "agent": self.agent,
            "wait_s": _rounded(self.wait_s),
            "talk_s": _rounded(self.talk_s),
            "ended_by": self.ended_by,
            "disposition": self.disposition or None,
        }

    def answered_meanwhile(self, changed: Changed) -> None:
        """He talks, or has talked, and it may be that nobody has told when that began."""
        if not self.outcome:
            self.outcome, self.wait_s = Outcome.ANSWERED.value, None
        self.agent = changed.agent or self.agent
        if changed.new != ContactState.TALKING or self.talks_since is None:
            self.talk_s = self.talks_since = None


def _sum(known: float | None, more: float | None) -> float | None:
    return None if known is None or more is None else known + more


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 3)


class Occasions:
    """Takes facts and orders, in their order; gives what is to be told of them."""

    def __init__(self) -> None:
        self._contacts: OrderedDict[str, _Contact] = OrderedDict()
        self._reading: dict[Kind, Callable[[Changed], Occasion | None]] = {
            Kind.CONTACT: self._contact,
            Kind.VISIT: self._visit,
            Kind.OFFER: self._offer,
            Kind.DISPOSITION: self._disposition,
            Kind.FOLLOW_UP: _low_score,
            Kind.CALLBACK: _callback,
            Kind.CAMPAIGN: _campaign,
        }

    def goes_on(self, facts: Iterable[Changed]) -> None:
        """What an earlier engine has told of contacts that are open, of the kinds OF_CONTACTS; nothing is told."""
        for changed in facts:
            self.of_fact(changed)

    def of_fact(self, changed: Changed) -> Occasion | None:
        """Take in one fact."""
        read = self._reading.get(changed.kind)
        return None if read is None else read(changed)

    def of_order(self, order: AnyBookOrder) -> list[Occasion]:
        """Take in one order to the store: a lead that goes back tells what came of its attempt."""
        if not isinstance(order, SettleLead):
            return []
        return [*_attempt(order), *_lead(order)]

    def _known(self, name: str) -> _Contact:
        found = self._contacts.get(name)
        if found is None:
            found = self._contacts[name] = _Contact()
            if len(self._contacts) > MOST_CONTACTS:
                self._contacts.popitem(last=False)
        return found

    def _contact(self, changed: Changed) -> Occasion | None:
        if changed.new == ContactState.ENDED:
            row = self._ended(changed).row(changed)
            return Occasion(Told.CONTACT_ENDED, f"{changed.id} {changed.at:.6f}", changed.at, row, changed.caller or "")
        known = self._known(changed.id)
        known.since, known.outbound = changed.since, changed.outbound
        if is_answered_meanwhile(changed):
            known.answered_meanwhile(changed)
        return None

    def _ended(self, changed: Changed) -> _Contact:
        if changed.id in self._contacts:
            return self._contacts.pop(changed.id)
        never_seen = _Contact()
        if changed.cause == LEFT_BEHIND:
            never_seen.wait_s = never_seen.talk_s = None
        return never_seen

    def _visit(self, changed: Changed) -> None:
        known = self._known(str(changed.contact))
        known.queue = changed.queue or known.queue
        if changed.new == "waiting":
            known.outcome = ""
            return
        known.outcome = changed.new
        known.wait_s = _sum(known.wait_s, changed.wait_s)

    def _offer(self, changed: Changed) -> None:
        if changed.contact not in self._contacts:
            return  # the agent's part ends after the customer's
        known = self._contacts[str(changed.contact)]
        if changed.new == OfferState.ACCEPTED:
            known.agent, known.talks_since = changed.agent, changed.at
        elif changed.new == OfferState.ENDED:
            known.talk_s = (known.talk_s or 0.0) + (changed.talk_s or 0.0)
            known.talks_since = None
            known.ended_by = changed.ended_by

    def _disposition(self, changed: Changed) -> Occasion | None:
        known = self._contacts.get(changed.id)
        if known is not None:
            known.disposition = changed.new
        data = {
            "contact": changed.id,
            "call": changed.call,
            "queue": changed.queue,
            "agent": changed.agent,
            "disposition": changed.new,
            "by": changed.by,
        }
        key = f"{changed.id} {changed.offer} {changed.new} {changed.at:.6f}"  # what is changed back is told again
        return Occasion(Told.CONTACT_NOTED, key, changed.at, data)


def _low_score(changed: Changed) -> Occasion:
    question, _, score = (changed.reason or "").partition("=")
    data = {
        "contact": changed.contact,
        "call": changed.call,
        "survey": changed.id.rpartition("/")[2],
        "question": question,
        "score": int(score) if score.lstrip("-").isdecimal() else score,
        "queue": changed.queue,
        "agent": changed.agent,
        "owner": changed.new,
        "due_at": changed.until,
    }
    return Occasion(Told.LOW_SCORE, f"{changed.id} {changed.at:.6f}", changed.at, data, changed.caller or "")


def _callback(changed: Changed) -> Occasion | None:
    if changed.new != CallbackState.KEPT and changed.new not in _FAILED:
        return None
    told = Told.CALLBACK_KEPT if changed.new == CallbackState.KEPT else Told.CALLBACK_FAILED
    data = {
        "callback": changed.id,
        "state": changed.new,
        "reason": changed.reason,
        "queue": changed.queue,
        "agent": changed.agent,
        "call": changed.call,
    }
    return Occasion(told, f"{changed.id} {changed.new}", changed.at, data)


def _campaign(changed: Changed) -> Occasion:
    data = {"campaign": changed.id, "state": changed.new, "before": changed.old or None, "by": changed.by}
    return Occasion(Told.CAMPAIGN_STATE, f"{changed.id} {changed.new} {changed.at:.6f}", changed.at, data)


def _attempt(order: SettleLead) -> list[Occasion]:
    if not order.attempt:
        return []
    result, disposition = from_one_word(order.result)
    data = {
        "attempt": order.attempt,
        "campaign": order.campaign,
        "lead": order.lead,
        "result": result,
        "disposition": disposition or None,
        "next_at": None if order.outcome is not None else order.due_at,
    }
    return [Occasion(Told.ATTEMPT_ENDED, order.attempt, order.at, data, lead=order.lead)]


def _lead(order: SettleLead) -> list[Occasion]:
    if order.outcome is None:
        return []
    data = {
        "campaign": order.campaign,
        "lead": order.lead,
        "outcome": order.outcome,
        "result": order.result or None,
        "rule": order.rule or None,
    }
    return [Occasion(Told.LEAD_ENDED, f"{order.campaign} {order.lead} {order.at:.6f}", order.at, data, lead=order.lead)]
