"""Which rows of a board have changed since the last look? Rows by topic, kept in step with the live view. PURE.

Rows hold no ticking durations but epoch seconds (`since`): a row changes when something happens, not because time
passes. What a fact may have touched is noted when it is applied; only that is worked out at the next look.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from cti.differences import Difference, Row, Rows, Step
from cti.figures.counting import add
from cti.metrics.group_rows import campaign_rows, flow_rows, team_rows
from cti.metrics.listeners import Listeners
from cti.metrics.live import LiveView
from cti.metrics.rows import AgentRow, ContactRow
from cti.metrics.serving import Serving
from cti.metrics.snapshot import agent_row, call_row, queue_row, status_row
from cti.metrics.windows import of_queue
from cti.model.changes import Changed, Kind
from cti.model.words import ContactState

QUEUES, AGENTS, CALLS, STATUS, DECISIONS = "queues", "agents", "calls", "status", "decisions"
NOW = "now"  # the one row of STATUS
SLOW_S = 1.0
"""What depends on the time itself (sliding windows) and what concerns everything is worked out so often at most."""
PORTION = 400
"""So many rows of contacts and agents are worked out in one look besides those of which there is news: a new day, a new
policy, or the first who looks after hours concerns tens of thousands, and calls must not wait for all of them."""

_OF_AGENTS = (Kind.STATUS, Kind.OVERDUE, Kind.PENDING, Kind.ACTIVITY, Kind.PHONE)
_WITH_AGENT = (ContactState.OFFERED, ContactState.DIALLING, ContactState.TALKING)
_LEFT_OUT = {
    QUEUES: ("position", "longest_wait_s"),
    AGENTS: ("since_s",),
    STATUS: ("flows", "newest_repairs", "newest_bugs"),
}


class Boards:
    """The rows of all topics. `apply` is a ports.Reader, to be asked after the view's own; who shows them asks `look`.

    `more`: further topics, worked out anew every SLOW_S.
    """

    def __init__(self, view: LiveView, more: Mapping[str, Callable[[float], Rows]] | None = None) -> None:
        self._view = view
        self._listeners = Listeners()
        self._more: dict[str, Callable[[float], Rows]] = {
            "teams": lambda now: _by_name(team_rows(view, now)),
            "campaigns": lambda now: _by_name(campaign_rows(view, now)),
            "flows": lambda now: _by_name(flow_rows(view, now)),
            "listening": self._listeners.rows,
            **(more or {}),
        }
        self.rows: dict[str, Rows] = {topic: {} for topic in (QUEUES, AGENTS, CALLS, STATUS, DECISIONS, *self._more)}
        self._queues: set[str] = set()
        self._agents: set[str] = set()
        self._contacts: set[str] = set()
        self._owed_contacts: set[str] = set()  # to be looked at, by portions
        self._owed_agents: set[str] = set()
        self._serving = Serving()
        self._ringing: Counter[str] = Counter()  # of those in a line, by queue
        self._with: dict[str, str] = {}  # agent -> the contact he has
        self._down_since: dict[str, float] = {}
        self._decided = self._told = 0  # decisions in all, and how many of them are in `rows`
        self._all = True
        self._slow_at = float("-inf")
        self._day = 0.0  # when it began; `today` of every row begins anew with the next

    def apply(self, changed: Changed) -> None:
        """Note what this fact may have touched. Never raises, never blocks."""
        if changed.kind is Kind.SPY:
            self._listeners.apply(changed)
        elif changed.kind is Kind.CONFIG:
            self._all = True
        elif changed.kind is Kind.NODE:
            self._node(changed)
        if changed.kind in (Kind.CONTACT, Kind.VISIT):
            self._contacts.add(changed.contact or changed.id)
        elif changed.contact is not None:
            self._contacts.add(changed.contact)
        if changed.kind in _OF_AGENTS:
            self._agents.add(changed.agent or changed.id)
        elif changed.agent is not None:
            self._agents.add(changed.agent)
        if changed.queue is not None:
            self._queues.add(changed.queue)
        if changed.kind is Kind.OFFER and not changed.old:
            self._decided += 1

    def reload(self) -> None:
        """Work everything out anew at the next look: another policy holds."""
        self._all = True

    def look(self, now: float) -> Difference:
        """Bring `rows` up to `now` (epoch seconds) and return what changed since the last look."""
        found: Difference = {}
        slow = self._all or now - self._slow_at >= SLOW_S or now < self._slow_at
        day = self._view.tally.day.begin(now)
        if self._all or day != self._day:
            self._mark_all()
        self._day = day
        self._take_of_owed()
        self._look_at_contacts(found, now)
        self._look_at_agents(found, now)
        if slow:
            self._queues.update(self._view.queues, self.rows[QUEUES])  # their windows slide
        self._look_at_queues(found, now)
        self._look_at_decisions(found)
        if slow:
            self._slow_at = now
            self._put(found, STATUS, NOW, self._status(now))
            for topic, told in self._more.items():
                self._replace(found, topic, told(now))
        self._all = False
        return found

    def nodes(self) -> dict[str, str]:
        """Whether each node is connected: "up" or "down"."""
        return dict(self._view.nodes)

    def down_since(self) -> dict[str, float | None]:
        """Since when nodes that are not connected are not; None: since before we looked."""
        return {name: self._down_since.get(name) for name, state in self._view.nodes.items() if state != "up"}

    @property
    def is_behind(self) -> bool:
        """Whether `rows` are not all of the newest look yet: some are left to the next ones (see PORTION)."""
        return bool(self._owed_contacts or self._owed_agents)

    def wait_for_a_look(self) -> None:
        """Nobody looks: keep no more in mind than what there is to be seen, and that for later."""
        live, shown = self._view.contacts, self.rows[CALLS]
        self._owed_contacts |= self._contacts
        self._owed_contacts = {each for each in self._owed_contacts if each in live or each in shown}
        self._owed_agents |= self._agents
        self._contacts, self._agents = set(), set()

    # --- what a look does ---------------------------------------------------------------------------------------------

    def _mark_all(self) -> None:
        self._owed_contacts.update(self._view.contacts, self.rows[CALLS])
        self._owed_agents.update(self._view.agents, self.rows[AGENTS])
        self._queues.update(self._view.queues, self.rows[QUEUES])

    def _take_of_owed(self) -> None:
        """A portion; contacts first, for what they say of agents."""
        left = PORTION
        for owed, taken in ((self._owed_contacts, self._contacts), (self._owed_agents, self._agents)):
            owed -= taken
            for _ in range(min(left, len(owed))):
                taken.add(owed.pop())
                left -= 1

    def _look_at_contacts(self, found: Difference, now: float) -> None:
        for contact in self._contacts:
            before = self.rows[CALLS].get(contact)
            row = self._view.contacts.get(contact)
            self._put(found, CALLS, contact, None if row is None else _call(row, now))
            after = self.rows[CALLS].get(contact)
            for each in (before, after):
                if each is not None:
                    self._queues.update(filter(None, (each["queue"],)))
                    self._agents.update(filter(None, (each["agent"],)))
            self._ringing[_rings_in(before)] -= 1
            self._ringing[_rings_in(after)] += 1
            self._pair(contact, before, after)
        self._contacts.clear()

    def _pair(self, contact: str, before: Row | None, after: Row | None) -> None:
        agent, former = _who_has(after), _who_has(before)
        if former is not None and former != agent and self._with.get(former) == contact:
            del self._with[former]
        if agent is not None:
            self._with[agent] = contact

    def _look_at_agents(self, found: Difference, now: float) -> None:
        for name in self._agents:
            row = self._view.agents.get(name)
            self._queues.update(self._serving.count(name, self._view.policy.agents.get(name), row))
            self._put(found, AGENTS, name, None if row is None else self._agent(name, row, now))
        self._agents.clear()

    def _look_at_queues(self, found: Difference, now: float) -> None:
        for name in self._queues:
            row = self._view.queues.get(name)
            if row is None:
                self._put(found, QUEUES, name, None)
                continue
            told = queue_row(name, row, now, 0)
            told |= {"oldest_since": row.line.oldest_since, "to_call": row.line.to_call, "ringing": self._ringing[name]}
            told["agents_free"], told["agents_available"] = self._serving.free[name], self._serving.available[name]
            told |= self._view.tally.windows(name).shown(now)
            self._put(found, QUEUES, name, _without(told, QUEUES))
        self._queues.clear()

    def _look_at_decisions(self, found: Difference) -> None:
        kept = self._view.decisions
        first = self._decided - len(kept)
        if self._decided == self._told:
            return
        for number in range(max(first, self._told), self._decided):
            self._put(found, DECISIONS, str(number), kept[number - first])
        for old in [key for key in self.rows[DECISIONS] if int(key) < first]:
            self._put(found, DECISIONS, old, None)
        self._told = self._decided

    def _node(self, changed: Changed) -> None:
        node = str(changed.node or changed.id)
        if changed.new != "down":
            self._down_since.pop(node, None)
        else:
            self._down_since.setdefault(node, changed.at)

    # --- rows ---------------------------------------------------------------------------------------------------------

    def _agent(self, name: str, row: AgentRow, now: float) -> Row:
        told = agent_row(self._view, name, row, now)
        contact = self._with.get(name)
        its = None if contact is None else self.rows[CALLS].get(contact)
        told |= {"since": row.since, "contact": contact, "contact_queue": None if its is None else its["queue"]}
        return _without(told, AGENTS)

    def _status(self, now: float) -> Row:
        view = self._view
        told = status_row(view)
        today: dict[str, float] = {}
        for name in view.queues:
            add(today, view.tally.windows(name).counts("today", now))
        told |= {
            "down_since": self.down_since(),
            "drained": {
                name: {"state": state, "reason": view.policy.nodes[name].drained or ""}
                for name, state in view.node_book.drains.items()
                if name in view.policy.nodes
            },
            "to_call": sum(row.line.to_call for row in view.queues.values()),
            "agents_free": len(self._serving.all_free),
            "agents_available": len(self._serving.all_available),
            "today": of_queue(today),
            "breaks": list(view.policy.breaks),
        }
        return _without(told, STATUS)

    def _put(self, found: Difference, topic: str, key: str, after: Row | None) -> None:
        rows = self.rows[topic]
        before = rows.get(key)
        if before == after:
            return
        if after is None:
            del rows[key]
        else:
            rows[key] = after
        found.setdefault(topic, {})[key] = Step(before, after)

    def _replace(self, found: Difference, topic: str, rows: Rows) -> None:
        for gone in [key for key in self.rows[topic] if key not in rows]:
            self._put(found, topic, gone, None)
        for key, row in rows.items():
            self._put(found, topic, key, row)


def _call(row: ContactRow, now: float) -> Row:
    told = call_row(row, now)
    if row.visit is not None:
        told["wait_s"] = None  # it still grows: `since` says it
    told["since"] = row.since
    told["order_at"] = row.visit[1] if row.visit is not None else None
    told["to_call"] = row.visit is not None and not row.on_phone
    return told


def _who_has(row: Row | None) -> str | None:
    return None if row is None or row["state"] not in _WITH_AGENT else row["agent"]


def _rings_in(row: Row | None) -> str:
    """The queue in whose line he waits while an agent's phone rings for him; "": none."""
    if row is None or row["order_at"] is None or row["to_call"] or row["state"] not in _WITH_AGENT:
        return ""
    return str(row["queue"])


def _by_name(rows: Iterable[Row]) -> Rows:
    return {row["name"]: row for row in rows}


def _without(told: dict[str, Any], topic: str) -> Row:
    for name in _LEFT_OUT[topic]:
        told.pop(name, None)
    return told
