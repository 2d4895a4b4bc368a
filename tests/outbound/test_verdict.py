"""Yes, not before, never."""

from __future__ import annotations

import pytest

from cti.model.dialling import Rule
from cti.outbound.verdict import YES, Reason, Verdict, first_yes

pytestmark = pytest.mark.unit


def test_words() -> None:
    assert YES.yes and not YES.never and YES.not_before is None and YES.decisive is None
    later = Verdict((Reason(Rule.GAP, 10.0), Reason(Rule.CAP, 20.0)))
    assert later.not_before == 20.0 and later.decisive == Reason(Rule.CAP, 20.0)
    never = Verdict((Reason(Rule.GAP, 10.0), Reason(Rule.CONSENT)))
    assert never.never and never.not_before is None and never.decisive == Reason(Rule.CONSENT)


def test_one_reason_after_the_other() -> None:
    def ask(at: float) -> Verdict:
        return next((Verdict((Reason(Rule.GAP, end),)) for end in (5.0, 9.0) if at < end), YES)

    assert first_yes(ask, 0.0) == (9.0, Verdict((Reason(Rule.GAP, 9.0),)))
    assert first_yes(ask, 9.0) == (9.0, YES)


def test_it_ends_where_no_time_helps() -> None:
    assert first_yes(lambda at: Verdict((Reason(Rule.GAP, at + 1),)), 0.0)[0] is None
    assert first_yes(lambda at: Verdict((Reason(Rule.GAP, at),)), 0.0)[0] is None
