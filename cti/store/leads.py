"""Which leads of a campaign are due, and what was said of one? Hands each due lead out once, and keeps what is said.

What a result means (when again, at which number, or never) is the campaign's rules' to say; here it is only kept.
Blocks for the disk: callers run it in a thread.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Select, and_, delete, exists, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from cti.model.dialling import CALLBACKS
from cti.store.attempts import OPEN, Attempt, attempt_of
from cti.store.bulk import in_portions
from cti.store.database import Store
from cti.store.lead_loading import MOST_ROWS, READY, LeadNumber
from cti.store.tables import attempt, lead, lead_group, lead_list, lead_number

DUE = "due"  # may be handed out once `next_at` has come; every other state is for the campaign's rules to name
HELD = "held"  # handed out: with the dialer, until it says what came of it


_decode = msgspec.json.Decoder(dict[str, str]).decode


class Lead(msgspec.Struct, frozen=True):
    """One customer of a list. `numbers`, `name` and `data` are personal data; times are epoch seconds.

    `number_index`: which of `numbers` is next; `attempts`: how many there have been; `result`: of the newest of them.
    """

    id: int
    campaign: str
    state: str
    numbers: tuple[LeadNumber, ...]
    number_index: int = 0
    attempts: int = 0
    priority: int = 5
    next_at: float = 0.0
    result: str = ""
    name: str = ""
    consent: str = ""
    data: dict[str, str] = {}

    @property
    def number(self) -> LeadNumber:
        """The number that is next."""
        return self.numbers[self.number_index]


class Group(NamedTuple):
    """A pair of zones and priority that leads of a campaign's list have."""

    list: int
    zones: tuple[str, ...]
    priority: int


def groups_of(store: Store, campaign: str) -> list[Group]:
    """Return which zones and priorities a campaign's leads have, the first priority first. Raises SQLAlchemyError."""
    with store.engine.connect() as connection:
        return _groups(connection, campaign)


def take_due(
    connection: Connection, campaign: str, now: float, limit: int, zones: Collection[tuple[str, ...]] | None = None
) -> list[Lead]:
    """Take up to `limit` due leads: each is HELD from the commit on, and handed out to nobody else.

    The first priority first, and within it whoever has been due for longest. `zones`: only of leads whose next number
    is in one of these (`Group.zones`), where it is not night; None: wherever. Costs the same with a million leads.
    Within the caller's transaction: who cannot read to the end what he needs of them has taken none.
    Raises SQLAlchemyError.
    """
    taken: list[int] = []
    groups = [each for each in _groups(connection, campaign) if zones is None or each.zones in zones]
    for priority in sorted({each.priority for each in groups}):
        rooms = [each for each in groups if each.priority == priority]
        for some in in_portions(_oldest(connection, rooms, now, limit - len(taken))):
            ours = update(lead).where(lead.c.id.in_(some), lead.c.state == DUE)
            got = set(connection.execute(ours.values(state=HELD).returning(lead.c.id)).scalars())
            taken += [each for each in some if each in got]
        if len(taken) >= limit:
            break
    return _read(connection, taken)


def load_leads(store: Store, lead_ids: Sequence[int]) -> list[Lead]:
    """Return the leads with these numbers, in this order; who is not there is left out. Raises SQLAlchemyError."""
    with store.engine.connect() as connection:
        return _read(connection, lead_ids)


def leads_with(store: Store, number: str) -> list[Lead]:
    """Return the leads of ready lists that have this number, over all campaigns. Raises SQLAlchemyError."""
    with store.engine.connect() as connection:
        ids = connection.execute(select(lead_number.c.lead).where(lead_number.c.number == number)).scalars().all()
        return _read(connection, ids)


