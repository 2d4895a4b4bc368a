"""What may a person ask of one Asterisk node? That nothing new begins on it, that it is used again, what it weighs.

Live changes like any other (ports.PolicyDesk); knows neither the file nor the node itself.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from aiohttp import web

from cti.api.asking import BY, BadRequest, add, body, known_or_not, note, unknown, whose
from cti.api.control_policy import told
from cti.ports import PolicyDesk

NO_REASON = "no reason given"


class NodeWish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`reason` of a drain; `weight` of the third wish."""

    by: Annotated[str, msgspec.Meta(pattern=BY)] = ""
    reason: Annotated[str, msgspec.Meta(max_length=80)] = ""
    weight: Annotated[int, msgspec.Meta(ge=0, le=1000)] | None = None


def add_routes(app: web.Application, desk: PolicyDesk) -> None:
    """Add POST /nodes/{node}/drain, resume and weight: 200 with the difference, 404, or 409 with the reason."""

    async def asked(request: web.Request) -> web.Response:
        node, action = request.match_info["node"], request.match_info["action"]
        named = known_or_not(node, desk.center.nodes)
        note(request, f"node.{action}", named)
        wish = await body(request, NodeWish)
        by, changes = whose(request, wish.by), _changes(action, wish)
        done = {key: value for key, value in changes.items() if value is not None}
        noted = note(request, f"node.{action}", named, {}, by, done=done)
        if node not in desk.center.nodes:
            return unknown("unknown_node", node, desk.center.nodes)
        wanted = {f"nodes.{node}.{key}": value for key, value in changes.items()}
        return told(await desk.change(wanted, by=by, asked=noted))

    add(app, "POST", "/nodes/{node}/{action:drain|resume|weight}", asked)


def _changes(action: str, wish: NodeWish) -> dict[str, Any]:
    if action == "weight":
        if wish.weight is None:
            raise BadRequest('the body names no weight, as {"weight": 2} would')
        return {"weight": wish.weight}
    return {"drained": (wish.reason.strip() or NO_REASON) if action == "drain" else None}
