"""Which shapes do the hands have, seen from the engine? Small protocols; no implementation, no library."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from cti.model.changes import Changed, Refused
from cti.model.commands import AnyCommand
from cti.model.events import AnyEvent
from cti.model.explanation import AgentNow, ContactNow
from cti.model.words import AgentId, ContactId

Reader = Callable[[Changed], None]
"""Anything that projects the stream of facts. It must not block and must not raise."""


class Clock(Protocol):
    def __call__(self) -> float:
        """Epoch seconds that never run backwards within one process."""


class Desk(Protocol):
    """The engine, as adapters see it: they post facts and ask on behalf of people."""

    def post(self, event: AnyEvent) -> None:
        """Hand over a fact. Handled before the call returns, or right after the event being handled now."""

    def ask(self, event: AnyEvent) -> Refused | None:
        """Hand over a person's request and return the refusal, or None if it was granted."""


class Explainer(Protocol):
    """Whoever can say why things are as they are now: asked by a person, answered from the running core."""

    def explain_contact(self, contact: ContactId) -> ContactNow | None:
        """How a live contact stands, and why nobody takes it yet; None where there is none of that id."""

    def explain_agent(self, agent: AgentId) -> AgentNow | None:
        """Why an agent gets no contact; None where there is none of that name."""


class Switch(Protocol):
    """Whoever has calls and can ring phones: Asterisk, or the simulator."""

    def execute(self, command: AnyCommand) -> None:
        """Start the command and return at once. What comes of it is posted to the desk as events."""
