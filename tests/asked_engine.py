"""How does a test of the command line have an engine that answers? Whoever asks it is written down."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cti.cli.control import EngineRefused


class AskedEngine:
    """Stands for cli_control.ask: `answer` is what it says, or the refusal that it raises."""

    def __init__(self, answer: Any) -> None:
        self.asked: list[tuple[str, str, Any]] = []
        self.answer = answer

    def ask(self, _socket: Path, method: str, path: str, body: Any = None, timeout_s: float = 5.0) -> Any:
        self.asked.append((method, path, body))
        if isinstance(self.answer, EngineRefused):
            raise self.answer
        return self.answer
