"""Which state may follow which, of leads, campaigns and callbacks? The tables, and nothing else.

The diagrams in docs/state/ are drawn from these tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from cti.model.dialling import CallbackState, CampaignState, LeadState
from cti.model.errors import IllegalTransition

State = TypeVar("State", LeadState, CampaignState, CallbackState)

_L, _C, _B = LeadState, CampaignState, CallbackState

LEAD: Mapping[LeadState, frozenset[LeadState]] = {
    _L.RESTING: frozenset({_L.DUE, _L.DONE}),
    _L.DUE: frozenset({_L.PLANNED, _L.RESTING, _L.DONE}),
    _L.PLANNED: frozenset({_L.DIALLING, _L.CONNECTED, _L.RESTING, _L.DONE}),  # resting: it was not dialled after all
    _L.DIALLING: frozenset({_L.CONNECTED, _L.RESTING, _L.DONE}),
    _L.CONNECTED: frozenset({_L.RESTING, _L.DONE}),
    _L.DONE: frozenset(),
}

CAMPAIGN: Mapping[CampaignState, frozenset[CampaignState]] = {
    _C.READY: frozenset({_C.RUNNING, _C.STOPPED, _C.DONE}),
    _C.RUNNING: frozenset({_C.PAUSED, _C.DRAINING, _C.STOPPED, _C.DONE}),
    _C.PAUSED: frozenset({_C.RUNNING, _C.DRAINING, _C.STOPPED, _C.DONE}),
    _C.DRAINING: frozenset({_C.RUNNING, _C.STOPPED, _C.DONE}),
    _C.STOPPED: frozenset({_C.RUNNING}),
    _C.DONE: frozenset({_C.RUNNING}),  # more leads came
}

_NOT_KEPT = frozenset({_B.MERGED, _B.EXPIRED, _B.WITHDRAWN})
CALLBACK: Mapping[CallbackState, frozenset[CallbackState]] = {
    _B.PROMISED: frozenset({_B.DUE, _B.KEPT}) | _NOT_KEPT,  # kept: a try that was given up was answered after all
    _B.DUE: frozenset({_B.IN_LINE, _B.PROMISED, _B.FAILED, _B.KEPT}) | _NOT_KEPT,
    _B.IN_LINE: frozenset({_B.DIALLING, _B.PROMISED, _B.FAILED, _B.KEPT}) | _NOT_KEPT,
    # promised: his hours ended first; kept: an agent has heard his message, and nobody need call him
    _B.DIALLING: frozenset({_B.KEPT, _B.FAILED, _B.PROMISED, _B.MERGED, _B.WITHDRAWN}),  # promised: once more later
    _B.KEPT: frozenset(),
    _B.FAILED: frozenset(),
    **{state: frozenset() for state in _NOT_KEPT},
}

TABLES: Mapping[str, Mapping[Any, frozenset[Any]]] = {"lead": LEAD, "campaign": CAMPAIGN, "callback": CALLBACK}


def check(table: Mapping[State, frozenset[State]], kind: str, entity: str, old: State, new: State) -> None:
    """Raise IllegalTransition unless `table` allows `old` -> `new`."""
    if new not in table[old]:
        raise IllegalTransition(kind, entity, old, new)
