"""Does listening to a talk work on the simulated Asterisk, over AMI bytes, with our own switch and core upon it?"""

from __future__ import annotations

import pytest

from cti.model import events
from cti.model.changes import Kind
from cti.model.words import SpyMode
from cti.sim.channels import Call, Leg
from tests.sim.test_tcp import until
from tests.sim.test_tcp_begun import Place, place

__all__ = ["place"]

pytestmark = pytest.mark.contract


async def listened(place: Place) -> tuple[Leg, Call]:
    """anna talks to a customer, and ben's phone rings: he may hear them."""
    leg, call = await place.joined()
    [contact] = place.engine.center.contacts
    place.engine.post(events.SpyRequest(contact, SpyMode.LISTEN, "PJSIP/1002"))
    return leg, call


async def hears(place: Place) -> tuple[Leg, Leg]:
    leg, _ = await listened(place)
    listener = await place.agent_waits()
    await until(lambda: place.states(Kind.SPY) == ["ringing", "hearing"])
    return leg, listener


async def test_it_ends_with_the_talk(place: Place) -> None:
    leg, _ = await hears(place)
    place.tcp.exchange.hang_up_leg(leg)
    await until(lambda: place.states(Kind.SPY) == ["ringing", "hearing", "ended"])
    await place.over()


async def test_the_talk_goes_on_when_he_goes(place: Place) -> None:
    leg, listener = await hears(place)
    place.tcp.exchange.hang_up_leg(listener)
    await until(lambda: place.states(Kind.SPY) == ["ringing", "hearing", "ended"])
    assert leg.up and place.states(Kind.CONTACT)[-1] == "talking"


async def test_his_phone_stops_when_the_talk_ends_before(place: Place) -> None:
    leg, _ = await listened(place)
    listener = await place.agent_rung()
    place.tcp.exchange.hang_up_leg(leg)
    await until(lambda: place.states(Kind.SPY) == ["ringing", "ended"])
    assert not listener.up
    await place.over()


async def test_a_busy_phone(place: Place) -> None:
    await listened(place)
    ring = place.calls.ring_of(await place.agent_rung())
    assert ring is not None
    place.calls.refuse(ring, "BUSY", 17)
    await until(lambda: place.states(Kind.SPY) == ["ringing", "ended"])
    assert [changed.reason for changed in place.changes if changed.kind is Kind.SPY][-1] == "busy"


async def test_who_listens_hears_on_without_an_engine(place: Place) -> None:
    leg, listener = await hears(place)
    await place.engine_dies()
    await place.start_engine()
    assert listener.up
    place.tcp.exchange.hang_up_leg(leg)
    await until(lambda: not listener.up)
