"""Which state may follow which? The tables behind every state change, and nothing else.

The diagrams in docs/state/ are drawn from these tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from cti.model.errors import IllegalTransition
from cti.model.words import Activity, AgentStatus, ContactState, OfferState, SpyState

State = TypeVar("State", ContactState, OfferState, Activity, AgentStatus, SpyState)

_C, _O, _A, _S = ContactState, OfferState, Activity, AgentStatus

CONTACT: Mapping[ContactState, frozenset[ContactState]] = {
    _C.ARRIVED: frozenset({_C.IN_FLOW, _C.WAITING, _C.DIALLING, _C.TALKING, _C.ASIDE, _C.ENDED}),
    _C.IN_FLOW: frozenset({_C.WAITING, _C.ASIDE, _C.ENDED}),
    _C.WAITING: frozenset({_C.IN_FLOW, _C.OFFERED, _C.DIALLING, _C.ASIDE, _C.ENDED}),
    _C.OFFERED: frozenset({_C.IN_FLOW, _C.WAITING, _C.DIALLING, _C.TALKING, _C.ASIDE, _C.ENDED}),
    _C.DIALLING: frozenset({_C.IN_FLOW, _C.WAITING, _C.OFFERED, _C.TALKING, _C.ENDED}),
    _C.TALKING: frozenset({_C.IN_FLOW, _C.WAITING, _C.ASIDE, _C.ENDED}),
    _C.ASIDE: frozenset({_C.IN_FLOW, _C.WAITING, _C.TALKING, _C.ENDED}),
    _C.ENDED: frozenset(),
}

_FAILED = frozenset({_O.MISSED, _O.REJECTED, _O.BUSY, _O.UNREACHABLE, _O.WITHDRAWN, _O.LOST, _O.ABANDONED})
OFFER: Mapping[OfferState, frozenset[OfferState]] = {
    _O.PREVIEW: frozenset({_O.RINGING, _O.DIALLING, _O.SKIPPED, _O.WITHDRAWN, _O.NOT_REACHED}),
    _O.RINGING: frozenset({_O.ACCEPTED, _O.DIALLING}) | _FAILED,  # dialling: the agent first, then the customer
    _O.DIALLING: frozenset({_O.RINGING, _O.ACCEPTED, _O.NOT_REACHED, _O.WITHDRAWN, _O.ABANDONED}),
    _O.ACCEPTED: frozenset({_O.ENDED}),
    _O.ENDED: frozenset(),
    _O.NOT_REACHED: frozenset(),
    _O.SKIPPED: frozenset(),
    **{state: frozenset() for state in _FAILED},
}

ACTIVITY: Mapping[Activity, frozenset[Activity]] = {
    _A.IDLE: frozenset(
        {_A.PREVIEW, _A.RINGING, _A.DIALLING, _A.TALKING}
    ),  # idle -> talking: a talk found by reconciliation
    _A.PREVIEW: frozenset({_A.IDLE, _A.RINGING, _A.DIALLING, _A.TALKING}),
    _A.RINGING: frozenset({_A.IDLE, _A.DIALLING, _A.TALKING}),
    _A.DIALLING: frozenset({_A.IDLE, _A.RINGING, _A.TALKING}),
    _A.TALKING: frozenset({_A.HOLD, _A.WRAPUP, _A.IDLE}),
    _A.HOLD: frozenset({_A.TALKING, _A.WRAPUP, _A.IDLE}),
    _A.WRAPUP: frozenset({_A.IDLE, _A.TALKING}),  # wrap-up -> talking: an attended transfer gave him another caller
}

STATUS: Mapping[AgentStatus, frozenset[AgentStatus]] = {
    _S.LOGGED_OUT: frozenset({_S.AVAILABLE, _S.ON_BREAK}),  # on_break: as the store remembers him
    _S.AVAILABLE: frozenset({_S.ON_BREAK, _S.LOGGED_OUT}),
    _S.ON_BREAK: frozenset({_S.AVAILABLE, _S.LOGGED_OUT, _S.ON_BREAK}),  # on_break again: another reason
}

SPY: Mapping[SpyState, frozenset[SpyState]] = {
    SpyState.RINGING: frozenset({SpyState.HEARING, SpyState.ENDED}),
    SpyState.HEARING: frozenset({SpyState.ENDED}),
    SpyState.ENDED: frozenset(),
}

TABLES: Mapping[str, Mapping[Any, frozenset[Any]]] = {
    "contact": CONTACT,
    "offer": OFFER,
    "activity": ACTIVITY,
    "status": STATUS,
    "spy": SPY,
}


def check(table: Mapping[State, frozenset[State]], kind: str, entity: str, old: State, new: State) -> None:
    """Raise IllegalTransition unless `table` allows `old` -> `new`."""
    if new not in table[old]:
        raise IllegalTransition(kind, entity, old, new)
