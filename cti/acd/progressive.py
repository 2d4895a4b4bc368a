"""How does the strategy ring_progressively let one more phone ring after a while, beside those that ring already?

Dial takes no further phone: the ring is taken back, and rung anew as soon as the switch says that it has stopped.
"""

from __future__ import annotations

from cti.acd.choice import MAX_RUNG_AT_ONCE
from cti.acd.contact import Contact
from cti.acd.floor import Floor
from cti.acd.line import WaitingClass
from cti.acd.offers import rest, withdraw
from cti.acd.reach import reach_of
from cti.model.words import ContactState, OfferState

KEPT_S = 1.0  # so long at most an agent is kept for the ring that follows


def ring_more(floor: Floor, contact: Contact) -> None:
    """It has rung for a while, and one more phone shall ring with those that do.

    Those who were rung are kept for the next ring. Should nobody else be free now, it is tried again later.
    """
    if not contact.session:  # what rings cannot be rung anew: it goes on until somebody answers, or it is over
        return
    queue = floor.policy.queues[contact.queue]
    rung = [floor.offers[offer] for offer in contact.offers]
    if contact.state is not ContactState.OFFERED or any(offer.state is not OfferState.RINGING for offer in rung):
        return
    sought = contact.told_sought
    others = floor.free.for_class(WaitingClass(reach_of(contact.queue, sought), 0)) if sought is not None else iter(())
    if next(others, None) is None or len(rung) >= MAX_RUNG_AT_ONCE:
        floor.deadlines.set("ring_more", contact.id, floor.now + queue.ring_more_every_s)
        return
    for offer in rung:
        contact.kept.append(offer.agent)
        rest(floor, floor.agents[offer.agent], KEPT_S)
        withdraw(floor, offer)
