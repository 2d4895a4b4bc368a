"""How do sums get into the tables of intervals, together with the facts that they are of? In the facts' transaction.

So a fact is counted exactly if it is stored: a commit that is tried again brings both, or neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from typing import Any

import msgspec
from sqlalchemy import Connection, Table, desc, select

from cti.figures.counting import entered
from cti.model.changes import Changed, Kind
from cti.model.words import Outcome
from cti.store.bulk import in_portions
from cti.store.day_tables import DAYS
from cti.store.day_writing import days_of
from cti.store.history_sums import Entering, Sums, is_known, start_of
from cti.store.interval_tables import GREATEST, INTERVALS, queue_interval
from cti.store.tables import contact_fact, contact_history

MOST_VALUES = 30_000  # in one statement: a little less than either database takes
AGAIN_WITHIN_S = 7 * 86_400.0

_history = contact_history.c
_decode = msgspec.json.Decoder(Changed).decode


def known_resumed(connection: Connection, sums: Sums) -> None:
    """Count those who came back and whom nobody has counted. To be asked before the batch's own rows are written."""
    for who in sums.resumed:
        fact = contact_fact.c
        query = select(fact.body).where(fact.contact == who.contact, fact.kind == Kind.VISIT)
        body = connection.execute(query.order_by(desc(fact.id)).limit(1)).scalar()
        newest = None if body is None else _decode(body)
        if newest is None or newest.id != who.visit or newest.new != "waiting" or newest.outbound:
            sums.add(queue_interval, (start_of(who.since), who.queue), entered())


def again(connection: Connection, sums: Sums) -> None:
    """Note of whom had called for the same queue, that it was not solved. After the batch's own rows are written."""
    for who in sums.came:
        before = _before(connection, who) if is_known(who.caller) else None
        if before is not None and before.outcome == Outcome.ANSWERED and before.queue == who.queue:
            sums.add(queue_interval, (start_of(before.since), before.queue), {"repeated": 1})


def write(connection: Connection, sums: Sums) -> None:
    """Add all sums to what the tables hold, of quarter hours and of days. Raises SQLAlchemyError."""
    for table in INTERVALS:
        add_sums(connection, table, sums.sums.get(table.name, {}))
    starts = sorted({key[0] for rows in sums.sums.values() for key in rows})
    days = days_of(connection, starts, sums.zone)
    of_days = Sums()
    for table in INTERVALS:
        kept = [column.name in DAYS[table.name].c for column in table.primary_key][1:]  # the first one is the start
        for (start, *rest), counts in sums.sums.get(table.name, {}).items():
            if start in days:
                of_days.add(table, (days[start].start, *compress(rest, kept)), counts)
        add_sums(connection, DAYS[table.name], of_days.sums.get(table.name, {}))


def add_sums(connection: Connection, table: Table, found: dict[tuple[Any, ...], dict[str, float]]) -> None:
    """Add to each row, or begin it; two engines at once lose nothing. Raises SQLAlchemyError.

    Many rows in one statement, past SQLAlchemy's own way: that costs ten times as much on one database, and a round
    trip for each row on the other.
    """
    keys = [column.name for column in table.primary_key]
    names = [column.name for column in table.columns if column.name not in keys]
    ordered = sorted(found)  # two engines never wait for each other
    for some in in_portions(ordered, MOST_VALUES // len(table.columns)):
        values = [value for key in some for value in (*key, *(float(found[key].get(name, 0)) for name in names))]
        connection.exec_driver_sql(_statement(connection, table, keys, names, len(some)), tuple(values))


def _statement(connection: Connection, table: Table, keys: Sequence[str], names: Sequence[str], rows: int) -> str:
    quote = connection.dialect.identifier_preparer.quote
    mark = "%s" if connection.dialect.name == "postgresql" else "?"
    new = [_joined(quote(table.name), quote(name), greatest=name in GREATEST) for name in names]
    columns = ", ".join(map(quote, (*keys, *names)))
    row = f"({', '.join([mark] * (len(keys) + len(names)))})"
    return (
        f"INSERT INTO {quote(table.name)} ({columns}) VALUES {', '.join([row] * rows)} "
        f"ON CONFLICT ({', '.join(map(quote, keys))}) DO UPDATE SET {', '.join(new)}"
    )


def _joined(table: str, name: str, *, greatest: bool) -> str:
    old, new = f"{table}.{name}", f"excluded.{name}"
    return f"{name} = " + (f"CASE WHEN {new} > {old} THEN {new} ELSE {old} END" if greatest else f"{old} + {new}")


def _before(connection: Connection, who: Entering) -> Any:
    """The customer's newest contact before this one, or None."""
    query = select(_history.queue, _history.outcome, _history.since).where(
        _history.caller == who.caller,
        _history.since < who.since,
        _history.since >= who.since - AGAIN_WITHIN_S,
        _history.contact != who.contact,
    )
    return connection.execute(query.order_by(desc(_history.since)).limit(1)).first()
