"""What happens when the agent's phone rings and nobody talks? Told apart, place kept, and never two for one."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import pytest

from .centre import Centre, agent, number_of
from .engine_process import EngineProcess
from .waiting import until

pytestmark = pytest.mark.acceptance

Start = Callable[..., EngineProcess]

SAME_INSTANT_TRIES = 20
SAME_INSTANT_SPREAD_S = 0.03


def offers(engine: EngineProcess, how: str) -> int:
    return int(engine.part("status")["offers"].get(how, 0))


def test_missed_keeps_the_place_and_pauses_after_two(centre: Centre, start: Start) -> None:
    """anna does not answer: caller 1 keeps his place before caller 2, goes to ben; after two misses anna is paused."""
    centre.phones("1001", "1002")
    engine = start(
        {"sales": {"ring_timeout_s": 1}},
        {"anna": agent("1001", "sales"), "ben": agent("1002", "sales", starts="logged_out")},
        missed_offers={"pause_after_missed": 2, "not_again_s": 60},
    )
    first = centre.call("6001", caller=1)
    missed = centre.rings("1001")
    centre.queued("6001", caller=2)
    missed.wait("disconnected")
    second = centre.rings("1001")
    assert second.number == number_of(2), "not the same caller to the same agent again"
    second.wait("disconnected")
    centre.until_agent("anna", status="on_break", reason="missed", activity="idle")
    assert engine.waiting("sales") == [number_of(1), number_of(2)], "places kept"
    assert engine.do("ben", "login") == 200
    answered = centre.rings("1002")
    assert answered.number == number_of(1), "the one who waits longest"
    answered.answer()
    answered.wait("confirmed")
    first.hears()
    assert offers(engine, "missed") == 2
    assert [row[3] for row in engine.queue_log("RINGNOANSWER")] == ["anna", "anna"]


@pytest.mark.parametrize(("button", "told"), [(603, "rejected"), (486, "busy")])
def test_rejected_and_busy_are_told_apart(centre: Centre, start: Start, button: int, told: str) -> None:
    centre.phones("1001", "1002")
    engine = start(
        {"sales": {}},
        {"anna": agent("1001", "sales"), "ben": agent("1002", "sales", starts="logged_out")},
        missed_offers={"pause_after_missed": 1, "pause_after_unreachable": 1, "rest_after_busy_s": 60},
    )
    caller = centre.call("6001")
    rung = centre.rings("1001")
    rung.reject() if button == 603 else rung.busy()
    until(lambda: offers(engine, told) == 1, f"an offer that was {told}")
    assert engine.waiting("sales") == [number_of(1)], "place kept"
    assert caller.state == "confirmed"
    centre.until_agent("anna", status="available", activity="idle")
    assert {how: n for how, n in engine.part("status")["offers"].items() if n} == {told: 1}
    engine.do("ben", "login")
    phone = centre.rings("1002")
    phone.answer()
    phone.wait("confirmed")
    caller.hears()


def test_a_phone_on_do_not_disturb(centre: Centre, start: Start) -> None:
    """486 at once, before it ever rings: busy all the same."""
    phone = centre.phone("1001")
    phone.auto("1001@node1", 486)
    engine = start({"sales": {}}, {"anna": agent("1001", "sales")}, missed_offers={"rest_after_busy_s": 60})
    centre.call("6001")
    until(lambda: offers(engine, "busy") == 1, "an offer that was busy")
    assert engine.waiting("sales") == [number_of(1)]
    assert engine.agent("anna")["status"] == "available"


def test_rejecting_pauses_after_n(centre: Centre, start: Start) -> None:
    centre.phone("1001").auto("1001@node1", 603)
    engine = start(
        {"sales": {}},
        {"anna": agent("1001", "sales")},
        missed_offers={"pause_after_rejected": 2, "not_again_s": 0, "rest_after_busy_s": 0.2},
    )
    centre.call("6001")
    centre.until_agent("anna", status="on_break", reason="rejected")
    assert offers(engine, "rejected") == 2
    assert engine.waiting("sales") == [number_of(1)]


def test_unreachable_phone_is_told_apart_and_paused(centre: Centre, start: Start) -> None:
    phone = centre.phone("1001")
    phone.register("1001@node1", False)
    try:
        engine = start({"sales": {}}, {"anna": agent("1001", "sales")})
        caller = centre.call("6001")
        centre.until_agent("anna", status="on_break", reason="unreachable", activity="idle")
        assert offers(engine, "unreachable") == 1
        assert engine.waiting("sales") == [number_of(1)], "place kept"
        assert caller.state == "confirmed"
    finally:
        phone.register("1001@node1", True)


def test_caller_hangs_up_while_waiting(centre: Centre, start: Start) -> None:
    engine = start({"sales": {}}, {"anna": agent("1001", "sales", starts="logged_out")})
    caller = centre.queued("6001")
    caller.hangup()
    centre.until_no_calls()
    assert engine.queue("sales")["abandoned"] == 1
    assert len(until(lambda: engine.queue_log("ABANDON"), "ABANDON in queue_log")) == 1


def test_caller_hangs_up_while_it_rings(centre: Centre, start: Start) -> None:
    centre.phones("1001")
    engine = start({"sales": {}}, {"anna": agent("1001", "sales")}, missed_offers={"pause_after_missed": 1})
    caller = centre.call("6001", caller=1)
    rung = centre.rings("1001")
    caller.hangup()
    rung.wait("disconnected")
    centre.until_agent("anna", status="available", activity="idle")
    centre.until_no_calls()
    assert engine.queue("sales")["abandoned"] == 1
    assert offers(engine, "abandoned") == 1 and offers(engine, "missed") == 0
    next_caller = centre.call("6001", caller=2)
    phone = centre.rings("1001")
    phone.answer()
    phone.wait("confirmed")
    next_caller.hears()


def test_caller_hangs_up_in_the_same_instant_as_the_answer(centre: Centre, start: Start) -> None:
    """Whoever is first by a hair: one outcome for every call, and an agent who is free again each time."""
    centre.phones("1001")
    engine = start({"sales": {}}, {"anna": agent("1001", "sales")})
    chance = random.Random(22)
    for number in range(SAME_INSTANT_TRIES):
        caller = centre.call("6001", caller=1 + number % 4)
        phone = centre.rings("1001")
        actions = [phone.answer, caller.hangup]
        chance.shuffle(actions)
        actions[0]()
        time.sleep(chance.uniform(0, SAME_INSTANT_SPREAD_S))  # the jitter is the scenario
        actions[1]()
        caller.wait("disconnected")
        phone.wait("disconnected")
        centre.until_agent("anna", status="available", activity="idle")
    centre.until_no_calls()
    sales = engine.queue("sales")
    assert sales["answered"] + sales["abandoned"] == sales["offered"] == SAME_INSTANT_TRIES, sales

    def ends() -> list[str]:
        return [row[1] for row in engine.queue_log() if row[4] in ("COMPLETECALLER", "COMPLETEAGENT", "ABANDON")]

    until(lambda: len(ends()) >= SAME_INSTANT_TRIES, "an end for each call")
    assert len(set(ends())) == len(ends()) == SAME_INSTANT_TRIES, "one end for each call"


def test_agent_logs_out_while_his_phone_rings(centre: Centre, start: Start) -> None:
    centre.phones("1001", "1002")
    engine = start({"sales": {}}, {"anna": agent("1001", "sales"), "ben": agent("1002", "sales", starts="logged_out")})
    caller = centre.call("6001")
    rung = centre.rings("1001")
    assert engine.do("anna", "logout") == 200
    rung.wait("disconnected", 3.0)
    until(lambda: engine.waiting("sales") == [number_of(1)], "the caller back in the line")
    centre.until_agent("anna", status="logged_out", activity="idle")
    assert offers(engine, "withdrawn") == 1 and offers(engine, "missed") == 0
    engine.do("ben", "login")
    phone = centre.rings("1002")
    phone.answer()
    phone.wait("confirmed")
    caller.hears()


def test_ring_all_has_one_winner(centre: Centre, start: Start) -> None:
    numbers = ("1001", "1002", "1003")
    centre.phones(*numbers)
    engine = start(
        {"sales": {"strategy": "ring_all"}},
        {name: agent(number, "sales") for name, number in zip(("anna", "ben", "chen"), numbers, strict=True)},
    )
    caller = centre.call("6001")
    rung = [centre.rings(number) for number in numbers]
    rung[1].answer()
    rung[1].wait("confirmed")
    for loser in (rung[0], rung[2]):
        loser.wait("disconnected")
    centre.until_agent("ben", activity="talking")
    for name in ("anna", "chen"):
        centre.until_agent(name, activity="idle", status="available")
    caller.hears()
    assert centre.witness.together(number_of(1), "1002")
    assert offers(engine, "lost") == 2 and engine.queue("sales")["answered"] == 1
    second = centre.call("6001", caller=2)
    again = [centre.rings(number) for number in ("1001", "1003")]
    for phone in again:
        phone.answer()
    until(lambda: sum(phone.state == "confirmed" for phone in again) == 1 and any(p.over for p in again), "one winner")
    second.hears()
    assert engine.queue("sales")["answered"] == 2


@pytest.mark.parametrize("button", [603, 486])
def test_the_next_agent_rings_at_once_and_stays_ringing(centre: Centre, start: Start, button: int) -> None:
    """anna's phone refuses; ben's rings within the same instant, and nothing of anna's end disturbs his."""
    centre.phone("1001").auto("1001@node1", button)
    ben = centre.phone("1002")
    engine = start(
        {"sales": {}},
        {"anna": agent("1001", "sales"), "ben": agent("1002", "sales")},
        missed_offers={"rest_after_busy_s": 0, "not_again_s": 60},
    )
    for number in range(6):
        caller = centre.call("6001", caller=1 + number % 4)
        phone = ben.ringing()
        phone.answer()
        phone.wait("confirmed")
        centre.until_agent("ben", activity="talking")
        caller.hears()
        phone.hangup()
        caller.wait("disconnected")
        centre.until_agent("ben", activity="idle")
    centre.until_no_calls()
    assert engine.queue("sales")["answered"] == 6
