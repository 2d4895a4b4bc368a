"""What follows for an offer from what its phone does? It rings, is answered, has heard a message, or stops. PURE.

Where the customer is on the line this is the offer's affair (offers.py); where he is still to be called, the
call-out's (callouts.py).
"""

from __future__ import annotations

from cti.acd import callouts, offers
from cti.acd.floor import Floor
from cti.model import events
from cti.model.words import OfferState, RingResult


def ringing(floor: Floor, event: events.OfferRinging) -> None:
    """The leg has a name: it can be hung up."""
    offer = floor.offers.get(event.offer)
    if offer is not None:
        offers.ringing(floor, offer, event.leg)


def answered(floor: Floor, event: events.OfferAnswered) -> None:
    """The agent has picked up, perhaps for somebody who has gone meanwhile."""
    offer = floor.offers.get(event.offer)
    if offer is None:
        offers.answered_too_late(floor, event.offer)
    elif offer.state is OfferState.RINGING:
        take = offers.accept if floor.contacts[offer.contact].call else callouts.agent_ready
        take(floor, offer)


def heard(floor: Floor, event: events.MessageHeard) -> None:
    """The agent has heard what his customer has left for him, and has said what is to be done."""
    offer = floor.offers.get(event.offer)
    if offer is not None:
        callouts.message_heard(floor, offer, done=event.done)


def ended(floor: Floor, event: events.OfferEnded) -> None:
    """One leg failed. A cancelled one is left to what cancelled it: an answer elsewhere, or the caller's hangup."""
    offer = floor.offers.get(event.offer)
    if offer is None or offer.state is not OfferState.RINGING:
        return
    if not floor.contacts[offer.contact].call:
        callouts.ring_failed(floor, offer, event.result)
    elif event.result is not RingResult.CANCELLED:
        offers.fail(floor, offer, offers.FAILURES.get(event.result, OfferState.MISSED))
