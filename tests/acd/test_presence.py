"""When somebody comes or leaves, do those whom it concerns hear of it?"""

from __future__ import annotations

from typing import Any

import pytest
from kit import Scene, center, member

from cti.model import events as ev
from cti.model.changes import Kind
from cti.model.policy import Queue
from cti.model.words import AgentAction, AgentId

pytestmark = pytest.mark.unit


def of(queues: dict[str, Any]) -> dict[str, Queue]:
    return {name: Queue.model_validate(rules) for name, rules in queues.items()}


def test_the_last_who_could_serve_logs_out_and_the_waiting_go() -> None:
    queues = {"sales": {"on_nobody": {"queue": "support"}}, "support": {}}
    scene = Scene(center(of(queues), agents={"anna": member("sales"), "ben": member("support")}))
    scene.login("anna")
    scene.post(ev.AgentRequest(AgentId("anna"), AgentAction.PAUSE))
    scene.arrive("c1", "sales")
    assert not [change for change in scene.changes(Kind.VISIT) if change.new == "overflowed"]
    scene.post(ev.AgentRequest(AgentId("anna"), AgentAction.LOGOUT))
    assert [change.reason for change in scene.changes(Kind.VISIT) if change.new == "overflowed"] == ["nobody"]
