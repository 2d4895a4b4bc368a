"""How does each campaign stand, which leads does it get, and what came of them? The store's side of a dialer's orders.

Blocks for the disk: callers run it in a thread. Leads and attempts hold personal data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, exists, func, or_, select, update

from cti.model.books import KeepCampaign, KeepNotAgain, SettleLead
from cti.model.dialling import CampaignName, CampaignState, LeadId
from cti.model.events import CampaignRestored, LeadLeft, LeadsOffered
from cti.model.lead import AnswersOfDay, Lead
from cti.model.promise import Number, Tried
from cti.store import leads as stored
from cti.store.attempts import CALLBACKS, Attempt, open_attempts
from cti.store.database import Store
from cti.store.do_not_call import Entry, add_entries
from cti.store.lead_loading import READY
from cti.store.tables import attempt, campaign, lead, lead_list
from cti.store.tried import history, tried
from cti.store.upsert import put

ZONES = Callable[[Iterable[tuple[str, ...]]], list[tuple[str, ...]]]

_answers = msgspec.json.Decoder(tuple[AnswersOfDay, ...]).decode


class Progress(NamedTuple):
    """How many leads of a campaign there are, and how many of each state."""

    leads: int
    states: dict[str, int]

    @property
    def left(self) -> int:
        """How many are still to be called."""
        return sum(self.states.get(state, 0) for state in (stored.DUE, stored.HELD))


def offer(
    store: Store,
    name: str,
    most: int,
    now: float,
    awake: ZONES,
    *,
    ever: bool = False,
    taken: list[int] | None = None,
) -> LeadsOffered:
    """Hand out up to `most` due leads in zones that are `awake`, with what was tried (`ever`: as tried.py `history`).

    Where anything of it cannot be read, none is taken. Raises SQLAlchemyError; then leads that were put into `taken`
    may be held all the same (the commit was done, and its answer lost): they are to be given back.
    """
    known = {group.zones for group in stored.groups_of(store, name)}
    zones = awake(sorted(known)) if known else []
    with store.engine.begin() as connection:  # taken when all is read that belongs to it, and not before
        found = stored.take_due(connection, name, now, most, zones) if zones else []
        if taken is not None:
            taken += [each.id for each in found]
        known_tries = history(store, {each.number for one in found for each in one.numbers}, now, ever=ever)
        lists = select(lead_list.c.id).where(lead_list.c.campaign == name, lead_list.c.state == READY)
        open_one = exists().where(lead.c.list.in_(lists), lead.c.state.in_((stored.DUE, stored.HELD)))
        nothing_yet = ~exists().where(lead_list.c.campaign == name)  # it waits for its first list, and is not done
        left = bool(connection.execute(select(or_(open_one, nothing_yet))).scalar())
        return LeadsOffered(CampaignName(name), tuple(_leads(connection, found)), known_tries, left)


def left_behind(store: Store) -> list[LeadLeft]:
    """Return what an earlier process was dialling for; all else that it held is due again. Raises SQLAlchemyError.

    Also attempts whose end is known, and what it means for the lead is not: the death came between the two.
    """
    with store.engine.connect() as connection:
        names = connection.execute(select(lead_list.c.campaign).distinct()).scalars().all()
    for name in names:
        stored.release_held(store, name)
    made = [each for each in open_attempts(store) if each.campaign != CALLBACKS] + stored.unsettled(store)
    with store.engine.connect() as connection:
        leads = _leads(connection, stored.load_leads(store, [each.lead for each in made]))
    known = {each.id: each for each in leads}
    return [LeadLeft(_before(known.get(LeadId(each.lead)) or _unknown(each), each), tried(each)) for each in made]


def _before(known: Lead, made: Attempt) -> Lead:
    """The lead as it was when `made` began: this try is not among those before it."""
    tries = tuple(tried for tried in known.tries if tried.attempt_no != made.attempt_no)
    return msgspec.structs.replace(known, tries=tries)


def settle(store: Store, orders: Sequence[SettleLead]) -> None:
    """Keep durably what became of leads, and of the attempts that led to it. Raises SQLAlchemyError."""
    with store.durable.begin() as connection:
        for order in orders:
            if order.attempt:
                noted = {"result": order.result, "rule": order.rule}
                connection.execute(update(attempt).where(attempt.c.id == order.attempt).values(noted))
            state = stored.DUE if order.outcome is None else order.outcome.value
            stored.record(
                connection,
                order.lead,
                state,
                order.at,
                result=order.result,
                next_at=order.due_at if order.outcome is None else 0.0,
                number_index=order.number_index,
            )


def keep(store: Store, orders: Sequence[KeepCampaign]) -> None:
    """Keep durably how campaigns stand. Raises SQLAlchemyError."""
    rows = [
        {
            "name": order.campaign,
            "state": order.state.value,
            "at": order.at,
            "by": order.by,
            "answers": msgspec.json.encode(order.answers).decode(),
        }
        for order in orders
    ]
    with store.durable.begin() as connection:
        put(connection, campaign, rows, replace=True, keep_where_empty=("by",))


def not_again(store: Store, orders: Sequence[KeepNotAgain]) -> None:
    """Keep durably whose owners want no more calls. Raises SQLAlchemyError."""
    entries = [Entry(order.number, order.campaign, order.reason[:80], order.by, order.at) for order in orders]
    with store.durable.begin() as connection:
        add_entries(connection, entries)


def restored(store: Store) -> list[CampaignRestored]:
    """Return how campaigns stood. Raises SQLAlchemyError."""
    with store.engine.connect() as connection:
        rows = connection.execute(select(campaign).order_by(campaign.c.name)).all()
    return [CampaignRestored(CampaignName(row.name), CampaignState(row.state), _answers(row.answers)) for row in rows]


def open_leads(
    store: Store, name: str, most: int, now: float, *, ever: bool = False
) -> tuple[list[Lead], dict[str, tuple[Tried, ...]]]:
    """Return up to `most` leads without an outcome, who is due first first, with what was tried; takes none of them."""
    query = select(lead.c.id).join(lead_list, lead_list.c.id == lead.c.list)
    query = query.where(
        lead_list.c.campaign == name, lead_list.c.state == READY, lead.c.state.in_((stored.DUE, stored.HELD))
    )
    with store.engine.connect() as connection:
        ids = connection.execute(query.order_by(lead.c.priority, lead.c.next_at, lead.c.id).limit(most)).scalars().all()
        found = _leads(connection, stored.load_leads(store, ids))
    return found, history(store, {number.number for each in found for number in each.numbers}, now, ever=ever)


def progress(store: Store) -> dict[str, Progress]:
    """Return of each campaign with lists how far its leads are. Raises SQLAlchemyError."""
    counted = select(lead_list.c.campaign, lead.c.state, func.count()).join_from(
        lead, lead_list, lead_list.c.id == lead.c.list
    )
    counted = counted.where(lead_list.c.state == READY).group_by(lead_list.c.campaign, lead.c.state)
    found: dict[str, dict[str, int]] = {}
    with store.engine.connect() as connection:
        for name, state, number in connection.execute(counted):
            found.setdefault(name, {})[state] = number
    return {name: Progress(sum(states.values()), states) for name, states in found.items()}


def _leads(connection: Connection, found: Sequence[stored.Lead]) -> list[Lead]:
    """The core's words for the store's leads."""
    lists = {stored.list_of(each.id) for each in found}
    tries: dict[int, list[Tried]] = {each.id: [] for each in found}
    query = select(lead_list.c.id, lead_list.c.at).where(lead_list.c.id.in_(lists))
    listed_at = {row.id: row.at for row in connection.execute(query)}
    made = select(attempt).where(attempt.c.lead.in_(tries), attempt.c.campaign != CALLBACKS)
    for row in connection.execute(made.order_by(attempt.c.lead, attempt.c.attempt_no)):
        tries[row.lead].append(tried(row))
    return [
        Lead(
            LeadId(each.id),
            CampaignName(each.campaign),
            tuple(Number(number.number, number.zones) for number in each.numbers),
            each.number_index,
            each.attempts,
            each.priority,
            each.next_at,
            listed_at.get(stored.list_of(each.id), 0.0),
            each.consent,
            {**each.data, **({"name": each.name} if each.name else {})},
            tuple(tries[each.id]),
        )
        for each in found
    ]


def _unknown(made: Attempt) -> Lead:
    """A lead whose list, or name, is gone; its attempt still has to end."""
    return Lead(LeadId(made.lead), CampaignName(made.campaign), (Number(made.number),))
