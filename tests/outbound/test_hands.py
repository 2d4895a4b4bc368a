"""Which leads are being dialled, and which are forgotten?"""

from __future__ import annotations

import pytest

from cti.model.dialling import LeadState
from cti.model.errors import IllegalTransition
from cti.outbound.hands import Hands, InHand
from tests.outbound.rules_kit import CAMPAIGN, NOW, lead, tried

pytestmark = pytest.mark.unit


def hand(name: int = 1, until: float = NOW + 60) -> InHand:
    return InHand(lead(name), 0, LeadState.PLANNED, tried(NOW, None), "", 0, until)


def test_counts_follow_the_states() -> None:
    hands = Hands()
    hands.take("a", hand(1))
    hands.take("b", hand(2))
    assert hands.count(CAMPAIGN, LeadState.PLANNED) == 2 and hands.has_lead(CAMPAIGN, lead(1).id)
    assert hands.move("a", LeadState.DIALLING, NOW + 90) and hands.move("a", LeadState.CONNECTED, NOW + 999)
    assert hands.ringing(CAMPAIGN) == ["b"] and hands.count(CAMPAIGN, LeadState.CONNECTED) == 1
    hands.end("a", LeadState.DONE)
    assert len(hands) == 1 and not hands.has_lead(CAMPAIGN, lead(1).id) and not hands.move("a", LeadState.DIALLING, 0)
    with pytest.raises(IllegalTransition):
        hands.move("b", LeadState.DUE, NOW)


def test_what_nobody_tells_the_end_of_is_overdue_once() -> None:
    hands = Hands()
    hands.take("a", hand(1, NOW + 10))
    hands.take("b", hand(2, NOW + 20))
    hands.move("a", LeadState.DIALLING, NOW + 30)
    assert hands.next_overdue() == NOW + 20
    assert list(hands.overdue(NOW + 25)) == ["b"]
    hands.end("b", LeadState.RESTING)
    assert list(hands.overdue(NOW + 29)) == [] and list(hands.overdue(NOW + 30)) == ["a"]
    hands.end("a", LeadState.RESTING)
    assert hands.next_overdue() is None
