"""Do the tables say what the trade says, and does the one door keep to them?"""

from __future__ import annotations

import pytest

from cti.acd import transitions
from cti.model.errors import IllegalTransition
from cti.model.words import Activity, AgentStatus, ContactState, OfferState

pytestmark = pytest.mark.unit

WORDS = {"contact": ContactState, "offer": OfferState, "activity": Activity, "status": AgentStatus}
FIRST = {
    "contact": [ContactState.ARRIVED],
    "offer": [OfferState.PREVIEW, OfferState.RINGING],
    "activity": [Activity.IDLE],
    "status": [AgentStatus.LOGGED_OUT],
}


@pytest.mark.parametrize("name", sorted(WORDS))
def test_every_state_is_in_its_table_and_can_be_reached(name: str) -> None:
    table = transitions.TABLES[name]
    assert set(table) == set(WORDS[name])
    reached, todo = set(), list(FIRST[name])
    while todo:
        state = todo.pop()
        if state not in reached:
            reached.add(state)
            todo += sorted(table[state])
    assert reached == set(WORDS[name])


@pytest.mark.parametrize("name", ["contact", "offer"])
def test_what_has_an_end_can_always_come_to_it(name: str) -> None:
    table = transitions.TABLES[name]
    final = {state for state, following in table.items() if not following}
    assert final
    can_end = set(final)
    for _ in table:
        can_end |= {state for state, following in table.items() if following & can_end}
    assert can_end == set(table)


def test_what_is_over_stays_over() -> None:
    assert transitions.CONTACT[ContactState.ENDED] == frozenset()
    over = set(OfferState) - {OfferState.PREVIEW, OfferState.RINGING, OfferState.DIALLING, OfferState.ACCEPTED}
    assert all(transitions.OFFER[state] == frozenset() for state in over)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("contact", ContactState.ENDED, ContactState.WAITING),
        ("contact", ContactState.WAITING, ContactState.TALKING),  # never without an offer
        ("offer", OfferState.MISSED, OfferState.ACCEPTED),  # an answer that comes too late
        ("offer", OfferState.ENDED, OfferState.ACCEPTED),
        ("activity", Activity.IDLE, Activity.WRAPUP),
        ("activity", Activity.WRAPUP, Activity.RINGING),  # wrap-up holds over all queues
        ("activity", Activity.RINGING, Activity.RINGING),  # never two offers for one agent
        ("activity", Activity.TALKING, Activity.RINGING),
    ],
)
def test_what_must_never_happen_is_refused(name: str, old: ContactState, new: ContactState) -> None:
    with pytest.raises(IllegalTransition) as raised:
        transitions.check(transitions.TABLES[name], name, "x", old, new)
    assert (raised.value.kind, raised.value.entity, raised.value.old, raised.value.new) == (name, "x", old, new)


def test_what_is_allowed_passes() -> None:
    for name, table in transitions.TABLES.items():
        for old, following in table.items():
            for new in following:
                transitions.check(table, name, "x", old, new)
