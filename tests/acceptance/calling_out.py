"""Steps of a call-out that several tests share: an attempt that ends, a customer who arrives, an agent who waits."""

from __future__ import annotations

from cti.model import events
from cti.model.words import AttemptId, DialResult, OfferId

from .centre import Centre
from .lone_switch import LoneSwitch
from .phones import Call
from .waiting import PATIENCE_S, until


def ended(switch: LoneSwitch, attempt: str, timeout_s: float = PATIENCE_S) -> DialResult:
    _, end = switch.until(events.AttemptEnded, lambda e: e.attempt == attempt, timeout_s)
    return end.result


def arrived(switch: LoneSwitch, attempt: str, timeout_s: float = PATIENCE_S) -> events.CallArrived:
    _, call = switch.until(events.CallArrived, lambda e: e.attempt == attempt, timeout_s)
    answered = [
        e for e in switch.of(events.AttemptAnswered, events.CallArrived) if getattr(e, "attempt", "") == attempt
    ]
    assert [type(event) for event in answered] == [events.AttemptAnswered, events.CallArrived]
    return call


def waits(centre: Centre, switch: LoneSwitch, offer: str = "o1") -> Call:
    """anna has answered, and hears that somebody is being called."""
    switch.ring(offer, "1001", show="Ada Lovelace")
    phone = centre.rings("1001")
    phone.answer()
    phone.wait("confirmed")
    switch.until(events.OfferAnswered, lambda e: e.offer == offer)
    return phone


def joined(centre: Centre, switch: LoneSwitch, attempt: str = "j1") -> tuple[Call, Call]:
    agent = waits(centre, switch)
    switch.joins_at_once[AttemptId(attempt)] = OfferId("o1")
    switch.place(attempt)
    customer = centre.world.ringing()
    customer.answer()
    arrived(switch, attempt)
    until(lambda: any(c["BridgeId"] for c in centre.witness.channels()), "a bridge")
    customer.hears()
    agent.hears()
    return agent, customer
