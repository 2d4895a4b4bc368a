"""How do the rows of a batch get into the history: all in one commit, once, and without those that no database takes?

Two things go wrong that trying again alone does not mend. A commit may have been heard while its answer was lost: the
rows are there, and must not be added to the sums once more. And a row may be such that no database takes it (half a
character, a NUL on PostgreSQL): it is found by halves, and costs only itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, select, update

from cti.store import interval_writing
from cti.store.bulk import insert_many
from cti.store.database import Store
from cti.store.history_facts import Opening, Rows
from cti.store.history_sums import Sums
from cti.store.tables import agent_fact, config_version, contact_fact, contact_history
from cti.store.upsert import put


class Batch:
    """Rows on their way. What is stored, or lost, is not tried again."""

    def __init__(self, rows: Rows) -> None:
        self.facts = rows.facts
        self._portions: list[list[Rows]] = [] if rows.is_empty else [[rows]]
        self._sent: list[Rows] | None = None  # the portion sent last; what became of it nobody may have heard

    def write(self, store: Store) -> None:
        """Store what is left of it. Raises what the database and its driver raise; then it may be called again."""
        while self._portions:
            portion = self._portions[-1]
            with store.engine.begin() as connection:
                if portion is not self._sent or not _is_stored(connection, portion):
                    self._sent = portion
                    for rows in portion:
                        insert_batch(connection, rows)
            self._portions.pop()

    def halve(self) -> int:
        """Something in what was tried last is refused for ever: try it by halves; how many facts (at least 1) are lost
        because there is nothing to halve, else 0.
        """
        portion = self._portions.pop()
        if len(portion) == 1:
            portion = list(_pieces(portion[0]))
        if len(portion) == 1:
            return max(1, portion[0].facts)
        middle = len(portion) // 2
        self._portions += [portion[middle:], portion[:middle]]  # the last one goes first
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


def _is_stored(connection: Connection, portion: list[Rows]) -> bool:
    """Whether a commit whose answer nobody heard has come through: the numbers of facts are given once."""
    for rows in portion:
        for table, found in ((contact_fact, rows.contact_fact), (agent_fact, rows.agent_fact)):
            for fact in found[:1]:
                return connection.execute(select(table.c.id).where(table.c.id == fact[0])).first() is not None
    return False


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
