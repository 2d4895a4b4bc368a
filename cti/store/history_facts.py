"""What of the stream of facts is kept of a contact and of an agent? Facts in, rows out; knows no database.

Personal data is kept once: `caller` of contact_history. Everything else that could hold any is left out of the facts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import msgspec

from cti.acd.agent import Agent
from cti.acd.reach import pools_of
from cti.figures.flow_walks import FlowWalks
from cti.figures.number_walks import is_answered_meanwhile
from cti.model import policy
from cti.model.changes import Changed, Kind
from cti.model.words import Activity, AgentId, AgentStatus, ContactState, OfferState, Outcome
from cti.store.history_sums import SumBook, Sums
from cti.store.tables import DECISION

OF_CONTACT = frozenset(
    (
        *(Kind.CONTACT, Kind.VISIT, Kind.OFFER, Kind.REACH, Kind.PLACE, Kind.TRANSFER),
        *(Kind.FLOW, Kind.SURVEY, Kind.FOLLOW_UP, Kind.DISPOSITION),
    )
)
OF_AGENT = frozenset((Kind.STATUS, Kind.ACTIVITY, Kind.PHONE))
KEPT = OF_CONTACT | OF_AGENT | {Kind.BLENDING}

_encode = msgspec.json.Encoder().encode


def gate_of(queue: str) -> str:
    """Under which name the facts of a blended queue's gate are kept among those of contacts (whose names have a /)."""
    return f"queue:{queue}"


class AgentState(msgspec.Struct, frozen=True, omit_defaults=True):
    """How an agent stood from one fact of his to the next. Times are epoch seconds."""

    status: AgentStatus = AgentStatus.LOGGED_OUT
    reason: str = ""
    status_since: float = 0.0
    activity: Activity = Activity.IDLE
    activity_since: float = 0.0
    until: float | None = None  # of a wrap-up
    rest_until: float = 0.0
    leg: bool = False  # his phone has a leg

    def after(self, changed: Changed) -> AgentState:
        """How he stands after `changed`."""
        with_ = msgspec.structs.replace
        if changed.kind is Kind.STATUS:
            since = changed.at if changed.since is None else changed.since
            return with_(self, status=AgentStatus(changed.new), reason=changed.reason or "", status_since=since)
        if changed.kind is Kind.ACTIVITY:
            idle = changed.new == Activity.IDLE
            return with_(
                self,
                activity=Activity(changed.new),
                activity_since=changed.at,
                until=None if idle else changed.until,
                rest_until=(changed.until or 0.0) if idle else 0.0,
                leg=changed.leg is not None,
            )
        if changed.new == "ringing":
            return self
        engaged = changed.new == "engaged"
        return with_(self, leg=engaged, rest_until=self.rest_until if engaged else changed.until or 0.0)

    def agent(self, name: AgentId, rules: policy.Agent) -> Agent:
        """Him, as far as explaining.py asks."""
        return Agent(
            name,
            rules,
            self.status,
            self.reason,
            self.status_since,
            self.activity,
            self.activity_since,
            self.until,
            idle_since=max(self.activity_since, self.status_since),
            legs={"?"} if self.leg else set(),
            rest_until=self.rest_until,
            pools=pools_of(name, rules),
        )


class Opening(NamedTuple):
    """A policy that holds from `at` (epoch seconds) on: those who are new in it stand as it says.

    Without `center` only its name is known.
    """

    center: policy.Center | None
    version: str
    at: float

    @property
    def most_rows(self) -> int:
        """So many numbers it may need."""
        return 0 if self.center is None else len(self.center.agents) + len(self.center.queues)


ContactFact = tuple[int, str, float, str, str, str]
AgentFact = tuple[int, str, float, str]
"""A row, by the order of the table's columns."""


