"""Which contacts did an earlier engine leave open in the history, and how do those end that nobody has seen again?

A talk may end, and a caller hang up, while no engine is there to write it: without this they would be open for ever.
Who comes back is known from before. Knows rows and facts; when it is time is history_writer.py's to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from sqlalchemy import desc, select

from cti.model.changes import Changed, Kind
from cti.model.words import ContactId, ContactState, Outcome
from cti.ports import Clock
from cti.store.database import Store
from cti.store.tables import contact_fact, contact_history

AFTER_S = 120.0  # longer than the dialplan keeps a caller without an engine, and than the first looks at each node take
LIVES_AT_MOST_S = 86_400.0  # nobody waits or talks for longer; older rows are not looked for
MOST = 50_000
CAUSE = "left_behind"

_decode = msgspec.json.Decoder(Changed).decode


class LeftBehind:
    """Begins with the open rows; `seen` takes one off, also while `ends` reads. Raises SQLAlchemyError, as `ends`."""

    def __init__(self, store: Store, started_at: float, clock: Clock) -> None:
        self._store, self._started_at = store, started_at
        self._clock, self._began = clock, clock()  # its own: in a quiet centre no fact tells how late it is
        table = contact_history.c
        recent = table.seen_at > started_at - LIVES_AT_MOST_S  # later than now, too: of a clock that was ahead of ours
        query = select(contact_history).where(table.ended_at.is_(None), recent)
        with store.engine.connect() as connection:
            found = [dict(row._mapping) for row in connection.execute(query.order_by(desc(table.seen_at)).limit(MOST))]
        self.rows: dict[str, dict[str, Any]] = {str(row["contact"]): row for row in found}

    def seen(self, contact: str | None) -> bool:
        """It lives, or its end was told: it is open here no more. Whether it was."""
        return contact is not None and self.rows.pop(contact, None) is not None

    def due(self) -> bool:
        """Whether whoever is not back by now has gone."""
        return bool(self.rows) and self._clock() - self._began >= AFTER_S

    def ends(self) -> dict[str, list[Changed]]:
        """The facts that nobody was there to tell, by contact: a visit that is still open was given up, all is over.

        They are of the engine's start, the last moment at which it can have been (or of what was last seen of it, by a
        clock that was ahead of ours); how long the wait was nobody knows.
        Each stays open here until it is `seen`: whoever takes its facts says so, and asks again after an error.
        """
        return {name: list(self._end(row)) for name, row in self.rows.copy().items()}

    def _end(self, row: dict[str, Any]) -> Iterator[Changed]:
        name, at = ContactId(str(row["contact"])), max(self._started_at, float(row["seen_at"]))
        visit = self._newest_visit(name)
        if visit is not None and visit.new == "waiting":
            yield msgspec.structs.replace(
                visit,
                old=visit.new,
                new=Outcome.ABANDONED.value,
                at=at,
                cause=CAUSE,
                since=visit.at if visit.since is None else visit.since,
            )
        yield Changed(Kind.CONTACT, name, str(row["state"]), ContactState.ENDED.value, at, CAUSE, contact=name)

    def _newest_visit(self, contact: str) -> Changed | None:
        fact = contact_fact.c
        query = select(fact.body).where(fact.contact == contact, fact.kind == Kind.VISIT.value)
        with self._store.engine.connect() as connection:
            body = connection.execute(query.order_by(desc(fact.id)).limit(1)).scalar()
        return None if body is None else _decode(body)
