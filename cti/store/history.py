"""What does the history know of a contact, and of an agent's lost chances? Reads rows; explains through acd/explaining.

Blocks for the disk: ask it in a thread. Callers' numbers are only in `contacts()` and `contact()`.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Row, Select, case, desc, func, or_, select

from cti.meant import meant
from cti.model.changes import Changed
from cti.model.explanation import Look, Passed, Standing
from cti.model.policy import Center
from cti.model.words import AgentId
from cti.ports import Part
from cti.store.database import Store
from cti.store.history_looks import Numbered, Retold, chosen_in, lost_in
from cti.store.history_states import gate_shut, states_at
from cti.store.paging import behind, of_part
from cti.store.tables import DECISION, IS_DECISION, config_version, contact_fact, contact_history

MAX_FACTS = 2_000
MAX_LOOKS = 200
MAX_FOUND = 20
MAX_PASSED = 500
MAX_DECISIONS = 50_000  # the newest, among which an agent's lost ones are looked for: half a second
MAX_POLICIES = 8  # kept in memory besides the newest

_NUMBERED = (contact_fact.c.id, contact_fact.c.kind, contact_fact.c.version, contact_fact.c.body)
_decode = msgspec.json.Decoder(Changed).decode


class Lost(NamedTuple):
    """A decision in which an agent was compared and not chosen: his standing, and that of who was."""

    at: float
    contact: str
    queue: str
    rule: str
    his: Standing
    winner: Standing | None


class History:
    """The reading side of the history. `center` and `version`: the policy for decisions whose own is not kept.

    `catch_up` is called before something is looked for: what has just happened shall be found. It waits for a moment
    and says whether all is written. `facts`, `looks` and `passed` are of a contact that was found: they wait no more.
    """

    def __init__(self, store: Store, center: Center, version: str, catch_up: Callable[[], bool] = lambda: True) -> None:
        self._store = store
        self._catch_up = catch_up
        self._newest = (version, center)
        self._known: OrderedDict[str, Center] = OrderedDict()  # the latest used last; several threads ask
        self._knowing = threading.Lock()

    def reload(self, center: Center, version: str) -> None:
        """Another policy holds from now on."""
        self._newest = (version, center)

    def catch_up(self) -> bool:
        """Wait for a moment until all that happened so far is written; whether it is. Blocks."""
        return self._catch_up()

    def contacts(
        self, limit: int = MAX_FOUND, after: tuple[float, str] | None = None, part: Part | None = None
    ) -> list[dict[str, Any]]:
        """The newest contacts, of `part` only, the newest first; behind (seen_at, contact) of `after`.

        Holds callers' numbers.
        """
        table = contact_history
        query = of_part(select(table), part, table.c.queue, table.c.agent)
        self._catch_up()
        return self._rows(behind(query, (table.c.seen_at, table.c.contact), after, newest_first=True).limit(limit))

    def find(self, asked: str) -> list[dict[str, Any]]:
        """The contacts that `asked` may mean, by the rule of meant.py; the newest first, at most MAX_FOUND."""
        table = contact_history
        self._catch_up()
        if whole := self._rows(select(table).where(table.c.contact == asked)):  # as pages ask: no look through all
            return whole
        end = "%/" + _escaped(asked)
        exact = or_(
            table.c.call == asked,
            table.c.contact.like(end, escape="\\"),
            table.c.call.like(end, escape="\\"),
        )
        part = or_(*(column.like(f"%{_escaped(asked)}%", escape="\\") for column in (table.c.contact, table.c.call)))
        order = (case((exact, 0), else_=1), desc(table.c.seen_at))
        return meant(asked, self._rows(select(table).where(part).order_by(*order).limit(MAX_FOUND)))

    def facts(self, contact: str) -> list[Changed]:
        """Everything that was told of the contact, in order; at most MAX_FACTS."""
        with self._store.engine.connect() as connection:
            return [each.fact for each in self._facts(connection, contact)]

    def looks(self, contact: str) -> list[Look]:
        """Every look for an agent, those in vain too, in order; the newest MAX_LOOKS."""
        with self._store.engine.connect() as connection:
            retold = Retold(contact)
            for each in self._facts(connection, contact):
                retold.take(each)
            found = []
            for seen in retold.seen[-MAX_LOOKS:]:
                center = self._center(connection, seen.version)
                seen.held = not seen.chosen and gate_shut(connection, center, seen)
                agents = states_at(connection, center, retold.pools(center, seen), seen.number, seen.until)
                found.append(retold.look(center, seen, agents))
        return found

    def passed(self, contact: str) -> list[Passed]:
        """Whom agents took instead while it waited, in order; at most MAX_PASSED decisions of a wait are looked at."""
        table = contact_fact
        found: list[Passed] = []
        with self._store.engine.connect() as connection:
            retold = Retold(contact)
            for each in self._facts(connection, contact):
                retold.take(each)
            for wait in retold.waits:
                wanted: list[Any] = [IS_DECISION, table.c.id > wait.number, table.c.at >= wait.at]
                if wait.ended_number is not None:
                    wanted += [table.c.id < wait.ended_number, table.c.at <= wait.ended_at]
                others = select(*_NUMBERED).where(*wanted, table.c.contact != contact).order_by(table.c.id)
                for other in _numbered(connection, others.limit(MAX_PASSED)):
                    passed = retold.passed(self._center(connection, other.version), other)
                    if passed is not None:
                        found.append(passed)
        return found

    def lost(self, agent: AgentId, limit: int = 20) -> list[Lost]:
        """The newest decisions in which `agent` was free and somebody else was chosen, the newest first.

        Looked for among the newest MAX_DECISIONS.
        """
        table = contact_fact
        self._catch_up()
        newest_first = desc(table.c.id)
        beyond = select(table.c.id).where(IS_DECISION).order_by(newest_first).limit(1).offset(MAX_DECISIONS)
        compared = table.c.body.contains(f'"agent":{msgspec.json.encode(agent).decode()}', autoescape=True)
        newest = (
            select(table.c.body)
            .where(IS_DECISION, table.c.id > func.coalesce(beyond.scalar_subquery(), 0), compared)
            .order_by(newest_first)
            .limit(10 * limit)
        )
        found: list[Lost] = []
        with self._store.engine.connect() as connection:
            for body in connection.execute(newest).scalars():
                fact = _decode(body)
                if fact.why is None or fact.why.sought is None or len(found) == limit:
                    continue
                chosen = self._chosen(connection, fact)
                if agent not in chosen:
                    pair = lost_in(self._center(connection, fact.why.version), fact, agent, chosen)
                    if pair is not None:
                        rest = (fact.at, str(fact.contact), str(fact.queue), fact.why.rule)
                        found.append(Lost(*rest, *pair))
        return found

    def _chosen(self, connection: Connection, first: Changed) -> frozenset[AgentId]:
        """Everybody who was rung by the decision that `first` is the first offer of."""
        table = contact_fact
        same = select(table.c.body).where(table.c.contact == first.contact, table.c.at == first.at)
        return chosen_in(first, [_decode(body) for body in connection.execute(same).scalars()])

    def _rows(self, query: Select[Any]) -> list[dict[str, Any]]:
        with self._store.engine.connect() as connection:
            return [_contact(row) for row in connection.execute(query)]

    @staticmethod
    def _facts(connection: Connection, contact: str) -> Sequence[Numbered]:
        table = contact_fact
        query = select(*_NUMBERED).where(table.c.contact == contact).order_by(table.c.id).limit(MAX_FACTS)
        return _numbered(connection, query)

    def _center(self, connection: Connection, version: str) -> Center:
        """The policy that held; if it is not kept, the newest."""
        newest_version, newest = self._newest
        if version == newest_version:
            return newest
        with self._knowing:
            if version in self._known:
                self._known.move_to_end(version)
                return self._known[version]
        table = config_version
        body = connection.execute(select(table.c.body).where(table.c.version == version)).scalar()
        if body is None:
            return newest
        center = Center.model_validate_json(body)
        with self._knowing:
            self._known[version] = center
            while len(self._known) > MAX_POLICIES:
                self._known.popitem(last=False)
        return center


def _numbered(connection: Connection, query: Select[Any]) -> list[Numbered]:
    return [
        Numbered(number, kind == DECISION, version, _decode(body))
        for number, kind, version, body in connection.execute(query)
    ]


def _contact(row: Row[Any]) -> dict[str, Any]:
    return {str(key): value for key, value in row._mapping.items()}


def _escaped(text: str) -> str:
    """`text` as LIKE takes it literally."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
