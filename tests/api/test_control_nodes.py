"""Do wishes about nodes reach the one who knows the policy?"""

from __future__ import annotations

from typing import Any

import pytest

from .scene import Scene

pytestmark = pytest.mark.contract


@pytest.mark.parametrize(
    ("action", "body", "changes"),
    [
        ("drain", {"reason": "new kernel", "by": "eva"}, {"nodes.node1.drained": "new kernel"}),
        ("drain", {"by": "eva"}, {"nodes.node1.drained": "no reason given"}),
        ("resume", {"by": "eva"}, {"nodes.node1.drained": None}),
        ("weight", {"weight": 0, "by": "eva"}, {"nodes.node1.weight": 0}),
    ],
)
async def test_every_wish_is_passed_on_as_a_live_change(
    control: Scene, action: str, body: dict[str, Any], changes: dict[str, Any]
) -> None:
    status, answer = await control.ask("POST", f"/v1/nodes/node1/{action}", body)
    assert (status, answer["ok"]) == (200, True), answer
    assert control.policy.asked == [("change", changes, "eva")]
    entry = control.audit.entries[-1]
    assert (entry.what, entry.on, entry.by, entry.result) == (f"node.{action}", "node1", "eva", "done")


async def test_what_cannot_be_asked_is_refused_and_noted(control: Scene) -> None:
    status, answer = await control.ask("POST", "/v1/nodes/node2/drain", {"reason": "x"})
    assert (status, answer["refused"], answer["detail"]) == (404, "unknown_node", 'did you mean "node1"?')
    for action, body in (("weight", {}), ("weight", {"weight": 2000}), ("drain", {"reason": "x" * 81})):
        status, answer = await control.ask("POST", f"/v1/nodes/node1/{action}", body)
        assert status == 400, answer
    assert (await control.ask("POST", "/v1/nodes/node1/explode", {}))[0] == 404
    assert control.policy.asked == []


async def test_the_nodes_are_listed(control: Scene) -> None:
    assert (await control.ask("GET", "/v1/nodes"))[1]["nodes"] == [{"name": "node1", "state": "up"}]
