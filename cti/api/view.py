"""What does the API need of the live view? A protocol, so that neither knows the other."""

from __future__ import annotations

from typing import Any, Protocol


class View(Protocol):
    """The live view, as the API needs it."""

    def snapshot(self, now: float) -> dict[str, Any]: ...
