"""What does it mean for the floor that an Asterisk node comes, goes, or was looked at? PURE.

After a start nothing is offered until every node was seen once and the callers who still have their tickets are back.
"""

from __future__ import annotations

from cti.acd import reconcile
from cti.acd.floor import Floor
from cti.model import events
from cti.model.changes import Changed, Kind


def up(floor: Floor, event: events.NodeUp) -> None:
    """It is connected, and this is what lives on it."""
    if not floor.nodes.get(event.node):
        floor.nodes[event.node] = True
        floor.dials.all_changed()
        floor.tell(Changed(Kind.NODE, event.node, "down", "up", floor.now, floor.cause, node=event.node))
    reconcile.compare(floor, event.node, event.legs, first=floor.settling, asked_at=event.asked_at)
    floor.awaited.discard(event.node)
    settle_if_complete(floor)


def checked(floor: Floor, event: events.NodeChecked) -> None:
    """Someone looked again at what lives on it."""
    reconcile.compare(floor, event.node, event.legs, first=False, asked_at=event.asked_at)


def down(floor: Floor, event: events.NodeDown) -> None:
    """It is connected no more; its calls may go on without us."""
    if floor.nodes.get(event.node):
        floor.nodes[event.node] = False
        floor.dials.all_changed()
        floor.tell(Changed(Kind.NODE, event.node, "up", "down", floor.now, floor.cause, node=event.node))


def settle_if_complete(floor: Floor) -> None:
    """Begin to offer as soon as nobody is expected any more."""
    if floor.settling and not floor.expected and not floor.awaited:
        settled(floor)


def settled(floor: Floor) -> None:
    """Begin to offer, whoever is still missing."""
    floor.settling = False
    floor.expected.clear()
    floor.awaited.clear()
    floor.deadlines.cancel("settle", "")