@dataclass
class Rows:
    """What one batch of facts means for each table."""

    contact_fact: list[ContactFact] = field(default_factory=list)
    agent_fact: list[AgentFact] = field(default_factory=list)
    contact_history: dict[str, dict[str, Any]] = field(default_factory=dict)  # by contact
    dispositions: dict[str, str] = field(default_factory=dict)  # of contacts that had ended: told in the wrap-up
    sums: Sums = field(default_factory=Sums)
    policies: list[Opening] = field(default_factory=list)  # those that these rows are the first to name

    @property
    def facts(self) -> int:
        """How many facts these are."""
        return len(self.contact_fact) + len(self.agent_fact)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to write: every other row comes with a fact, or is added to a sum."""
        return not self.facts and not self.sums.sums


class Book:
    """Remembers what the newest rows said, so that a fact becomes rows without asking the database."""

    def __init__(self) -> None:
        self.version = ""  # of the policy that holds where the facts have come to
        self._unkept: Opening | None = None  # that policy, until a row names it
        self._staff: frozenset[str] = frozenset()
        self._blended: frozenset[str] = frozenset()
        self._agents: dict[str, AgentState] = {}
        self._contacts: dict[str, dict[str, Any]] = {}  # those that live, and those that an earlier engine left open
        self._decided: tuple[str, float, str] = ("", 0.0, "")
        self._sums = SumBook()

    def goes_on(self, rows: Mapping[str, Mapping[str, Any]], facts: Iterable[Changed]) -> FlowWalks:
        """What an earlier engine has written of contacts that are open: rows of contact_history by contact, and VISIT
        and CONTACT facts. Returns where they are in their flows.
        """
        self._contacts |= {contact: dict(row) for contact, row in rows.items()}
        return self._sums.goes_on(facts)

    def rows(self, facts: Iterable[tuple[int, Changed | Opening]]) -> Rows:
        """The rows of numbered facts; each is given once, in order.

        A policy comes before the first fact of it. Its rows are numbered from its number on (`Opening.most_rows`).
        """
        rows = Rows()
        for number, changed in facts:
            if isinstance(changed, Opening):
                self._open(rows, number, changed)
                continue
            self._sums.apply(changed)
            if changed.kind in OF_AGENT:
                self._agent(rows, number, changed)
            elif changed.kind is Kind.BLENDING:
                rows.contact_fact.append(self._told(rows, number, gate_of(changed.id), changed))
            elif changed.contact is not None:
                self._contact(rows, number, changed)
        rows.contact_history = {contact: dict(row) for contact, row in rows.contact_history.items()}  # they go on
        rows.sums = self._sums.take()
        return rows

    def _open(self, rows: Rows, number: int, opening: Opening) -> None:
        """How those stand who are new: everybody at the start of the engine, whatever was true before its death.

        The gates of blended queues are shut at first.
        """
        center, at = opening.center, opening.at
        self.version, self._unkept = opening.version, None if center is None else opening
        if center is None:
            return
        self._sums.open(center, at)
        for name, rules in center.agents.items():
            if name not in self._staff:
                state = AgentState(AgentStatus(rules.starts), status_since=at, activity_since=at)
                self._agents[name] = state
                rows.agent_fact.append((number, name, at, _encode(state).decode()))
                number += 1
        for name, queue in center.queues.items():
            if queue.blending is not None and name not in self._blended:
                shut = Changed(Kind.BLENDING, name, "", "shut", at, "start")
                rows.contact_fact.append(self._told(rows, number, gate_of(name), shut))
                number += 1
        self._staff = frozenset(center.agents)
        self._blended = frozenset(name for name, queue in center.queues.items() if queue.blending is not None)

    def _agent(self, rows: Rows, number: int, changed: Changed) -> None:
        name = changed.agent or changed.id
        before = self._agents.get(name, AgentState())
        after = self._agents[name] = before.after(changed)
        if after != before:
            rows.agent_fact.append((number, name, changed.at, _encode(after).decode()))

    def _contact(self, rows: Rows, number: int, changed: Changed) -> None:
        contact = str(changed.contact)
        kind: str = changed.kind.value
        if changed.why is not None and self._decided != (contact, changed.at, changed.cause):
            kind, self._decided = DECISION, (contact, changed.at, changed.cause)
        rows.contact_fact.append(self._told(rows, number, contact, changed, kind))
        if changed.kind is Kind.DISPOSITION and contact not in self._contacts:
            rows.dispositions[contact] = changed.new
            return
        rows.contact_history[contact] = self._summary(contact, changed)
        if changed.kind is Kind.CONTACT and changed.new == ContactState.ENDED:
            ended = self._contacts.pop(contact)
            if ended["outcome"] == Outcome.ANSWERED and ended["queue"] and not changed.outbound:
                self._sums.served(ended["queue"], ended["since"], ended["caller"])

    def _told(self, rows: Rows, number: int, contact: str, changed: Changed, kind: str = "") -> ContactFact:
        """A row of contact_fact; the first that names a policy brings it along."""
        if self._unkept is not None:
            rows.policies.append(self._unkept)
            self._unkept = None
        if changed.caller is not None or changed.goto is not None or changed.key is not None:
            changed = msgspec.structs.replace(changed, caller=None, goto=None, key=None)
        kind = kind or changed.kind.value
        return (number, contact, changed.at, kind, self.version, _encode(changed).decode())

    def _summary(self, contact: str, changed: Changed) -> dict[str, Any]:
        row = self._contacts.get(contact)
        if row is None:
            row = self._contacts[contact] = {
                "contact": contact,
                "call": contact,
                "caller": "",
                "queue": "",
                "since": changed.at if changed.since is None else changed.since,
                "ended_at": None,
                "state": "",
                "outcome": "",
                "agent": "",
                "disposition": "",
            }
        row["seen_at"] = changed.at
        row["call"] = changed.call or row["call"]
        row["caller"] = (changed.caller or row["caller"])[:80]
        row["queue"] = changed.queue or row["queue"]
        if changed.kind is Kind.CONTACT:
            row["state"] = changed.new
            row["ended_at"] = changed.at if changed.new == ContactState.ENDED else None
            if is_answered_meanwhile(changed):  # an earlier engine's, or nobody's, answer
                row["outcome"] = Outcome.ANSWERED.value
        elif changed.kind is Kind.VISIT:
            row["outcome"] = changed.new if changed.new != "waiting" else ""
        elif changed.kind is Kind.OFFER and changed.new == OfferState.ACCEPTED:
            row["agent"] = changed.agent or ""
        elif changed.kind is Kind.DISPOSITION:
            row["disposition"] = changed.new
        return row
