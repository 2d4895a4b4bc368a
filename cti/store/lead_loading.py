"""How does a list of leads come into the store as a whole or not at all? Portions that nobody sees, then one switch.

A list that is being loaded has the state "loading", and nobody reads leads of such a list. Portions keep the
database's write lock short: the engine commits its dials meanwhile. Whoever dies over it leaves rows that are never
seen; the next import removes them, or the engine (keepers/list_desk.py `tidy`).
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable

import msgspec
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from cti.store.bulk import insert_rows
from cti.store.database import Store
from cti.store.tables import lead, lead_group, lead_list, lead_number

LOADING, READY, BROKEN = "loading", "ready", "broken"
MOST_ROWS = 10_000_000  # of one list
SILENCE_S = 120.0  # an import that has not been heard of for so long is dead
PORTION = 20_000

_ONE = "one"


class LeadNumber(msgspec.Struct, frozen=True):
    """One number of a lead. `number` is E.164 and personal data; `zones`: every time zone it may be in."""

    number: str
    zones: tuple[str, ...]


class NewLead(msgspec.Struct, frozen=True):
    """One row that was taken. `row` counts from 1; `name` and `data` (a JSON object) are personal data."""

    row: int
    numbers: tuple[LeadNumber, ...]
    name: str = ""
    priority: int = 5
    consent: str = ""
    data: str = "{}"


class AnotherImport(Exception):
    """Another import runs, and has been heard of a moment ago. Says of which campaign, and by whom."""


class ImportLost(Exception):
    """This import was silent for so long that another one took it for dead; it has left nothing."""


def lead_id(list_id: int, row: int) -> int:
    """Return the number of the lead in `row` (from 1) of a list: it tells where the lead comes from."""
    return list_id * MOST_ROWS + row - 1


def begin_list(store: Store, campaign: str, name: str, by: str, now: float) -> int:
    """Begin a list that nobody sees; its number. Raises AnotherImport, SQLAlchemyError."""
    remove_broken(store, now)
    row = {"campaign": campaign, "name": name, "at": now, "by": by, "state": LOADING, "rows": 0, "leads": 0}
    row |= {"loader": _ONE, "owner": _owner(), "seen_at": now}
    try:
        with store.durable.begin() as connection:
            return int(connection.execute(insert(lead_list).values(row).returning(lead_list.c.id)).scalar_one())
    except IntegrityError:
        query = select(lead_list.c.campaign, lead_list.c.by).where(lead_list.c.loader == _ONE)
        with store.engine.connect() as connection:
            other = connection.execute(query).first()
        who = "" if other is None else f' into campaign "{other.campaign}", begun by {other.by}'
        raise AnotherImport(f"another import is running{who}: wait until it has ended") from None


def add_portion(store: Store, list_id: int, leads: Iterable[NewLead], now: float) -> None:
    """Commit some rows of a list that is being loaded. Raises ImportLost, SQLAlchemyError."""
    rows: list[tuple[object, ...]] = []
    numbers: list[tuple[object, ...]] = []
    for new in leads:
        key = lead_id(list_id, new.row)
        zones = " ".join(new.numbers[0].zones)
        rows.append((key, list_id, "due", zones, new.priority, 0.0, 0, 0, "", now, new.name, new.consent, new.data))
        numbers += [(key, n, each.number, " ".join(each.zones)) for n, each in enumerate(new.numbers)]
    numbers.sort(key=lambda row: str(row[2]))  # neighbours in the index by number: a third of the pages
    ours = update(lead_list).where(lead_list.c.id == list_id, lead_list.c.state == LOADING)
    with store.engine.begin() as connection:
        if connection.execute(ours.values(seen_at=now)).rowcount != 1:
            raise ImportLost
        insert_rows(connection, lead, rows)
        insert_rows(connection, lead_number, numbers)


def finish_list(store: Store, list_id: int, rows: int, leads: int, groups: set[tuple[str, int]], now: float) -> None:
    """Let everybody see the list, at once and durably. `groups`: its pairs of zones and priority.

    Raises ImportLost, SQLAlchemyError.
    """
    ours = update(lead_list).where(lead_list.c.id == list_id, lead_list.c.state == LOADING)
    done = {"state": READY, "loader": None, "rows": rows, "leads": leads, "seen_at": now}
    with store.durable.begin() as connection:
        if connection.execute(ours.values(done)).rowcount != 1:
            raise ImportLost
        insert_rows(connection, lead_group, [(list_id, zones, priority) for zones, priority in sorted(groups)])


def give_up_list(store: Store, list_id: int) -> None:
    """Remove a list that is not ready, with all its leads. Raises SQLAlchemyError."""
    if _break(store, list_id):
        _remove(store, list_id)


def remove_broken(store: Store, now: float) -> int:
    """Remove what imports have left that died; how many. Raises SQLAlchemyError."""
    table = lead_list
    host, pid = _owner().rsplit(" ", 1)
    with store.engine.connect() as connection:
        open_ones = connection.execute(select(table).where(table.c.state.in_((LOADING, BROKEN)))).all()
    over = [row for row in open_ones if row.state == BROKEN or _is_dead(row.owner, row.seen_at, host, pid, now)]
    broken = [row.id for row in over if _break(store, row.id)]
    for list_id in broken:
        _remove(store, list_id)
    return len(broken)


def _is_dead(owner: str, seen_at: float, host: str, pid: str, now: float) -> bool:
    """Silent, or of a process that this machine no longer has (another machine's is only known by its silence)."""
    if now - seen_at > SILENCE_S:
        return True
    its_host, _, its_pid = owner.rpartition(" ")
    if its_host != host or its_pid == pid or not its_pid.isdecimal():
        return False
    try:
        os.kill(int(its_pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        pass  # another user's: it lives
    return False


def _break(store: Store, list_id: int) -> bool:
    """From here on its import finds itself lost; False if the list is ready, or has gone."""
    not_ready = lead_list.c.state.in_((LOADING, BROKEN))
    with store.engine.begin() as connection:
        ours = update(lead_list).where(lead_list.c.id == list_id, not_ready)
        return connection.execute(ours.values(state=BROKEN, loader=None)).rowcount == 1


def _remove(store: Store, list_id: int) -> None:
    """The list's own row last: a death over it leaves something that says so."""
    begin, end = lead_id(list_id, 1), lead_id(list_id + 1, 1)
    for key in (lead_number.c.lead, lead.c.id):
        while True:
            with store.engine.connect() as connection:
                first = connection.execute(select(func.min(key)).where(key >= begin, key < end)).scalar()
            if first is None:
                break
            with store.engine.begin() as connection:
                connection.execute(delete(key.table).where(key >= first, key < min(end, first + PORTION)))
    with store.engine.begin() as connection:
        connection.execute(delete(lead_list).where(lead_list.c.id == list_id, lead_list.c.state == BROKEN))


def _owner() -> str:
    return f"{socket.gethostname()[:60]} {os.getpid()}"