def record(
    connection: Connection,
    lead_id: int,
    state: str,
    now: float,
    *,
    result: str = "",
    next_at: float = 0.0,
    number_index: int = 0,
    priority: int | None = None,
) -> bool:
    """Keep what came of a lead and what is next; False if it is not there. Raises SQLAlchemyError.

    Within the caller's transaction. `state` DUE with `next_at`: it is handed out again then, to be dialled at
    `number_index`. `priority` None: as it is.
    """
    query = select(lead.c.list, lead.c.priority, lead_number.c.zones).join_from(
        lead, lead_number, and_(lead_number.c.lead == lead.c.id, lead_number.c.number_index == number_index)
    )
    found = connection.execute(query.where(lead.c.id == lead_id)).first()
    if found is None:
        return False
    said: dict[str, Any] = {"state": state, "result": result, "next_at": next_at, "number_index": number_index}
    said |= {"zones": found.zones, "changed_at": now, "priority": found.priority if priority is None else priority}
    connection.execute(update(lead).where(lead.c.id == lead_id).values(said))
    _make_group(connection, found.list, found.zones, said["priority"])
    return True


def list_of(lead_id: int) -> int:
    """Return the list that a lead came with."""
    return lead_id // MOST_ROWS


def release_held(store: Store, campaign: str) -> int:
    """Let leads that were handed out be due again (a start, a stop); how many. Raises SQLAlchemyError.

    One with an open attempt stays HELD, and one whose attempt has ended without a word for the lead (`unsettled`):
    somebody must say first what came of that.
    """
    lists = select(lead_list.c.id).where(lead_list.c.campaign == campaign, lead_list.c.state == READY)
    open_one = exists().where(attempt.c.lead == lead.c.id, attempt.c.state.in_(OPEN))
    with store.engine.begin() as connection:
        held = update(lead).where(lead.c.list.in_(lists), lead.c.state == HELD, ~open_one, ~exists().where(*_UNSETTLED))
        return connection.execute(held.values(state=DUE)).rowcount


def give_back(store: Store, lead_ids: Sequence[int]) -> None:
    """Let leads be due again that `take_due` has taken, and nobody has got. Raises SQLAlchemyError.

    A transaction of it that is still under way there is waited for: the rows are locked before they are looked at.
    """
    for some in in_portions(lead_ids):
        ours = lead.c.id.in_(some)
        with store.engine.begin() as connection:
            connection.execute(select(lead.c.id).where(ours).order_by(lead.c.id).with_for_update()).all()
            connection.execute(update(lead).where(ours, lead.c.state == HELD).values(state=DUE))


_UNSETTLED = (
    attempt.c.lead == lead.c.id,
    attempt.c.attempt_no == lead.c.attempts,
    attempt.c.campaign != CALLBACKS,
    attempt.c.state.not_in(OPEN),
    attempt.c.ended_at > lead.c.changed_at,  # what an attempt means for its lead is written with or after its end
)


def unsettled(store: Store) -> list[Attempt]:
    """Return the newest attempts of handed out leads that have ended, and whose leads do not know it."""
    lists = select(lead_list.c.id).where(lead_list.c.state == READY)
    query = select(attempt).join_from(lead, attempt, and_(*_UNSETTLED))
    query = query.where(lead.c.list.in_(lists), lead.c.state == HELD)
    with store.engine.connect() as connection:
        return [attempt_of(row) for row in connection.execute(query.order_by(attempt.c.id)).mappings()]


def load_lists(store: Store, campaign: str = "") -> list[dict[str, Any]]:
    """Return the lists (of one campaign), the newest first, with how many leads are in which state (`states`)."""
    query = select(lead_list).order_by(lead_list.c.id.desc())
    counted = select(lead.c.list, lead.c.state, func.count()).group_by(lead.c.list, lead.c.state)
    if campaign:
        query = query.where(lead_list.c.campaign == campaign)
        counted = counted.where(lead.c.list.in_(select(lead_list.c.id).where(lead_list.c.campaign == campaign)))
    with store.engine.connect() as connection:
        rows = [{**row, "states": {}} for row in connection.execute(query).mappings()]
        states: dict[int, dict[str, int]] = {row["id"]: row["states"] for row in rows}
        for list_id, state, number in connection.execute(counted):
            if list_id in states:
                states[list_id][state] = number
    return rows


