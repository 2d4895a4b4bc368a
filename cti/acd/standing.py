"""Where does a contact stand in the line: how urgent, in whose reach? And what moves it there?"""

from __future__ import annotations

from collections.abc import Sequence

from cti.acd.contact import Contact, Requirements
from cti.acd.floor import Floor
from cti.acd.overflow import own_agents_there
from cti.acd.reach import Reach, ring_at, widen
from cti.model import policy
from cti.model.changes import Changed, Kind, Sought
from cti.model.commands import SaveTicket

_NONE = policy.Queue()


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
    if _kept_back(floor, contact):
        return
    reach, ring, next_at = _reach(floor, contact)
    floor.line.add(contact, reach)
    floor.arrived.add(contact.id)
    _stands(floor, contact, ring, next_at)


def stand_all(floor: Floor, contacts: Sequence[tuple[Contact, Reach]], *, widened: bool) -> None:
    """The same for contacts of one queue who were all taken out of the line: at once, so that thousands cost little.

    With each its former reach; unless it is `widened`, only how fast urgency grows there can have changed.
    """
    placed: list[tuple[Contact, Reach]] = []
    changes: list[tuple[int, float | None]] = []
    known: dict[Reach, Reach] = {}
    alike: dict[tuple[Requirements, int], Reach] = {}  # those without own agents, whom nobody was tried for
    rules = floor.policy.queues[contacts[0][0].queue] if contacts else _NONE
    for contact, former in contacts:
        if _kept_back(floor, contact):
            continue
        if not widened:
            reach = known.get(former) or known.setdefault(
                former, former._replace(tier=contact.tier, target_s=contact.target_s)
            )
        elif contact.tried or contact.preferred:
            reach, ring, next_at = _reach(floor, contact)
            changes.append((ring, next_at))
        else:
            ring, next_at = ring_at(rules, contact.entered_at, floor.now)
            changes.append((ring, next_at))
            found = alike.get((contact.requires, ring))
            reach = alike[contact.requires, ring] = found or _reach(floor, contact)[0]
        placed.append((contact, reach))
    for first in floor.line.put_all(placed):
        floor.arrived.add(first.id)
    if widened:
        for (contact, _), (ring, next_at) in zip(placed, changes, strict=True):
            _stands(floor, contact, ring, next_at)
    else:
        for contact, _ in placed:
            _know_reach(floor, contact, contact.ring)


def _kept_back(floor: Floor, contact: Contact) -> bool:
    if not floor.dials.keeps_back(contact, floor.weights):
        return False
    contact.told_sought = None
    floor.deadlines.cancel("widen", contact.id)
    return True


def _reach(floor: Floor, contact: Contact) -> tuple[Reach, int, float | None]:
    if contact.tried:
        contact.tried = {agent: until for agent, until in contact.tried.items() if until > floor.now}
    there = own_agents_there(floor, contact) if contact.preferred else ()
    return widen(floor.policy.queues[contact.queue], contact, floor.now, there)


def _stands(floor: Floor, contact: Contact, ring: int, next_at: float | None) -> None:
    """It stands in the line: come back when its reach changes."""
    _know_reach(floor, contact, ring)
    changes = [*contact.tried.values(), *([next_at] if next_at is not None else [])]
    if changes:
        floor.deadlines.set("widen", contact.id, min(changes))
    else:
        floor.deadlines.cancel("widen", contact.id)


def _know_reach(floor: Floor, contact: Contact, ring: int) -> None:
    """Tell its reach where that is new."""
    assert contact.stands_in is not None
    sought, told = contact.stands_in.sought, contact.told_sought
    if ring != contact.ring or (contact.visit_open and sought is not told and sought != told):
        _tell_reach(floor, contact, ring, sought)
    contact.told_sought = sought


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
            outbound=contact.outbound,
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
    """Something that decides its order or its reach has changed: `seconds` were given to it."""
    rules = floor.policy.queues[contact.queue]
    before, stood = standing_of(contact), contact.stands_in is not None
    floor.line.remove(contact)  # before anything that its place is found by changes
    weigh(rules, contact)
    if stood:
        stand(floor, contact)
    else:
        floor.dials.moved(contact)
    if by is not None and contact.call and contact.session:
        # What the queue gives stands in its rules; only what is its own goes along.
        floor.say(SaveTicket(contact.call, contact.ticket()))
    if standing_of(contact) != before and contact.visit_open:
        tell_place(floor, contact, seconds, by)


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
    tell_place(floor, contact)


def standing_of(contact: Contact) -> tuple[int, float]:
    """What its place in its queue hangs on; how fast urgency grows is the same for all there."""
    return (contact.tier, contact.head_start_s)


def tell_place(
    floor: Floor,
    contact: Contact,
    seconds: float | None = None,
    by: str | None = None,
    *,
    position: int | None = None,
) -> None:
    """It has another place in its queue. `position`: where that is known."""
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
            outbound=contact.outbound,
            position=floor.line.position(contact) if position is None else position,
            order_at=contact.since - contact.head_start_s,
            by=by,
            seconds=seconds,
        )
    )
