"""Is what the core believes true in the switch? Compared when nothing is under way between the two."""

from __future__ import annotations

from cti.acd.contact import Contact
from cti.center import ContactCenter
from cti.model.words import Activity, ContactState
from cti.sim.channels import Call
from cti.sim.exchange import Exchange
from cti.sim.switch import SimSwitch
from cti.sim.violation import Violation


def check(now: float, center: ContactCenter, exchange: Exchange, switch: SimSwitch) -> None:
    """Raise Violation on the first difference between the core's picture and the exchange."""
    by_call = {contact.call: contact for contact in center.contacts.values()}
    calling = switch.outgoing
    for attempt in calling.ringing:
        if attempt not in center.attempts:
            raise Violation("forgotten_attempt", f"{attempt} rings at its customer's, and the core does not know it")
    for contact in [each for each in center.contacts.values() if each.call]:
        call = exchange.calls.get(contact.call)
        if call is None:
            raise Violation("ghost_call", f"{contact.id} is {contact.state.value} in the core, its call does not exist")
        _same_state(contact, call, switch)
    for call in exchange.calls.values():
        session = switch.sessions.get(call.id)
        served = session is not None and session.open and not session.releasing
        if served and call.id not in by_call:
            raise Violation("forgotten_call", f"{call.id} has an open session, and the core does not know it")
    _phones(center, exchange, switch)


def _same_state(contact: Contact, call: Call, switch: SimSwitch) -> None:
    session = switch.sessions.get(call.id)
    is_open = session is not None and session.open
    if contact.session != is_open:
        raise Violation("session", f"{contact.id}: session is {is_open}, the core says {contact.session}")
    beside = session.side.flow if session is not None and is_open and session.side is not None else ""
    if contact.beside != beside:
        raise Violation("side_flow", f"{contact.id}: beside its line runs '{beside}', the core says '{contact.beside}'")
    state, dial = contact.state, call.dial
    if state is ContactState.TALKING:
        agrees = dial is not None and dial.answered is not None
    elif state is ContactState.OFFERED:
        agrees = dial is not None and dial.answered is None
    elif state in (ContactState.WAITING, ContactState.IN_FLOW):
        agrees = dial is None and is_open
    else:
        agrees = not is_open and dial is None
    if not agrees:
        doing = "talks" if dial is not None and dial.answered else "is rung for" if dial else "waits"
        raise Violation("call_state", f"{contact.id} is {state.value} in the core; in the exchange it {doing}")


def _phones(center: ContactCenter, exchange: Exchange, switch: SimSwitch) -> None:
    for agent in center.agents.values():
        phone = exchange.phones[agent.policy.phone]
        legs = {leg.id for leg in phone.legs.values()}
        if agent.legs != legs:
            raise Violation("legs", f"{agent.id} has {sorted(legs)}, the core says {sorted(agent.legs)}")
        dials = [leg.dial for leg in phone.legs.values() if leg.dial is not None]
        talks = any(dial.answered is not None and dial.answered.phone is phone for dial in dials)
        rung = [leg for leg in phone.legs.values() if leg.dial is not None and leg in leg.dial.ringing]
        rings = any(not switch.stops_in_vain(leg) for leg in rung)
        rings = rings or any(switch.outgoing.ring_of(leg) is not None for leg in phone.legs.values())
        believed = agent.activity
        if talks != (believed in (Activity.TALKING, Activity.HOLD)):
            raise Violation("talk", f"{agent.id} talks: {talks}; the core says {believed.value}")
        # Of several phones rung at once, one that is not there has no leg and no event: known when the ring is over.
        if (believed is Activity.RINGING) and not rings and phone.registered:
            raise Violation("ring", f"{agent.id}'s phone does not ring; the core says it does")
        if rings and believed is not Activity.RINGING:
            raise Violation("ring", f"{agent.id}'s phone rings; the core says {believed.value}")
