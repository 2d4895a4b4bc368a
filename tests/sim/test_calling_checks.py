"""Do the checks of attempts see what must never be?"""

from __future__ import annotations

from typing import Any

import pytest

from cti.center import ContactCenter
from cti.model import events as ev
from cti.model.callout import Callout
from cti.model.changes import Changed, Kind
from cti.model.commands import PlaceCall
from cti.model.ticket import Ticket
from cti.model.words import AttemptId, ContactId, NodeId, QueueName
from cti.sim.calling_checks import CallingChecks
from cti.sim.violation import Violation
from tests.kit import center

pytestmark = pytest.mark.unit


@pytest.fixture
def checks() -> CallingChecks:
    found = CallingChecks()
    found.fresh(ContactCenter(center()))
    return found


def placed(attempt: str, number: str = "+49301", contact: str = "c") -> PlaceCall:
    ticket = Ticket(ContactId(contact), QueueName("sales"), 0.0, 0.0)
    return PlaceCall(AttemptId(attempt), NodeId("node1"), number, 20.0, ticket)


def told(attempt: str, old: str, new: str) -> Changed:
    return Changed(Kind.ATTEMPT, attempt, old, new, 0.0, "")


@pytest.mark.parametrize(
    ("outputs", "rule"),
    [
        ([placed("x1"), placed("x1", "+49302")], "sent_twice"),
        ([placed("x1"), placed("x2")], "two_dials"),
        ([told("x1", "", "placed"), told("x1", "placed", "busy"), told("x1", "busy", "busy")], "attempt_twice"),
        ([told("x1", "answered", "human")], "attempt_story"),
    ],
)
def test_what_must_never_be(checks: CallingChecks, outputs: list[Any], rule: str) -> None:
    with pytest.raises(Violation, match=rule):
        checks.after(ev.TimePassed(), outputs)


def test_an_attempt_that_is_over_lets_the_next_one_go(checks: CallingChecks) -> None:
    checks.after(ev.TimePassed(), [told("x1", "", "placed"), placed("x1"), told("x1", "placed", "busy"), placed("x2")])


def test_nobody_is_called_without_the_agent_who_is_to_be_kept(checks: CallingChecks) -> None:
    due = ev.CalloutDue(ContactId("c"), QueueName("sales"), Callout(AttemptId("x1"), "+49301"))
    with pytest.raises(Violation, match="no_agent"):
        checks.after(due, [placed("x1")])


def test_an_attempt_without_an_end(checks: CallingChecks) -> None:
    checks.after(ev.TimePassed(), [told("x1", "", "placed")])
    with pytest.raises(Violation, match="attempt_open"):
        checks.drained()
