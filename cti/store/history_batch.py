"""How do the rows of a batch get into the history: all in one commit, once, and without those that no database takes?

Two things go wrong that trying again alone does not mend. A commit may have been heard while its answer was lost, or is
still under way: the rows are there, or will be, and must not be added to the sums once more. And a row may be such that
no database takes it (half a character, a NUL on PostgreSQL): it is found by halves, and costs only itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, insert, select, update

from cti.store import interval_writing
from cti.store.bulk import insert_many
from cti.store.database import Store
from cti.store.history_facts import Opening, Rows
from cti.store.history_sums import Sums
from cti.store.tables import agent_fact, config_version, contact_fact, contact_history, history_engine
from cti.store.upsert import put


class Stored:
    """Which batch of one engine was stored last: said in the batch's own transaction, in the row of its start."""

    def __init__(self, start: int) -> None:
        self._start, self._newest = start, 0

    def number(self) -> int:
        """Of the next batch, for all times that it is tried."""
        self._newest += 1
        return self._newest

    def begins(self, connection: Connection, number: int) -> bool:
        """Whether `number` is still to be stored; a commit of it that is under way is waited for.

        Raises SQLAlchemyError.
        """
        its = history_engine.c.id == self._start
        newer = update(history_engine).where(its, history_engine.c.batch < number).values(batch=number)
        if connection.execute(newer).rowcount:
            return True
        if connection.execute(select(history_engine.c.id).where(its)).first() is not None:
            return False
        # So many engines have started since that the row was swept away: FactNumbers
        connection.execute(insert(history_engine).values(id=self._start, at=0.0, batch=number))
        return True


class _Portion:
    """What goes in one commit."""

    def __init__(self, pieces: list[Rows]) -> None:
        self.pieces, self.number = pieces, 0


class Batch:
    """Rows on their way. What is stored, or lost, is not tried again."""

    def __init__(self, rows: Rows, stored: Stored) -> None:
        self.facts = rows.facts
        self._stored = stored
        self._portions: list[_Portion] = [] if rows.is_empty else [_Portion([rows])]

    def write(self, store: Store) -> None:
        """Store what is left of it. Raises what the database and its driver raise; then it may be called again."""
        while self._portions:
            portion = self._portions[-1]
            portion.number = portion.number or self._stored.number()
            with store.engine.begin() as connection:
                if self._stored.begins(connection, portion.number):
                    for rows in portion.pieces:
                        insert_batch(connection, rows)
            self._portions.pop()

    def halve(self) -> int:
        """Something in what was tried last is refused for ever: try it by halves; how many facts (at least 1) are lost
        because there is nothing to halve, else 0.
        """
        pieces = self._portions.pop().pieces
        if len(pieces) == 1:
            pieces = list(_pieces(pieces[0]))
        if len(pieces) == 1:
            return max(1, pieces[0].facts)
        middle = len(pieces) // 2
        self._portions += [_Portion(pieces[middle:]), _Portion(pieces[:middle])]  # the last one goes first
        return 0


def _pieces(rows: Rows) -> Iterator[Rows]:
    """The least that can be stored by itself, in the order in which `insert_batch` goes."""
    if rows.policies or rows.sums.resumed:
        yield Rows(policies=rows.policies, sums=Sums(resumed=rows.sums.resumed, zone=rows.sums.zone))
    for table, found in rows.sums.sums.items():
        for key, counts in found.items():
            yield Rows(sums=Sums({table: {key: counts}}, zone=rows.sums.zone))
    yield from (Rows(contact_fact=[each]) for each in rows.contact_fact)
    yield from (Rows(agent_fact=[each]) for each in rows.agent_fact)
    yield from (Rows(contact_history={contact: row}) for contact, row in rows.contact_history.items())
    yield from (Rows(dispositions={contact: told}) for contact, told in rows.dispositions.items())
    if rows.sums.came:
        yield Rows(sums=Sums(came=rows.sums.came, zone=rows.sums.zone))


def insert_batch(connection: Connection, rows: Rows) -> None:
    """Put all of `rows` where they belong, within the transaction of `connection`. Raises SQLAlchemyError."""
    for opening in rows.policies:
        _keep_policy(connection, opening)
    sums = rows.sums.copy()
    interval_writing.known_resumed(connection, sums)
    facts: Sequence[tuple[object, ...]]
    for table, facts in ((contact_fact, rows.contact_fact), (agent_fact, rows.agent_fact)):
        insert_many(connection, table, [column.name for column in table.columns], facts)
    # An engine that takes a contact over does not know what came of its earlier talks.
    summaries = list(rows.contact_history.values())
    put(connection, contact_history, summaries, replace=True, keep_where_empty=("disposition",))
    for contact, disposition in rows.dispositions.items():
        of_contact = contact_history.c.contact == contact
        connection.execute(update(contact_history).where(of_contact).values(disposition=disposition))
    interval_writing.again(connection, sums)
    interval_writing.write(connection, sums)


def _keep_policy(connection: Connection, opening: Opening) -> None:
    center, version, at = opening
    assert center is not None
    known = select(config_version.c.at).where(config_version.c.version == version)
    if connection.execute(known).first() is None:
        row = {"version": version, "at": at, "body": center.model_dump_json()}
        put(connection, config_version, [row], replace=False)
