"""Who stands in for the engine and the live view while the API is tested?"""

from __future__ import annotations

from typing import Any

from cti.model.changes import Refused
from cti.model.events import AnyEvent


class FakeDesk:
    def __init__(self) -> None:
        self.asked: list[AnyEvent] = []
        self.refusal: Refused | None = None

    def post(self, event: AnyEvent) -> None:
        raise AssertionError("the API asks, it posts no facts")

    def ask(self, event: AnyEvent) -> Refused | None:
        self.asked.append(event)
        return self.refusal


class FakeView:
    def snapshot(self, now: float) -> dict[str, Any]:
        return {
            "at": now,
            "queues": [{"name": "sales", "waiting": 1, "longest_wait_s": None}],
            "agents": [{"id": "anna"}, {"id": "ben"}],
            "calls": [{"call": "node1/1.1", "caller": "+4930123"}],
            "decisions": [],
            "status": {"nodes": {"node1": "up"}},
        }
