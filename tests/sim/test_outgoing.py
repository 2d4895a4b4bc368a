"""Does the model of calls that we begin behave as Asterisk does? Each fact was measured on the real switch."""

from __future__ import annotations

from typing import Any

import pytest

from cti.sim.agenda import VirtualAgenda
from cti.sim.channels import Call, DialResult, Leg
from cti.sim.exchange import Exchange
from cti.sim.outgoing import AgentRing, Outgoing, OutgoingCalls

pytestmark = pytest.mark.unit


class World:
    """Line, callees, wire and people at once: writes down what they are told."""

    def __init__(self) -> None:
        self.agenda = VirtualAgenda()
        self.exchange = Exchange(self.agenda, ["node1"], ["PJSIP/1001"])
        self.calls = OutgoingCalls(self.exchange)
        self.told: list[Any] = []
        self.calls.line = self.calls.callees = self.exchange.wire = self.exchange.people = self  # type: ignore[assignment]

    def attempt_answered(self, outgoing: Outgoing) -> None:
        self.told.append("answered")

    def attempt_ended(self, outgoing: Outgoing, status: str) -> None:
        self.told.append(status)

    def agent_rings(self, ring: AgentRing) -> None:
        self.told.append("rings")

    def agent_waits(self, ring: AgentRing) -> None:
        self.told.append("waits")

    def agent_ended(self, ring: AgentRing, status: str, cause: int) -> None:
        self.told.append(status)

    def agi_open(self, call: Call) -> bool:
        self.told.append(f"agi {call.attempt}")
        return True

    def leg_gone(self, leg: Leg) -> None:
        self.told.append("leg gone")

    def __getattr__(self, name: str) -> Any:
        return lambda *args, **kwargs: None

    def originate(self, timeout_s: float = 20.0) -> Outgoing:
        self.calls.originate("node1", "x1", "+4955500001", timeout_s, None, listens=True)
        return self.calls.ringing["x1"]

    def ring_agent(self) -> AgentRing:
        assert self.calls.ring_agent("node1", "PJSIP/1001", "o1", 15.0)
        return self.calls.agents["o1"]

    def wait(self, seconds: float) -> None:
        end = self.agenda.now + seconds
        while (at := self.agenda.next_at()) is not None and at <= end:
            self.agenda.step()
        self.agenda.pass_to(end)


def test_who_answers_is_listened_to_and_comes_to_the_engine() -> None:
    world = World()
    world.calls.pick_up(world.originate(), "machine", 2.0)
    assert world.told == ["answered"]
    world.wait(2.0)
    assert world.told == ["answered", "agi x1"]
    assert not world.calls.in_the_air()


def test_nobody_answers() -> None:
    world = World()
    world.originate(20.0)
    world.wait(21.0)
    assert world.told == ["NOANSWER"]


def test_one_attempt_has_one_end() -> None:
    world = World()
    outgoing = world.originate()
    world.calls.end(outgoing, "BUSY")
    world.calls.end(outgoing, "CANCEL")
    world.calls.pick_up(outgoing)
    assert world.told == ["BUSY"]


def test_a_restart_tells_nothing() -> None:
    world = World()
    world.originate()
    world.calls.restart("node1")
    world.wait(30.0)
    assert not world.told
    assert not world.calls.ringing


def test_an_agent_who_waits_is_joined_with_the_customer() -> None:
    world = World()
    world.calls.answer(world.ring_agent())
    world.calls.pick_up(world.originate())
    world.wait(1.0)
    call = world.exchange.calls["node1/cti-x1"]
    ended: list[DialResult] = []
    world.calls.join(call, "o1", ended.append)
    (leg,) = world.exchange.legs.values()
    world.wait(5.0)
    world.exchange.hang_up_leg(leg)
    assert (ended[0].status, ended[0].caller_there) == ("ANSWER", True)


def test_an_agent_who_has_left_is_not_joined() -> None:
    world = World()
    ring = world.ring_agent()
    world.calls.answer(ring)
    world.calls.pick_up(world.originate())
    world.wait(1.0)
    world.exchange.hang_up_leg(ring.leg)
    ended: list[DialResult] = []
    world.calls.join(world.exchange.calls["node1/cti-x1"], "o1", ended.append)
    assert (ended[0].status, ended[0].caller_there) == ("CHANUNAVAIL", True)


@pytest.mark.parametrize(("prompts", "after_s"), [(False, 0.0), (True, 1.5)])
def test_who_waits_in_vain_is_dismissed(prompts: bool, after_s: float) -> None:
    world = World()
    world.calls.answer(world.ring_agent())
    world.calls.dismiss("o1", prompts=prompts)
    world.wait(after_s)
    assert world.told == ["rings", "waits", "leg gone"]


def test_an_unregistered_phone_gets_no_leg() -> None:
    world = World()
    world.exchange.phones["PJSIP/1001"].registered = False
    assert not world.calls.ring_agent("node1", "PJSIP/1001", "o1", 15.0)
    assert not world.told


def test_an_agent_s_ring_ends_by_its_time_out() -> None:
    world = World()
    world.ring_agent()
    world.wait(16.0)
    assert world.told == ["rings", "NOANSWER", "leg gone"]
