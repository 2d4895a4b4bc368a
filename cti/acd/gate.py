"""May this customer be called now, and what is the attempt called? Asked right before a phone rings.

The rules are not of this room: whoever has them (promises, campaigns) stands at the gate.
"""

from __future__ import annotations

from typing import Protocol

from cti.acd.contact import Contact
from cti.model.words import AttemptId


class Gate(Protocol):
    """Who has the rules of dialling."""

    def may_call(self, contact: Contact) -> bool:
        """Whether the customer may be called by now."""

    def attempt(self, contact: Contact) -> AttemptId | None:
        """Return the name of the attempt that is made now; None: of a call-out that is nobody's."""


class OpenGate:
    """Nobody has rules."""

    def may_call(self, contact: Contact) -> bool:
        return True

    def attempt(self, contact: Contact) -> AttemptId | None:
        return None
