"""Does the pure switch speak the words as their docstrings say?"""

from __future__ import annotations

import random

import pytest

from cti.model import commands as do
from cti.model import events as ev
from cti.model.words import CallId, NodeId, OfferId, RingResult
from cti.sim.channels import Call
from cti.sim.sessions import ring_result
from cti.sim.switch import SimSwitch
from tests.sim.world_of_two import Notebook, Two

pytestmark = pytest.mark.unit

OFFER = OfferId("c#1")


class Desk(Two):
    """A switch, and everything that reaches the engine."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[ev.AnyEvent] = []
        self.switch = SimSwitch(self.agenda, self.exchange, random.Random(1), self.heard.append, lambda: 0.0)
        self.exchange.people = Notebook()
        self.switch.engine_starts([0.0])
        self.wait(0.1)
        self.heard.clear()

    def arrive(self) -> Call:
        call = self.exchange.new_call("node1", "6001", "+491")
        self.wait(0.1)
        self.heard.clear()
        return call

    def ring(self, call: Call, *offers: tuple[str, str]) -> None:
        legs = tuple(do.RingLeg(OfferId(offer), phone) for offer, phone in offers or ((OFFER, "PJSIP/1"),))
        self.switch.execute(do.Ring(CallId(call.id), legs, 10.0))
        self.wait(0.1)

    def kinds(self) -> list[str]:
        return [type(event).__name__ for event in self.heard]


def test_a_caller_arrives() -> None:
    desk = Desk()
    call = desk.exchange.new_call("node1", "6001", "+491")
    desk.wait(0.1)
    assert desk.heard == [ev.CallArrived(CallId(call.id), NodeId("node1"), call.channel, "6001", "+491")]


def test_ring_answer_talk_end() -> None:
    desk = Desk()
    call = desk.arrive()
    desk.ring(call)
    assert desk.kinds() == ["LegUp", "OfferRinging"]
    desk.exchange.answer(desk.leg("PJSIP/1"))
    desk.wait(5)
    desk.exchange.hang_up_leg(desk.leg("PJSIP/1"))
    desk.wait(0.1)
    assert desk.kinds()[2] == "OfferAnswered"
    assert sorted(desk.kinds()[3:]) == ["LegDown", "RingEnded"]
    (end,) = [event for event in desk.heard if isinstance(event, ev.RingEnded)]
    assert (end.result, end.caller_there, end.offer) == (RingResult.ANSWERED, True, OFFER)
    assert end.answered_s == pytest.approx(5, abs=0.1)


def test_a_ring_for_a_caller_who_has_just_left() -> None:
    desk = Desk()
    call = desk.arrive()
    desk.exchange.hang_up_call(call)
    desk.ring(call)
    (end,) = [event for event in desk.heard if isinstance(event, ev.RingEnded)]
    assert not end.caller_there
    assert {"SessionLost", "CallGone"} <= set(desk.kinds())


def test_a_ring_cuts_off_an_announcement() -> None:
    desk = Desk()
    call = desk.arrive()
    desk.switch.execute(do.Announce(CallId(call.id), ("a", "b", "c", "d")))
    desk.wait(1)
    desk.ring(call)
    assert desk.kinds() == ["AnnouncementEnded", "LegUp", "OfferRinging"]


def test_stop_ring_before_the_leg_is_known() -> None:
    desk = Desk()
    call = desk.arrive()
    desk.switch.execute(do.Ring(CallId(call.id), (do.RingLeg(OFFER, "PJSIP/1"),), 10.0))
    desk.switch.execute(do.StopRing(CallId(call.id), (OFFER,)))
    desk.wait(1)
    (end,) = [event for event in desk.heard if isinstance(event, ev.RingEnded)]
    assert (end.result, end.caller_there) == (RingResult.CANCELLED, True)
    assert not desk.exchange.phones["PJSIP/1"].legs


def test_engine_death_and_a_new_engine() -> None:
    desk = Desk()
    call = desk.arrive()
    call.ticket = "ticket"
    desk.switch.engine_dies()
    desk.wait(2)
    assert desk.heard == []
    desk.switch.engine_starts([0.3])
    desk.wait(1)
    arrived = [event for event in desk.heard if isinstance(event, ev.CallArrived)]
    (up,) = [event for event in desk.heard if isinstance(event, ev.NodeUp)]
    assert (arrived[0].entry, arrived[0].ticket) == (1, "ticket")
    assert [(leg.leg, leg.ours, leg.ticket) for leg in up.legs] == [(call.id, True, "ticket")]


def test_the_snapshot_shows_who_talks_to_whom() -> None:
    desk = Desk()
    call = desk.arrive()
    desk.ring(call)
    desk.exchange.answer(desk.leg("PJSIP/1"))
    first, second = desk.switch.snapshot("node1")
    assert first.bridge == second.bridge != ""
    assert (first.phone, second.phone) == ("PJSIP/trunk1", "PJSIP/1")


def test_ami_gap_loses_events_and_ends_with_a_snapshot() -> None:
    desk = Desk()
    call = desk.arrive()
    desk.switch.cut_ami("node1", 5.0, noticed_after_s=1.0)
    desk.ring(call)
    desk.exchange.answer(desk.leg("PJSIP/1"))
    desk.wait(10)
    assert desk.kinds() == ["NodeDown", "NodeUp"]


def test_release_to_another_place() -> None:
    desk = Desk()
    call = desk.arrive()
    desk.switch.execute(do.Release(CallId(call.id), (), "cti-fallback,s,1"))
    desk.wait(1)
    assert desk.kinds() == ["SessionLost"]
    assert call.place == "cti-fallback"


def test_a_broken_agi_connection_says_nothing_of_the_ring() -> None:
    desk = Desk()
    call = desk.arrive()
    desk.ring(call)
    desk.switch.break_agi(call)
    desk.exchange.answer(desk.leg("PJSIP/1"))
    desk.wait(3)
    desk.exchange.hang_up_leg(desk.leg("PJSIP/1"))
    desk.wait(1)
    assert "RingEnded" not in desk.kinds()
    arrived = desk.heard[-1]
    assert isinstance(arrived, ev.CallArrived)
    assert (arrived.entry, arrived.dial_status) == (1, "ANSWER")


@pytest.mark.parametrize(
    ("status", "cause", "result"),
    [
        ("ANSWER", 16, RingResult.ANSWERED),
        ("NOANSWER", 0, RingResult.NO_ANSWER),
        ("BUSY", 17, RingResult.BUSY),
        ("CHANUNAVAIL", 21, RingResult.REJECTED),
        ("CHANUNAVAIL", 20, RingResult.UNREACHABLE),
        ("CONGESTION", 34, RingResult.UNREACHABLE),
        ("CANCEL", 26, RingResult.CANCELLED),
    ],
)
def test_ring_result(status: str, cause: int, result: RingResult) -> None:
    assert ring_result(status, cause) is result