def known_numbers(connection: Connection, numbers: Collection[str]) -> dict[str, set[str]]:
    """Return which of `numbers` are in ready lists, and of which campaigns. Raises SQLAlchemyError."""
    found: dict[str, set[str]] = {}
    joined = lead_number.join(lead, lead.c.id == lead_number.c.lead).join(lead_list, lead_list.c.id == lead.c.list)
    for some in in_portions(sorted(numbers)):
        query = select(lead_number.c.number, lead_list.c.campaign).select_from(joined)
        for number, campaign in connection.execute(
            query.where(lead_number.c.number.in_(some), lead_list.c.state == READY)
        ):
            found.setdefault(number, set()).add(campaign)
    return found


def forget_number(store: Store, number: str) -> int:
    """Take a person out of lists and journal: names, further columns, numbers; how many leads. Commits durably.

    What is on a do-not-call list stays: it is his own wish, and could not be kept otherwise.
    """
    with store.durable.begin() as connection:
        ids = connection.execute(select(lead_number.c.lead).where(lead_number.c.number == number)).scalars().all()
        for some in in_portions(ids):
            gone = {"state": "forgotten", "name": "", "consent": "", "data": "{}"}
            connection.execute(update(lead).where(lead.c.id.in_(some)).values(gone))
            others = select(lead_number.c.number).where(lead_number.c.lead.in_(some))
            connection.execute(update(attempt).where(attempt.c.number.in_(others)).values(number=""))
            connection.execute(delete(lead_number).where(lead_number.c.lead.in_(some)))
        connection.execute(update(attempt).where(attempt.c.number == number).values(number=""))
    return len(set(ids))


def _groups(connection: Connection, campaign: str) -> list[Group]:
    query = select(lead_group).join(lead_list, lead_list.c.id == lead_group.c.list)
    query = query.where(lead_list.c.campaign == campaign, lead_list.c.state == READY)
    rows = connection.execute(query.order_by(lead_group.c.priority, lead_group.c.list, lead_group.c.zones))
    return [Group(row.list, tuple(row.zones.split()), row.priority) for row in rows]


def _oldest(connection: Connection, rooms: Iterable[Group], now: float, limit: int) -> list[int]:
    """Return who of these groups has been due for longest: each group is a stretch of the index, in order."""
    found = [[(at, number) for number, at in connection.execute(_due(room, now, limit))] for room in rooms]
    return [number for _, number in heapq.nsmallest(limit, (pair for pairs in found for pair in pairs))]


def _due(room: Group, now: float, limit: int) -> Select[Any]:
    ours = (lead.c.list == room.list, lead.c.state == DUE, lead.c.zones == " ".join(room.zones))
    query = select(lead.c.id, lead.c.next_at).where(*ours, lead.c.priority == room.priority, lead.c.next_at <= now)
    return query.order_by(lead.c.next_at, lead.c.id).limit(limit).with_for_update(skip_locked=True)


def _read(connection: Connection, lead_ids: Sequence[int]) -> list[Lead]:
    rows: dict[int, Any] = {}
    numbers: dict[int, list[LeadNumber]] = {}
    joined = select(lead, lead_list.c.campaign).join(lead_list, lead_list.c.id == lead.c.list)
    for some in in_portions(lead_ids):
        for row in connection.execute(joined.where(lead.c.id.in_(some), lead_list.c.state == READY)):
            rows[row.id] = row
        of_them = select(lead_number).where(lead_number.c.lead.in_(some))
        for row in connection.execute(of_them.order_by(lead_number.c.lead, lead_number.c.number_index)):
            numbers.setdefault(row.lead, []).append(LeadNumber(row.number, tuple(row.zones.split())))
    return [_lead(rows[each], tuple(numbers.get(each, ()))) for each in lead_ids if each in rows]


def _lead(row: Any, numbers: tuple[LeadNumber, ...]) -> Lead:
    said = {name: getattr(row, name) for name in Lead.__struct_fields__ if name not in ("numbers", "data")}
    return Lead(**said, numbers=numbers, data=_decode(row.data))


def _make_group(connection: Connection, list_id: int, zones: str, priority: int) -> None:
    ours = (lead_group.c.list == list_id, lead_group.c.zones == zones, lead_group.c.priority == priority)
    if connection.execute(select(lead_group.c.list).where(*ours)).first() is None:
        try:
            with connection.begin_nested():
                connection.execute(insert(lead_group).values(list=list_id, zones=zones, priority=priority))
        except IntegrityError:
            pass  # another process was faster
