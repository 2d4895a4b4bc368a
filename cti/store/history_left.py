"""Which contacts did an earlier engine leave open in the history, and how do those end that nobody has seen again?

A talk may end, and a caller hang up, while no engine is there to tell it: without this they would be open for ever.
Who comes back is known from before. The ends are told to every reader: what a board and a report say stays the same.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
import structlog
from sqlalchemy import Select, desc, select

from cti import ports
from cti.model.changes import LEFT_BEHIND, Changed, Kind
from cti.model.words import CallId, ContactId, ContactState, Outcome, QueueName
from cti.store.bulk import in_portions
from cti.store.database import Store
from cti.store.owner import gravity
from cti.store.tables import contact_fact, contact_history

AFTER_S = 120.0  # longer than the dialplan keeps a caller without an engine
BACK_S = 15.0  # after the first look at a node: it tells who talks, and who waits comes back now
LOST_S = 900.0  # a node that no look has told of for so long is taken for dead; until then talks may go on there
LOOK_S = 5.0
RETRY_S = 5.0
PORTION = 50  # contacts at once, and then a pause: calls go on meanwhile
PAUSE_S = 0.1
MOST = 50_000

_decode = msgspec.json.Decoder(Changed).decode
_log = structlog.get_logger(__name__)

Row = Mapping[str, Any]


class LeftBehind:
    """Begins with the open rows, by contact; `seen` takes one off. Raises SQLAlchemyError. Lives on the loop.

    `errors`: reads that failed, each tried again, and visits that cannot be read. `nodes`: those that are configured.
    `clock`: seconds since whenever.
    """

    def __init__(
        self,
        store: Store,
        started_at: float,
        nodes: Iterable[str] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.errors = 0
        self._store, self._started_at = store, started_at
        self._clock = clock
        self._held_until = dict.fromkeys(nodes, clock() + LOST_S)  # by it: whose contacts may live on it yet
        with store.engine.connect() as connection:
            found = [dict(row._mapping) for row in connection.execute(_still_open())]
        self.rows: dict[str, Row] = {str(row["contact"]): row for row in found}

    def facts(self, kinds: Collection[Kind] = (Kind.CONTACT, Kind.VISIT)) -> Iterator[Changed]:
        """What is told of the open ones, of each in order: of these `kinds`. Raises SQLAlchemyError."""
        with self._store.engine.connect() as connection:
            for some in in_portions(list(self.rows)):
                for body in connection.execute(told_of(some, kinds)).scalars():
                    told = _read(body)
                    if told is not None:
                        yield told

    def seen(self, contact: str | None) -> None:
        """It lives, or its end was told."""
        if contact is not None:
            self.rows.pop(contact, None)

    @ports.told_of(Kind.NODE)
    def node(self, changed: Changed) -> None:
        """A ports.Reader: a node was looked at for the first time, or is not ours any more."""
        until = self._held_until.get(changed.id)
        if until is not None and changed.new != "down":
            back_s = BACK_S if changed.new == "up" else 0.0
            self._held_until[changed.id] = min(until, self._clock() + back_s)

    async def run(
        self, tell: Callable[[Iterable[Changed]], None], sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    ) -> None:
        """Wait until whoever is not back by now has gone, and `tell` the ends of those."""
        pause_s, over = AFTER_S, list[str]()
        while self.rows:
            await sleep(pause_s)
            over = over or self._over()
            if not over:
                pause_s = LOOK_S
                continue
            some = {name: self.rows[name] for name in over[:PORTION] if name in self.rows}
            try:
                ends = await asyncio.to_thread(self._ends, some)
            except Exception as error:  # whatever it is: they are open still, and looked at again
                self.errors += 1
                _log.log(gravity(error), "contacts_left_open", contacts=len(self.rows), error=type(error).__name__)
                pause_s = RETRY_S
                continue
            pause_s = PAUSE_S
            del over[:PORTION]
            for contact, facts in ends.items():
                if self.rows.pop(contact, None) is not None:  # nobody has heard of it while we read
                    tell(facts)

    def _over(self) -> list[str]:
        """Who would have been heard of by now: his node was looked at since the start, or is lost."""
        now = self._clock()
        held = {node for node, until in self._held_until.items() if until > now}
        return [name for name, row in self.rows.items() if str(row["call"]).partition("/")[0] not in held]

    def _ends(self, rows: Mapping[str, Row]) -> dict[str, list[Changed]]:
        """The facts that nobody was there to tell, by contact: a visit that is still open was given up, all is over.

        They are of the engine's start, the last moment at which it can have been (or of what was last seen of it, by a
        clock that was ahead of ours); how long the wait was nobody knows.
        """
        return {name: list(self._end(row)) for name, row in rows.items()}

    def _end(self, row: Row) -> Iterator[Changed]:
        name, at = ContactId(str(row["contact"])), max(self._started_at, float(row["seen_at"]))
        visit = self._newest_visit(name)
        if visit is not None and visit.new == "waiting":
            since = visit.at if visit.since is None else visit.since
            ended = {"old": visit.new, "new": Outcome.ABANDONED.value, "since": since, "wait_s": None}
            yield msgspec.structs.replace(visit, at=at, cause=LEFT_BEHIND, **ended)
        yield Changed(
            Kind.CONTACT,
            name,
            str(row["state"]),
            ContactState.ENDED.value,
            at,
            LEFT_BEHIND,
            queue=QueueName(row["queue"]) if row["queue"] else None,
            contact=name,
            call=CallId(row["call"]),
            caller=row["caller"] or None,
        )

    def _newest_visit(self, contact: str) -> Changed | None:
        fact = contact_fact.c
        query = select(fact.body).where(fact.contact == contact, fact.kind == Kind.VISIT.value)
        with self._store.engine.connect() as connection:
            body = connection.execute(query.order_by(desc(fact.id)).limit(1)).scalar()
        visit = None if body is None else _read(body)
        if visit is None and body is not None:
            self.errors += 1
            _log.error("a visit that was left open cannot be read: its contact ends without it", contact=contact)
        return visit


def _read(body: str) -> Changed | None:
    """None: of another version. The others must not stay open over it."""
    try:
        return _decode(body)
    except (msgspec.MsgspecError, ValueError):
        return None


def told_of(contacts: Sequence[str], kinds: Collection[Kind]) -> Select[Any]:
    """The question for what is told of `contacts`, of each in order. By their index: others' facts are millions."""
    fact = contact_fact.c
    wanted = (fact.contact.in_(contacts), fact.kind.in_([kind.value for kind in kinds]))
    return select(fact.body).where(*wanted).order_by(fact.contact, fact.id)


def _still_open() -> Select[Any]:
    """However long: an engine may have been down for days."""
    table = contact_history.c
    return select(contact_history).where(table.ended_at.is_(None)).order_by(desc(table.seen_at)).limit(MOST)
