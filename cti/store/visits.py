"""Which customers of a list are due for their regular call? Those who were promised none of it for so long.

Blocks for the disk: callers run it in a thread. Numbers and what a list says of somebody are personal data.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import msgspec
from sqlalchemy import exists, select

from cti.model.dialling import CALLBACKS, CallbackKind, LeadOutcome
from cti.store.database import Store
from cti.store.do_not_call import blocked_of
from cti.store.lead_loading import READY
from cti.store.tables import callback, callback_request, lead, lead_list, lead_number

PAGE = 500
NEVER = (LeadOutcome.WRONG_NUMBER, LeadOutcome.DO_NOT_CALL, LeadOutcome.WITHDRAWN, "forgotten")
"""States of a lead whose customer is not visited."""

_decode = msgspec.json.Decoder(dict[str, str]).decode


class Customer(NamedTuple):
    """One who may be due: the first of his numbers, where that is, and the columns of his list."""

    lead: int
    number: str
    zones: tuple[str, ...]
    data: Mapping[str, str]


def due_page(
    store: Store, visit: str, campaign: str, since: float, now: float, after: int
) -> tuple[list[Customer], int]:
    """Return customers of `campaign`'s lists who were promised no call of `visit` since `since`, by their leads' ids.

    With them, behind which lead to go on; 0: these were the last. Who is on a do-not-call list is left out. Raises
    SQLAlchemyError.
    """
    lists = select(lead_list.c.id).where(lead_list.c.campaign == campaign, lead_list.c.state == READY)
    before = (
        select(callback.c.id)
        .join(callback_request, callback_request.c.id == callback.c.request)
        .where(callback.c.number == lead_number.c.number, callback.c.kind == CallbackKind.VISIT.value)
        .where(callback_request.c.topic == visit, callback.c.promised_at > since)
    )
    query = (
        select(lead.c.id, lead.c.data, lead_number.c.number, lead_number.c.zones)
        .join(lead_number, (lead_number.c.lead == lead.c.id) & (lead_number.c.number_index == 0))
        .where(lead.c.id > after, lead.c.list.in_(lists), lead.c.state.not_in(NEVER), ~exists(before))
        .order_by(lead.c.id)
        .limit(PAGE)
    )
    with store.engine.connect() as connection:
        rows = connection.execute(query).all()
        forbidden = blocked_of(connection, [row.number for row in rows], CALLBACKS, now)
    found = [Customer(row.id, row.number, tuple(row.zones.split()), _decode(row.data)) for row in rows]
    return [each for each in found if each.number not in forbidden], rows[-1].id if len(rows) == PAGE else 0
