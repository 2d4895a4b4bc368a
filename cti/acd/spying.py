"""Who may join a talk that is not his, and when is that over? Listening, whispering to the agent, barging in.

Whether he has the right is not asked here. The talk itself never changes by it.
"""

from __future__ import annotations

from cti.acd import agents, calls, transitions
from cti.acd.floor import Floor
from cti.acd.offer import Offer
from cti.acd.spy import Spy
from cti.model.changes import Changed, Kind, Refused
from cti.model.commands import Spy as StartSpy
from cti.model.commands import StopSpy
from cti.model.events import SpyEnded, SpyHears, SpyRequest
from cti.model.words import (
    Activity,
    ContactState,
    NodeId,
    OfferId,
    OfferState,
    RefusedReason,
    SpyId,
    SpyState,
)

RING_TIMEOUT_S = 30.0  # he has just asked for it


def request(floor: Floor, asked: SpyRequest) -> Refused | None:
    """Let his phone ring, or say why not."""
    contact = floor.contacts.get(asked.contact)
    if contact is None:
        return Refused(RefusedReason.UNKNOWN_CONTACT, "it may have ended meanwhile")
    offer = _talk(floor, contact.offers) if contact.state is ContactState.TALKING else None
    if offer is None:
        return Refused(RefusedReason.NOT_TALKING, str(contact.state))
    if _is_busy(floor, asked.phone):
        return Refused(RefusedReason.PHONE_BUSY, "it rings, talks or listens already")
    floor.spied += 1
    spy = Spy(
        SpyId(f"{int(floor.now * 1000)}-{floor.spied}"),
        contact.id,
        offer.id,
        NodeId(offer.leg.partition("/")[0]),
        asked.mode,
        asked.phone,
        asked.by,
    )
    floor.spies[spy.id] = spy
    _tell(floor, spy, "", str(spy.mode), offer)
    owner = floor.by_phone.get(spy.phone)
    if owner is not None:  # from this moment on he is given nothing else
        agents.leg_up(floor, owner, spy.leg)
    floor.say(StartSpy(spy.node, spy.id, offer.leg, spy.mode, spy.phone, RING_TIMEOUT_S, f"{spy.mode} {offer.agent}"))
    return None


def _talk(floor: Floor, offers: list[OfferId]) -> Offer | None:
    found = (floor.offers.get(offer) for offer in offers)
    return next((each for each in found if each and each.state is OfferState.ACCEPTED and each.leg), None)


def _is_busy(floor: Floor, phone: str) -> bool:
    owner = floor.by_phone.get(phone)
    works = owner is not None and (bool(owner.legs) or owner.activity not in (Activity.IDLE, Activity.WRAPUP))
    return works or any(spy.phone == phone for spy in floor.spies.values())


def hears(floor: Floor, event: SpyHears) -> None:
    """He has answered."""
    spy = floor.spies.get(event.spy)
    if spy is not None and spy.state is SpyState.RINGING:
        _move(floor, spy, SpyState.HEARING, str(spy.mode))


def ended(floor: Floor, event: SpyEnded) -> None:
    """His leg is gone."""
    spy = floor.spies.pop(event.spy, None)
    if spy is None:
        return
    _move(floor, spy, SpyState.ENDED, "talk_ended" if spy.stopped else str(event.result))
    calls.leg_gone(floor, spy.leg)


def settle(floor: Floor) -> None:
    """Whoever joined a talk that is over is let go."""
    for spy in floor.spies.values():
        offer = floor.offers.get(spy.offer)
        if not spy.stopped and (offer is None or offer.state is not OfferState.ACCEPTED):
            spy.stopped = True
            floor.say(StopSpy(spy.node, spy.id))


def _move(floor: Floor, spy: Spy, new: SpyState, reason: str) -> None:
    old = spy.state
    transitions.check(transitions.SPY, "spy", spy.id, old, new)
    spy.state = new
    _tell(floor, spy, old, reason, floor.offers.get(spy.offer))


def _tell(floor: Floor, spy: Spy, old: str, reason: str, offer: Offer | None) -> None:
    floor.tell(
        Changed(
            Kind.SPY,
            spy.id,
            old,
            spy.state,
            floor.now,
            floor.cause,
            contact=spy.contact,
            offer=spy.offer,
            agent=offer.agent if offer else None,
            queue=offer.queue if offer else None,
            node=spy.node,
            leg=spy.leg,
            reason=reason,
            by=spy.by,
        )
    )
