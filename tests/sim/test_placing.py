"""Does the simulated switch call customers as the real one does? Commands in, events out."""

from __future__ import annotations

import random
from typing import Any

import pytest

from cti.model import commands as do
from cti.model import events as ev
from cti.model.ticket import Ticket
from cti.model.words import AttemptId, ContactId, DialResult, NodeId, OfferId, QueueName, RingResult, SpyId, SpyMode
from cti.sim.agenda import VirtualAgenda
from cti.sim.exchange import Exchange
from cti.sim.switch import SimSwitch

pytestmark = pytest.mark.unit

NODE = NodeId("node1")


class Bench:
    """A switch whose people do nothing by themselves."""

    def __init__(self) -> None:
        self.agenda = VirtualAgenda()
        self.exchange = Exchange(self.agenda, ["node1"], ["PJSIP/1001", "PJSIP/1002"])
        self.told: list[Any] = []
        rng = random.Random(3)
        self.switch = SimSwitch(self.agenda, self.exchange, rng, self.told.append, lambda: self.agenda.now)
        self.exchange.people = self.switch.outgoing.callees = self  # type: ignore[assignment]
        self.switch.engine_starts([0.0])
        self.wait(0.1)

    def __getattr__(self, name: str) -> Any:
        return lambda *args, **kwargs: None

    def wait(self, seconds: float) -> None:
        end = self.agenda.now + seconds
        while (at := self.agenda.next_at()) is not None and at <= end:
            self.agenda.step()
        self.agenda.pass_to(end)

    def place(self, attempt: str = "x1") -> None:
        ticket = Ticket(ContactId("c"), QueueName("sales"), 0.0, 0.0)
        self.switch.execute(do.PlaceCall(AttemptId(attempt), NODE, "+49301", 20.0, ticket))

    def ring(self) -> None:
        self.switch.execute(do.RingAgent(NODE, do.RingLeg(OfferId("o1"), "PJSIP/1001"), 15.0))
        self.wait(0.1)

    def events(self, *kinds: type) -> list[Any]:
        return [event for event in self.told if isinstance(event, kinds)]


def test_a_customer_who_answers_comes_with_his_attempt_and_ticket() -> None:
    bench = Bench()
    bench.place()
    bench.wait(0.1)
    bench.switch.outgoing.pick_up(bench.switch.outgoing.ringing["x1"])
    bench.wait(0.1)
    (answered,), (arrived,) = bench.events(ev.AttemptAnswered), bench.events(ev.CallArrived)
    assert answered.attempt == arrived.attempt == "x1"
    assert (arrived.call, arrived.ticket.contact) == ("node1/cti-x1", "c")


def test_one_id_is_dialled_once() -> None:
    bench = Bench()
    bench.place()
    bench.wait(0.1)
    bench.switch.outgoing.end(bench.switch.outgoing.ringing["x1"], "BUSY")
    bench.place()
    bench.wait(0.1)
    assert [event.result for event in bench.events(ev.AttemptEnded)] == [DialResult.BUSY, DialResult.NOT_DIALLED]


def test_an_attempt_is_taken_back_before_it_rings() -> None:
    bench = Bench()
    bench.place()
    bench.switch.execute(do.CancelCall(AttemptId("x1"), NODE))
    bench.wait(0.1)
    assert [event.result for event in bench.events(ev.AttemptEnded)] == [DialResult.CANCELLED]
    assert not bench.switch.outgoing.ringing


def test_who_has_answered_is_not_hung_up_on() -> None:
    bench = Bench()
    bench.place()
    bench.wait(0.1)
    bench.switch.outgoing.pick_up(bench.switch.outgoing.ringing["x1"])
    bench.switch.execute(do.CancelCall(AttemptId("x1"), NODE))
    bench.wait(0.1)
    assert bench.events(ev.CallArrived)


def test_nothing_is_dialled_while_ami_is_away() -> None:
    bench = Bench()
    bench.switch.cut_ami("node1", 60.0, 0.0)
    bench.place()
    bench.wait(1.0)
    assert [event.result for event in bench.events(ev.AttemptEnded)] == [DialResult.NOT_DIALLED]


def test_the_snapshot_shows_a_customer_whose_phone_rings() -> None:
    bench = Bench()
    bench.place()
    bench.wait(0.1)
    (leg,) = bench.switch.snapshot("node1")
    assert (leg.leg, leg.ours, leg.ticket.contact) == ("node1/cti-x1", False, "c")


def test_an_agent_is_rung_and_waits() -> None:
    bench = Bench()
    bench.ring()
    bench.switch.outgoing.answer(bench.switch.outgoing.agents["o1"])
    bench.wait(0.1)
    assert bench.events(ev.OfferRinging)
    assert bench.events(ev.OfferAnswered)


def test_a_ring_that_is_taken_back_ends() -> None:
    bench = Bench()
    bench.ring()
    bench.switch.execute(do.DismissAgent(NODE, OfferId("o1")))
    bench.wait(0.1)
    assert [event.result for event in bench.events(ev.OfferEnded)] == [RingResult.CANCELLED]
    assert bench.events(ev.LegDown)


def test_an_agent_whom_no_engine_knows_any_more_is_hung_up() -> None:
    bench = Bench()
    bench.ring()
    bench.switch.outgoing.answer(bench.switch.outgoing.agents["o1"])
    bench.switch.engine_dies()
    bench.wait(1.0)
    assert not bench.exchange.legs


def listening(leg: str, phone: str = "PJSIP/1001") -> do.Spy:
    return do.Spy(NODE, SpyId("17-1"), leg, SpyMode.LISTEN, phone, 15.0)


def test_a_listener_hears_a_talk_until_it_ends_also_without_us() -> None:
    bench = Bench()
    talk = bench.exchange.private_call(bench.exchange.phones["PJSIP/1002"], NODE, 600.0)
    bench.switch.execute(listening(talk.id))
    bench.wait(0.1)
    (ring,) = bench.switch.outgoing.agents.values()
    bench.switch.outgoing.answer(ring)
    bench.wait(0.1)
    assert bench.events(ev.SpyHears)
    bench.switch.engine_dies()
    bench.wait(1.0)
    assert ring.leg.up, "he hears on"
    bench.exchange.hang_up_leg(talk)
    bench.wait(1.0)
    assert not bench.exchange.legs


@pytest.mark.parametrize("how", ["refused", "stopped", "gone", "no phone"])
def test_a_listener_who_hears_nothing(how: str) -> None:
    bench = Bench()
    talk = bench.exchange.private_call(bench.exchange.phones["PJSIP/1002"], NODE, 600.0)
    bench.switch.execute(listening(talk.id, "PJSIP/1009" if how == "no phone" else "PJSIP/1001"))
    bench.wait(0.1)
    for ring in list(bench.switch.outgoing.agents.values()):
        match how:
            case "refused":
                bench.switch.outgoing.refuse(ring, "BUSY", 17)
            case "stopped":
                bench.switch.execute(do.StopSpy(NODE, SpyId("17-1")))
            case _:
                bench.exchange.hang_up_leg(talk)
                bench.switch.outgoing.answer(ring)
    bench.wait(2.0)
    results = {"refused": RingResult.BUSY, "stopped": RingResult.CANCELLED, "no phone": RingResult.UNREACHABLE}
    assert [event.result for event in bench.events(ev.SpyEnded)] == [results.get(how, RingResult.ANSWERED)]
    assert not bench.switch.outgoing.agents
