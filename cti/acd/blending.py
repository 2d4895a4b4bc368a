"""May contacts of a blended queue (callbacks, outbound, work that can wait) be offered now? Inbound goes first.

A gate for each such queue, with a threshold to open and another one to shut. Behind a shut gate its contacts stand in
the line as ever, but no agent finds them there.
"""

from __future__ import annotations

from cti.acd.floor import Floor
from cti.model.changes import Changed, Kind
from cti.model.policy import Blending
from cti.model.pools import queue_pool
from cti.model.words import QueueName


def turn_gates(floor: Floor, *, only_shut: bool = False) -> None:
    """Open and shut what has to be, as things stand now.

    `only_shut`: a round of decisions is under way. Who comes through a gate that opens is for the next one, lest less
    urgent contacts have been served before him.
    """
    for name, rules in floor.blended.items():
        is_open = name in floor.open_gates
        if is_open == _open(floor, name, rules, is_open) or (only_shut and not is_open):
            continue
        floor.open_gates ^= {name}
        old, new = ("open", "shut") if is_open else ("shut", "open")
        floor.tell(Changed(Kind.BLENDING, name, old, new, floor.now, floor.cause, queue=name))
        first_of_each = floor.line.hold(name, held=is_open)
        if not is_open:
            floor.arrived.update(contact.id for contact in first_of_each)


def _open(floor: Floor, name: QueueName, rules: Blending, is_open: bool) -> bool:
    if rules.behind:
        waiting = sum(floor.line.waiting(QueueName(queue)) for queue in rules.behind)
    else:
        waiting = floor.line.count - sum(floor.line.waiting(queue) for queue in floor.blended)
    free = floor.free.count(queue_pool(name))
    if is_open:
        return waiting <= rules.ends.waiting_over and free >= rules.ends.free_below
    return waiting <= rules.begins.waiting_at_most and free >= rules.begins.free_at_least
