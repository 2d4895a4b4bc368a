"""What came of each lead of a campaign? Row by row, in the order of its lists: for a CRM, a spreadsheet, a page.

Blocks for the disk: callers run it in a thread. Rows hold personal data; who may see a number is the caller's to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from cti.store.database import Store
from cti.store.lead_loading import MOST_ROWS, READY
from cti.store.tables import attempt, contact_history, lead, lead_list, lead_number

PORTION = 500
COLUMNS_PORTION = 5_000  # one short row each
FIXED = (
    *("lead", "list", "row", "state", "result", "attempts", "last_at", "last_result", "agent", "contact"),
    *("number", "name"),
)
_data = msgspec.json.Decoder(dict[str, str]).decode


def results(store: Store, campaign: str, after: int, most: int) -> list[dict[str, Any]]:
    """Return up to `most` leads behind lead `after` (0: from the first), as FIXED says, and `columns` of the list.

    `result` is the newest disposition, or the word of the newest attempt; `agent` and `contact` are of that attempt.
    Raises SQLAlchemyError.
    """
    with store.engine.connect() as connection:
        lists = {
            row.id: row.name
            for row in connection.execute(
                select(lead_list.c.id, lead_list.c.name).where(
                    lead_list.c.campaign == campaign, lead_list.c.state == READY
                )
            )
        }
        query = select(lead).where(lead.c.list.in_(lists), lead.c.id > after).order_by(lead.c.id).limit(most)
        found = connection.execute(query).mappings().all()
        ids = [row["id"] for row in found]
        tries, numbers = _newest_tries(connection, campaign, ids), _first_numbers(connection, ids)
        agents = _agents(connection, [made["contact"] for made in tries.values() if made["contact"]])
    return [_row(row, lists[row["list"]], tries.get(row["id"]), numbers.get(row["id"], ""), agents) for row in found]


def all_results(store: Store, campaign: str) -> Iterator[dict[str, Any]]:
    """Yield every lead, portion by portion: memory does not grow with the list. Raises SQLAlchemyError."""
    after = 0
    while portion := results(store, campaign, after, PORTION):
        yield from portion
        after = portion[-1]["lead"]


def columns_of(store: Store, campaign: str) -> list[str]:
    """Return the names of the columns that came with the lists, in the order in which leads first have them.

    Every lead is looked at: one keeps only the cells that were filled, and one that was erased none.
    """
    found: dict[str, None] = {}
    lists = select(lead_list.c.id).where(lead_list.c.campaign == campaign, lead_list.c.state == READY)
    query = select(lead.c.id, lead.c.data).where(lead.c.list.in_(lists)).order_by(lead.c.id).limit(COLUMNS_PORTION)
    after = 0
    with store.engine.connect() as connection:
        while rows := connection.execute(query.where(lead.c.id > after)).all():
            found.update((name, None) for row in rows for name in _data(row.data))
            after = rows[-1].id
    return list(found)


def _newest_tries(connection: Connection, campaign: str, ids: Sequence[int]) -> dict[int, Any]:
    query = select(attempt).where(attempt.c.lead.in_(ids), attempt.c.campaign == campaign)
    rows = connection.execute(query.order_by(attempt.c.lead, attempt.c.attempt_no)).mappings()
    return {row["lead"]: row for row in rows}  # the newest comes last


def _first_numbers(connection: Connection, ids: Sequence[int]) -> dict[int, str]:
    query = select(lead_number.c.lead, lead_number.c.number).where(
        lead_number.c.lead.in_(ids), lead_number.c.number_index == 0
    )
    return {row.lead: row.number for row in connection.execute(query)}


def _agents(connection: Connection, contacts: Sequence[str]) -> dict[str, str]:
    table = contact_history
    query = select(table.c.contact, table.c.agent).where(table.c.contact.in_(contacts))
    return {row.contact: row.agent for row in connection.execute(query)}


def _row(row: Any, list_name: str, made: Any | None, number: str, agents: dict[str, str]) -> dict[str, Any]:
    contact = made["contact"] if made is not None else ""
    return {
        "lead": row["id"],
        "list": list_name,
        "row": row["id"] % MOST_ROWS + 1,
        "state": row["state"],
        "result": row["result"] or None,
        "attempts": row["attempts"],
        "last_at": None if made is None else made["ended_at"] or made["intended_at"],
        "last_result": None if made is None else made["result"] or None,
        "agent": agents.get(contact) or None,
        "contact": contact or None,
        "number": made["number"] if made is not None else number,
        "name": row["name"],
        "columns": _data(row["data"]),
    }
