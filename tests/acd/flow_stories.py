"""How do tests of the core put callers into a flow? What the flow says is said by the test."""

from __future__ import annotations

from typing import Any

from cti.model import events as ev
from cti.model.commands import RunFlow
from cti.model.words import AgentId, QueueName
from tests.kit import Entry, Queue, Scene, call_id, center

FLOW_NUMBER = "6100"


def scene_with_flow(
    queues: dict[str, Queue] | None = None, *, nodes: list[str] | None = None, obedient: bool = True, **more: Any
) -> Scene:
    """A centre whose number 6100 leads into the flow `main`."""
    policy = center(queues or {"sales": Queue()}, entries={FLOW_NUMBER: Entry(flow="main")}, **more)
    return Scene(policy, nodes=nodes or (), obedient=obedient)


def enters(scene: Scene, name: str = "c1", **more: Any) -> None:
    """A caller comes (back) by the number of the flow."""
    scene.arrive(name, None, dialled=FLOW_NUMBER, **more)


def queues_up(
    scene: Scene, name: str = "c1", queue: str = "sales", preferred: tuple[str, ...] = (), **more: Any
) -> None:
    """The flow puts its caller into a line."""
    scene.post(ev.FlowEnqueues(call_id(name), QueueName(queue), preferred=tuple(map(AgentId, preferred)), **more))


def flow_runs(scene: Scene, name: str = "c1") -> list[str]:
    """With which outcome of the line the flow was started or went on, so far."""
    return [run.outcome for run in scene.commands(RunFlow, name)]
