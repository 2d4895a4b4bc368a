"""When is a waiting caller told something, and what is known of his wait? The words are announcing.py's."""

from __future__ import annotations

from cti.acd import announcing
from cti.acd.contact import Contact
from cti.acd.estimate import Expected
from cti.acd.floor import Floor
from cti.model import policy
from cti.model.commands import Announce


def come_back(floor: Floor, contact: Contact, after_s: float) -> None:
    """The next announcement comes so long from now, if there is to be any."""
    if floor.policy.queues[contact.queue].announce is not None and contact.call:
        floor.deadlines.set("announce", contact.id, floor.now + after_s)
    else:
        floor.deadlines.cancel("announce", contact.id)


def every_s(rules: policy.Queue, contact: Contact) -> float:
    """Seconds from one announcement to the next."""
    return announcing.interval(rules.announce, contact.customer)[1] if rules.announce is not None else 0.0


def expected(floor: Floor, contact: Contact, position: int) -> Expected | None:
    """How long it will wait from `position` on; None where nobody knows."""
    return floor.estimate.expect(contact.queue, position, floor.staffed[contact.queue], contact.requires)


def announce(floor: Floor, contact: Contact) -> None:
    """It is time to tell the caller something; if there is nothing to say, come back later."""
    rules = floor.policy.queues[contact.queue].announce
    if rules is None or contact.stands_in is None:
        return
    again_at = floor.now + announcing.interval(rules, contact.customer)[1]
    if contact.announcing or contact.beside:  # longer than the interval: skip one
        floor.deadlines.set("announce", contact.id, again_at)
        return
    position = floor.line.position(contact)
    known = expected(floor, contact, position) if rules.wait else None
    staffed = floor.staffed[contact.queue]
    if staffed < contact.told_staffed:
        contact.told_wait_s = None  # agents have left: what was told holds no more
    contact.told_staffed = staffed
    # Never announce more than was told before: a promise that grows is worse than none.
    wait_s = announcing.told_wait_s(rules, known.p90_s if known is not None else None, contact.told_wait_s)
    contact.told_wait_s = wait_s
    prompts = announcing.prompts(rules, position, wait_s)
    if prompts:
        contact.announcing = True
        floor.say(Announce(contact.call, prompts))
    floor.deadlines.set("announce", contact.id, again_at)
