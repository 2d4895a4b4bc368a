"""Does virtual time keep its promises: order, patience, rings, duties, and the same course every time?"""

from __future__ import annotations

import random

import pytest

from cti.model import policy
from cti.model.changes import Changed, Kind
from cti.model.words import Activity, AgentAction, AgentId
from cti.sim.queueing import Caller, Duty, VirtualCenter

pytestmark = pytest.mark.simulation


def center_of(agents: int = 1, *, starts: str = "available", **queue: object) -> policy.Center:
    return policy.Center.model_validate(
        {
            "queues": {"sales": queue},
            "agents": {
                f"a{n}": {"phone": f"PJSIP/{n}", "queues": {"sales": {}}, "starts": starts} for n in range(agents)
            },
            "entries": {"1": {"queue": "sales"}},
        }
    )


def visits(center: VirtualCenter, until: float) -> list[tuple[str, float, float]]:
    """How each visit ended: outcome, when, after what wait."""
    found: list[tuple[str, float, float]] = []

    def heard(changed: Changed) -> None:
        if changed.new != "waiting":
            found.append((changed.new, changed.at, changed.wait_s or 0.0))

    center._readers[Kind.VISIT] = heard
    center.run(until)
    return found


def test_first_come_first_served_and_a_talk_lasts_as_long_as_it_lasts() -> None:
    callers = [Caller(0.0, "1", 10.0), Caller(1.0, "1", 5.0), Caller(2.0, "1", 5.0)]
    center = VirtualCenter(center_of(), callers)
    assert visits(center, 100.0) == [("answered", 0.0, 0.0), ("answered", 10.0, 9.0), ("answered", 15.0, 13.0)]
    assert not center.present and not center.core.contacts


def test_wrap_up_keeps_the_agent() -> None:
    callers = [Caller(0.0, "1", 10.0), Caller(1.0, "1", 5.0)]
    assert visits(VirtualCenter(center_of(wrap_up_s=7.0), callers), 100.0)[1] == ("answered", 17.0, 16.0)


def test_who_is_out_of_patience_leaves_waiting_or_ringing() -> None:
    callers = [Caller(0.0, "1", 10.0), Caller(1.0, "1", 5.0, 4.0), Caller(2.0, "1", 5.0, 9.0)]
    center = VirtualCenter(center_of(), callers, ring_s=2.0)
    assert visits(center, 100.0) == [("answered", 2.0, 2.0), ("abandoned", 5.0, 4.0), ("abandoned", 11.0, 9.0)]


def test_nobody_gives_up_in_a_talk() -> None:
    center = VirtualCenter(center_of(), [Caller(0.0, "1", 50.0, 10.0), Caller(1.0, "1", 5.0)])
    assert visits(center, 100.0)[1] == ("answered", 50.0, 49.0)


def test_a_ring_longer_than_allowed_is_missed_and_the_caller_stays() -> None:
    center = VirtualCenter(center_of(ring_timeout_s=5.0), [Caller(0.0, "1", 10.0, 60.0)], ring_s=6.0)
    assert visits(center, 100.0) == [("abandoned", 60.0, 60.0)]


def test_duties_log_in_pause_and_log_out() -> None:
    agent = AgentId("a0")
    duties = [
        Duty(10.0, agent, AgentAction.LOGIN),
        Duty(30.0, agent, AgentAction.PAUSE),
        Duty(50.0, agent, AgentAction.UNPAUSE),
        Duty(70.0, agent, AgentAction.LOGOUT),
    ]
    callers = [Caller(at, "1", 5.0, 60.0) for at in (0.0, 40.0, 80.0)]
    center = VirtualCenter(center_of(starts="logged_out"), callers, duties=reversed(duties))
    assert visits(center, 200.0) == [("answered", 10.0, 10.0), ("answered", 50.0, 10.0), ("abandoned", 140.0, 60.0)]


def test_logged_out_while_it_rings_the_next_one_is_rung() -> None:
    duties = [Duty(1.0, AgentId(f"a{n}"), AgentAction.LOGOUT) for n in (0, 1)]
    duties.append(Duty(20.0, AgentId("a1"), AgentAction.LOGIN))
    center = VirtualCenter(center_of(2), [Caller(0.0, "1", 5.0)], duties=duties, ring_s=3.0)
    assert visits(center, 100.0) == [("answered", 23.0, 23.0)]


def test_ring_all_has_one_winner() -> None:
    busy: list[str] = []

    def activity(changed: Changed) -> None:
        if changed.new == Activity.TALKING:
            busy.append(changed.id)

    callers = [Caller(0.0, "1", 5.0), Caller(1.0, "1", 5.0)]
    center = VirtualCenter(center_of(3, strategy="ring_all"), callers, ring_s=2.0, readers={Kind.ACTIVITY: activity})
    center.run(100.0)
    assert len(busy) == 2


def test_the_longest_wait_ends_elsewhere() -> None:
    center = VirtualCenter(
        center_of(0, max_wait_s=30.0, announce={"every_s": 10.0, "position": True}), [Caller(0.0, "1", 5.0)]
    )
    assert visits(center, 1000.0) == [("timed_out", 30.0, 30.0)]
    assert not center.present


def test_without_an_end_it_stops_at_the_last_arrival() -> None:
    center = VirtualCenter(center_of(), [Caller(0.0, "1", 10.0), Caller(1.0, "1", 5.0)])
    center.run()
    assert center.now == 1.0 and len(center.present) == 2


def test_same_callers_same_course() -> None:
    def course() -> list[Changed]:
        rng, at = random.Random(7), 0.0
        callers = []
        for _ in range(300):
            at += rng.expovariate(0.05)
            callers.append(Caller(at, "1", rng.expovariate(1 / 60), rng.expovariate(1 / 30)))
        heard: list[Changed] = []
        center = VirtualCenter(center_of(3), callers, ring_s=1.0, readers=dict.fromkeys(Kind, heard.append))
        center.run(1e6)
        return heard

    assert course() == course()
