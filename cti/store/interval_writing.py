"""How do sums get into the tables of intervals, together with the facts that they are of? In the facts' transaction.

So a fact is counted exactly if it is stored: a commit that is tried again brings both, or neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from typing import Any

import msgspec
from sqlalchemy import Connection, Table

from cti.figures.counting import entered
from cti.model.changes import Changed, Kind
from cti.model.words import Outcome
from cti.store.bulk import in_portions, insert_many
from cti.store.day_tables import DAYS
from cti.store.day_writing import days_of
from cti.store.history_left import told_of
from cti.store.history_sums import Entering, Sums, is_known, start_of
from cti.store.interval_tables import GREATEST, INTERVALS, queue_interval

AGAIN_WITHIN_S = 7 * 86_400.0

_FORMER = f"""
WITH asked (contact, queue, caller, since) AS (VALUES {{asked}})
SELECT former.since, former.queue FROM asked JOIN contact_history AS former ON former.contact = (
    SELECT earlier.contact FROM contact_history AS earlier
    WHERE earlier.caller = asked.caller AND earlier.since < asked.since AND earlier.contact <> asked.contact
    AND earlier.since >= asked.since - {AGAIN_WITHIN_S:.0f} ORDER BY earlier.since DESC LIMIT 1)
WHERE former.outcome = '{Outcome.ANSWERED.value}' AND former.queue = asked.queue
"""
_decode = msgspec.json.Decoder(Changed).decode


def known_resumed(connection: Connection, sums: Sums) -> None:
    """Count those who came back and whom nobody has counted. To be asked before the batch's own rows are written."""
    newest: dict[str, Changed] = {}  # visit, by contact
    for some in in_portions(sorted({who.contact for who in sums.resumed})):
        for body in connection.execute(told_of(some, (Kind.VISIT,))).scalars():
            fact = _decode(body)
            newest[fact.contact or ""] = fact
    for who in sums.resumed:
        before = newest.get(who.contact)
        if before is None or (before.id, before.new, before.outbound) != (who.visit, "waiting", who.outbound):
            sums.add(queue_interval, (start_of(who.since), who.queue), entered(outbound=who.outbound))


def again(connection: Connection, sums: Sums) -> None:
    """Note of whom had called for the same queue, that it was not solved. After the batch's own rows are written."""
    for some in in_portions([who for who in sums.came if is_known(who.caller)]):
        for since, queue in _unsolved(connection, some):
            sums.add(queue_interval, (start_of(since), queue), {"repeated": 1})


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
    """Add to each row, or begin it; two engines at once lose nothing. Raises SQLAlchemyError."""
    keys = [column.name for column in table.primary_key]
    counted = {name for counts in found.values() for name in counts}  # a few of dozens; what is left out is 0
    names = [column.name for column in table.columns if column.name in counted]
    if not names:
        return
    ordered = sorted(found)  # two engines never wait for each other
    rows = [(*key, *(float(found[key].get(name, 0)) for name in names)) for key in ordered]
    quote = connection.dialect.identifier_preparer.quote
    new = [_joined(quote(table.name), quote(name), greatest=name in GREATEST) for name in names]
    then = f"ON CONFLICT ({', '.join(map(quote, keys))}) DO UPDATE SET {', '.join(new)}"
    insert_many(connection, table, (*keys, *names), rows, then)


def _joined(table: str, name: str, *, greatest: bool) -> str:
    old, new = f"{table}.{name}", f"excluded.{name}"
    return f"{name} = " + (f"CASE WHEN {new} > {old} THEN {new} ELSE {old} END" if greatest else f"{old} + {new}")


def _unsolved(connection: Connection, callers: Sequence[Entering]) -> list[tuple[float, str]]:
    """Of customers whose newest contact before this one was answered in the same queue: since when it was, and where.

    One question for all, in SQL that both databases understand.
    """
    mark = "%s" if connection.dialect.name == "postgresql" else "?"
    row = f"(CAST({mark} AS TEXT), CAST({mark} AS TEXT), CAST({mark} AS TEXT), CAST({mark} AS FLOAT))"
    values = tuple(value for who in callers for value in (who.contact, who.queue, who.caller, who.since))
    question = _FORMER.format(asked=", ".join([row] * len(callers)))
    return [(row.since, row.queue) for row in connection.exec_driver_sql(question, values)]
