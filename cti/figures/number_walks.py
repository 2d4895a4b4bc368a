"""What becomes of each caller of a number of ours: answered, abandoned, content with a flow, or hung up? PURE.

A call belongs to the moment at which it came, and is counted once, whoever goes on with it after an engine's death.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from cti.model.changes import Changed, Kind
from cti.model.events import FlowEnded
from cti.model.words import ContactState, Outcome

MOST_LETTERS = 40  # of a number; what a caller can dial by SIP has no end of its own
_WITH_AGENT = (ContactState.TALKING, ContactState.ASIDE)  # aside: his talk had ended when he came back
_GOOD_BYE = FlowEnded.__name__


class NumberWalk(NamedTuple):
    """One step to count: `calls`, or what came of one, of the number that was dialled at `at` (epoch seconds)."""

    number: str
    at: float
    what: str


@dataclass(slots=True)
class _Caller:
    number: str
    at: float
    answered: bool = False
    has_waited: bool = False
    how: str = "other"


class NumberWalks:
    """Give it every VISIT and CONTACT fact, in order. What it holds are contacts that are not over."""

    def __init__(self) -> None:
        self._callers: dict[str, _Caller] = {}

    def apply(self, changed: Changed) -> NumberWalk | None:
        """What this fact means for the counts. Never raises."""
        if changed.kind is Kind.VISIT:
            self._visit(changed)
            return None
        caller = self._callers.get(changed.id)
        if caller is None:
            if changed.old != "" or not changed.dialled or changed.outbound:
                return None
            caller = self._callers[changed.id] = _Caller(changed.dialled[:MOST_LETTERS], changed.at)
            return NumberWalk(caller.number, caller.at, "calls")
        if is_answered_meanwhile(changed):
            caller.answered = True
        if changed.new != ContactState.ENDED:
            return None
        del self._callers[changed.id]
        return NumberWalk(caller.number, caller.at, _outcome(caller, changed))

    def _visit(self, changed: Changed) -> None:
        caller = self._callers.get(changed.contact or "")
        if caller is not None and changed.new != "waiting":
            caller.has_waited = True
            caller.answered |= changed.new == Outcome.ANSWERED
            caller.how = "abandoned" if changed.new == Outcome.ABANDONED else "other"


def is_answered_meanwhile(changed: Changed) -> bool:
    """Whether a CONTACT fact says that its caller was answered while no engine was there to tell it."""
    return changed.cause == "resumed" and changed.new in _WITH_AGENT


def _outcome(caller: _Caller, end: Changed) -> str:
    if caller.answered:
        return "answered"
    if end.old != ContactState.IN_FLOW:
        return caller.how
    if end.cause == _GOOD_BYE:  # who waited, and asked to be called back, has not served himself
        return caller.how if caller.has_waited else "self_service"
    return "hung_up"
