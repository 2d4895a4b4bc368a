"""What do other rules of a queue mean for those who wait in it? Only what they change is done anew, for all in one go.

Thousands may wait, and all of it happens in one event: contacts are taken out of the line together and put back
together (Line.take_all, put_all), and nothing is looked at that the difference does not concern.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from cti.acd import standing, visits
from cti.acd.contact import Contact
from cti.acd.floor import Floor
from cti.model.policy import Center, Queue
from cti.model.words import AgentId, QueueName

_ORDER = ("tier", "target_s", "urgency_target_s", "head_start_s", "head_starts", "requires")
_REACH = ("requires", "rings", "min_penalty", "max_penalty", "preferred_for_s")
_PATIENCE = ("max_wait_s", "hours", "at_closing")
_NEW = Queue()


class Difference(NamedTuple):
    """Of which kind the difference between two rules of a queue is, as far as those who wait are concerned."""

    order: bool  # who goes first, and what a contact needs
    reach: bool  # who may take it
    patience: bool  # until when it may wait
    announce: bool
    offers: bool = False  # what it is offered while it waits

    def __bool__(self) -> bool:
        return any(self)


def difference(old: Center, new: Center, queue: QueueName) -> Difference:
    """What is different in `queue`, its opening hours included."""
    before, now = old.queues.get(queue, _NEW), new.queues[queue]

    def differs(keys: Iterable[str]) -> bool:
        return any(getattr(before, key) != getattr(now, key) for key in keys)

    hours = now.hours is not None and old.hours.get(now.hours) != new.hours.get(now.hours)
    return Difference(
        order=differs(_ORDER),
        reach=differs(_REACH),
        patience=hours or differs(_PATIENCE),
        announce=differs(("announce",)),
        offers=differs(("while_waiting",)),
    )


def apply(floor: Floor, old: Center, staff_changed: frozenset[AgentId]) -> None:
    """What is new for those who are here. `staff_changed`: who has come or gone."""
    by_queue: dict[QueueName, list[Contact]] = {}
    for contact in floor.contacts.values():
        if contact.queue:
            by_queue.setdefault(contact.queue, []).append(contact)
    for queue, contacts in by_queue.items():
        differs = difference(old, floor.policy, queue)
        if differs.order or differs.reach:
            _place_anew(floor, queue, contacts, differs)
        elif staff_changed:
            for contact in contacts:
                if not staff_changed.isdisjoint(contact.preferred):
                    standing.reach_changed(floor, contact)
        if differs:
            for contact in contacts:
                patience, announce, offers = differs[2:]
                visits.deadlines_anew(floor, contact, patience=patience, announce=announce, offers=offers)
    floor.dials.places_changed()


def _place_anew(floor: Floor, queue: QueueName, contacts: Sequence[Contact], differs: Difference) -> None:
    waited = floor.line.take_all(queue)
    before = {contact.id: standing.standing_of(contact) for contact in contacts}
    if differs.order:
        rules = floor.policy.queues[queue]
        for contact in contacts:
            standing.weigh(rules, contact)
    standing.stand_all(floor, waited, widened=differs.reach)
    moved = {contact for contact in contacts if standing.standing_of(contact) != before[contact.id]}
    for position, contact in enumerate(floor.line.in_order(queue), 1):
        if contact in moved:
            moved.discard(contact)
            standing.tell_place(floor, contact, position=position)
    for contact in contacts:  # those who wait, and not in the line: a phone rings for them
        if contact in moved and contact.visit_open:
            standing.tell_place(floor, contact)
