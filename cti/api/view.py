"""What does the API need of the live view? A protocol, so that neither knows the other."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Protocol


class View(Protocol):
    """The live view, as the API needs it. Only to be asked on the loop that feeds it."""

    @property
    def queues(self) -> Collection[str]:
        """The names of the queues."""

    @property
    def agents(self) -> Collection[str]:
        """The ids of the agents."""

    @property
    def contacts(self) -> Collection[str]:
        """The ids of the live contacts, all of them."""

    def contact(self, contact: str, now: float) -> dict[str, Any] | None:
        """Return a live contact as it is in `calls` of the picture."""

    def agent(self, agent: str, now: float) -> dict[str, Any] | None:
        """Return an agent as he is in `agents` of the picture."""

    def snapshot(self, now: float, *parts: str) -> dict[str, Any]:
        """Return these parts of the picture: dear, nothing for the sake of one row."""
