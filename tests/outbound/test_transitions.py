"""Are the tables closed, and does every life end?"""

from __future__ import annotations

from typing import Any

import pytest

from cti.model.dialling import CallbackState, LeadState
from cti.model.errors import IllegalTransition
from cti.outbound.transitions import CALLBACK, LEAD, TABLES, check

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("name", TABLES)
def test_every_state_has_its_row_and_is_reached(name: str) -> None:
    table: Any = TABLES[name]
    states = set(type(next(iter(table))))
    assert set(table) == states and set().union(*table.values()) <= states
    reached = [next(iter(table))]
    for state in reached:
        reached += [new for new in table[state] if new not in reached]
    assert set(reached) == states


@pytest.mark.parametrize(
    ("table", "final"),
    [
        (LEAD, {LeadState.DONE}),
        (
            CALLBACK,
            {
                CallbackState.KEPT,
                CallbackState.FAILED,
                CallbackState.MERGED,
                CallbackState.EXPIRED,
                CallbackState.WITHDRAWN,
            },
        ),
    ],
)
def test_from_everywhere_an_end_can_be_reached(table: Any, final: set[Any]) -> None:
    assert {state for state, following in table.items() if not following} == final
    ending = set(final)
    while more := {state for state, following in table.items() if following & ending} - ending:
        ending |= more
    assert ending == set(table)


def test_what_no_table_allows_is_a_bug() -> None:
    with pytest.raises(IllegalTransition):
        check(LEAD, "lead", "x", LeadState.DONE, LeadState.DUE)
    check(LEAD, "lead", "x", LeadState.DUE, LeadState.PLANNED)
