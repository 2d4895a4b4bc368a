"""Where does a contact stand in the line: how urgent, in whose reach? And what moves it there?"""

from __future__ import annotations

from cti.acd.contact import Contact
from cti.acd.floor import Floor
from cti.acd.overflow import own_agents_there
from cti.acd.reach import widen
from cti.model import policy
from cti.model.changes import Changed, Kind, Sought
from cti.model.commands import SaveTicket


def requirements(*sources: dict[str, int]) -> tuple[tuple[str, int], ...]:
    """The strictest level of each skill over all `sources`."""
    strictest: dict[str, int] = {}
    for source in sources:
        for skill, level in source.items():
            strictest[skill] = max(level, strictest.get(skill, 0))
    return tuple(sorted(strictest.items()))


def weigh(rules: policy.Queue, contact: Contact) -> None:
    """What the queue's rules make of the contact's order and of whom it needs."""
    contact.tier = rules.tier
    contact.target_s = rules.urgency_target_s or rules.target_s
    contact.requires = requirements(rules.requires, dict(contact.own_requires))
    contact.head_start_s = rules.head_start_s + contact.own_head_start_s + _head_start(rules, contact)


def _head_start(rules: policy.Queue, contact: Contact) -> float:
    """What this queue gives to what is known of the customer: the most of what applies."""
    customer = contact.customer
    return max(
        (rule.seconds for rule in rules.head_starts if all(customer.get(k) == v for k, v in rule.when.items())),
        default=0.0,
    )


def stand(floor: Floor, contact: Contact) -> None:
    """Put it in the line with its reach of now, and come back when that changes.

    A customer who must not be called now waits beside it (merging.py lets him in again).
    """
    if floor.dials.keeps_back(contact, floor.nodes):
        contact.told_sought = None
        floor.deadlines.cancel("widen", contact.id)
        return
    contact.tried = {agent: until for agent, until in contact.tried.items() if until > floor.now}
    there = own_agents_there(floor, contact)
    reach, ring, next_at = widen(floor.policy.queues[contact.queue], contact, floor.now, there)
    floor.line.add(contact, reach)
    assert contact.stands_in is not None
    sought = contact.stands_in.sought
    if ring != contact.ring or (contact.visit_open and sought != contact.told_sought):
        _tell_reach(floor, contact, ring, sought)
    contact.told_sought = sought
    floor.arrived.add(contact.id)
    changes = [*contact.tried.values(), *([next_at] if next_at is not None else [])]
    if changes:
        floor.deadlines.set("widen", contact.id, min(changes))
    else:
        floor.deadlines.cancel("widen", contact.id)


def _tell_reach(floor: Floor, contact: Contact, ring: int, sought: Sought) -> None:
    old, contact.ring = contact.ring, ring
    floor.tell(
        Changed(
            Kind.REACH,
            contact.id,
            str(old),
            str(ring),
            floor.now,
            floor.cause,
            queue=contact.queue,
            contact=contact.id,
            call=contact.call or None,
            outbound=contact.callout is not None,
            wait_s=floor.now - contact.entered_at,
            sought=sought,
        )
    )


def reach_changed(floor: Floor, contact: Contact) -> None:
    """More agents may take it from now on, or somebody may be tried again: the contact changes its class."""
    if contact.stands_in is not None:
        floor.line.remove(contact)
        stand(floor, contact)


def placed_anew(floor: Floor, contact: Contact, *, seconds: float | None = None, by: str | None = None) -> None:
    """Something that decides its order or its reach has changed: the rules of its queue, or `seconds` given to it."""
    rules = floor.policy.queues[contact.queue]
    before, stood = _standing(contact), contact.stands_in is not None
    floor.line.remove(contact)  # before anything that its place is found by changes
    weigh(rules, contact)
    if stood:
        stand(floor, contact)
    if by is not None and contact.call and contact.session:
        # What the queue gives stands in its rules; only what is its own goes along.
        floor.say(SaveTicket(contact.call, contact.ticket()))
    if _standing(contact) != before and contact.visit_open:
        _tell_place(floor, contact, seconds, by)


def takes_place(floor: Floor, contact: Contact, since: float, own_head_start_s: float) -> None:
    """It takes over a place in its queue that was kept for it: whatever is better of both."""
    if since >= contact.since and own_head_start_s <= contact.own_head_start_s:
        return
    stood = contact.stands_in is not None
    floor.line.remove(contact)
    contact.since = min(since, contact.since)
    contact.own_head_start_s = max(own_head_start_s, contact.own_head_start_s)
    weigh(floor.policy.queues[contact.queue], contact)
    if stood:
        stand(floor, contact)
        floor.say(SaveTicket(contact.call, contact.ticket()))
    _tell_place(floor, contact, None, None)


def _standing(contact: Contact) -> tuple[int, float]:
    """What its place in its queue hangs on; how fast urgency grows is the same for all there."""
    return (contact.tier, contact.head_start_s)


def _tell_place(floor: Floor, contact: Contact, seconds: float | None, by: str | None) -> None:
    floor.tell(
        Changed(
            Kind.PLACE,
            f"{contact.id}/{contact.visit}",
            "",
            "",
            floor.now,
            floor.cause,
            queue=contact.queue,
            contact=contact.id,
            call=contact.call or None,
            outbound=contact.callout is not None,
            position=floor.line.position(contact),
            order_at=contact.since - contact.head_start_s,
            by=by,
            seconds=seconds,
        )
    )
