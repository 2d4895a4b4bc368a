"""Is a customer whom we call a contact like any other? The core on a real Asterisk, with real phones at both ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cti.model.callout import Listening, OnMachine
from cti.model.changes import Kind
from cti.model.words import DialFirst

from . import voices
from .centre import Centre
from .lone_engine import LoneEngine
from .lone_switch import NUMBER
from .phones import Call
from .tones import Ear
from .waiting import until

pytestmark = pytest.mark.acceptance

Start = Callable[..., LoneEngine]


@pytest.fixture
def begin(centre: Centre) -> Iterator[Start]:
    """begin(present, **queue) -> a centre that runs; again for another process after a death."""
    centre.phones("1001", "1002")
    assert centre.world
    made: list[LoneEngine] = []

    def start(*present: str, **queue: object) -> LoneEngine:
        made.append(LoneEngine(centre.lab, present or ("anna",), **queue))
        made[-1].until_state(Kind.NODE, "node1", "up")
        return made[-1]

    yield start
    for each in made:
        each.close()
        assert not each.states(Kind.BUG) and "lost" not in each.states(Kind.VISIT)


def talks(engine: LoneEngine, customer: Call, agent: Call) -> None:
    """They hear each other, and the books say so."""
    customer.hears()
    agent.hears()
    engine.until_state(Kind.ACTIVITY, "anna", "talking")


def over(centre: Centre, engine: LoneEngine, *, outcome: str, attempts: list[str]) -> None:
    """The contact has ended, everybody is free, nothing is left in Asterisk."""
    engine.until_state(Kind.CONTACT, "promise", "ended")
    until(lambda: engine.states(Kind.ACTIVITY, "anna")[-1:] in (["idle"], []), "anna is free")
    until(lambda: not centre.witness.channels(), "no channel left")
    assert [state for state in engine.states(Kind.VISIT) if state != "waiting"] == [outcome]
    assert engine.states(Kind.ATTEMPT) == attempts


REACHED = ["placed", "answered", "human"]


def test_the_agent_first(centre: Centre, begin: Start) -> None:
    engine = begin()
    engine.due("promise", show="Ada")
    agent = centre.rings("1001")
    assert not centre.world.incoming, "nobody is called before he is there"
    agent.answer()
    customer = centre.world.ringing()
    customer.answer()
    talks(engine, customer, agent)
    agent.hangup()
    customer.wait("disconnected")
    over(centre, engine, outcome="answered", attempts=REACHED)


@pytest.mark.parametrize("first", list(DialFirst))
def test_a_phone_that_is_asked_to_answers_by_itself(centre: Centre, begin: Start, first: DialFirst) -> None:
    """Nobody touches it: rung before its customer, and for one who has answered already."""
    engine = begin()
    engine.due("promise", first=first, auto_answer=True)
    if first is DialFirst.CUSTOMER:
        centre.world.ringing().answer()
    agent = centre.rings("1001")
    agent.wait("confirmed")
    alert, call = sorted(agent.asked)
    assert alert.startswith("Alert-Info:") and alert.endswith(";info=alert-autoanswer;delay=0")
    assert call.startswith("Call-Info:") and call.endswith(";answer-after=0")
    if first is DialFirst.AGENT:
        customer = centre.world.ringing()
        assert not customer.asked, "that is no header for others"
        customer.answer()
    agent.hears()
    engine.until_state(Kind.ACTIVITY, "anna", "talking")
    agent.hangup()
    over(centre, engine, outcome="answered", attempts=REACHED)


def test_a_phone_that_is_not_asked_rings(centre: Centre, begin: Start) -> None:
    engine = begin()
    engine.due("promise")
    agent = centre.rings("1001")
    assert agent.asked == []
    agent.answer()
    customer = centre.world.ringing()
    customer.answer()
    talks(engine, customer, agent)
    customer.hangup()
    over(centre, engine, outcome="answered", attempts=REACHED)


def test_the_customer_first(centre: Centre, begin: Start) -> None:
    engine = begin()
    engine.due("promise", first=DialFirst.CUSTOMER)
    customer = centre.world.ringing()
    engine.until_state(Kind.ACTIVITY, "anna", "dialling")
    customer.answer()
    agent = centre.rings("1001")
    assert agent.number == NUMBER
    agent.answer()
    talks(engine, customer, agent)
    customer.hangup()
    agent.wait("disconnected")
    over(centre, engine, outcome="answered", attempts=REACHED)


@pytest.mark.parametrize("first", list(DialFirst))
def test_a_customer_who_is_busy_costs_the_agent_nothing(centre: Centre, begin: Start, first: DialFirst) -> None:
    engine = begin()
    engine.due("promise", first=first)
    if first is DialFirst.AGENT:
        agent = centre.rings("1001")
        agent.answer()
    centre.world.ringing().refuse(486)
    engine.until_state(Kind.OFFER, "promise", "not_reached")
    if first is DialFirst.AGENT:
        agent.wait("disconnected", timeout_s=15.0)
    over(centre, engine, outcome="not_reached", attempts=["placed", "busy"])


def test_an_agent_who_hangs_up_while_his_customer_rings(centre: Centre, begin: Start) -> None:
    """The customer's phone stops; the next agent is kept for him, and he is called again."""
    engine = begin("anna", "ben")
    engine.due("promise")
    first = centre.rings("1001")
    first.answer()
    customer = centre.world.ringing()
    first.hangup()
    customer.wait("disconnected")
    second = centre.rings("1002")
    second.answer()
    again = centre.world.ringing()
    again.answer()
    second.hears()
    again.hears()
    second.hangup()
    over(centre, engine, outcome="answered", attempts=["placed", "cancelled", *REACHED])


def test_a_machine_gets_a_message_and_the_agent_is_free(centre: Centre, begin: Start, tmp_path: Path) -> None:
    line = centre.line_of_the_world
    centre.world.voice(line, voices.write(centre.lab, tmp_path / "says.wav", voices.MACHINE))
    engine = begin()
    message = OnMachine(("custom/message",), 15.0)
    engine.due("promise", first=DialFirst.CUSTOMER, listen=Listening(), on_machine=message)
    customer = centre.world.ringing()
    customer.answer()
    customer.wait("confirmed")
    customer.record(tmp_path / "heard.wav")
    engine.until_state(Kind.ACTIVITY, "anna", "idle")
    assert not customer.over, "she is free long before the message is left"
    Ear(tmp_path / "heard.wav").until("message", timeout_s=20.0)
    customer.wait("disconnected")
    over(centre, engine, outcome="not_reached", attempts=["placed", "answered", "machine"])


def test_without_an_agent_kept_he_waits_in_line_like_every_caller(centre: Centre, begin: Start) -> None:
    engine = begin("nobody")
    engine.due("promise", reserve=False)
    customer = centre.world.ringing()
    customer.answer()
    engine.until_state(Kind.VISIT, "", "waiting")
    customer.hears()
    engine.request("anna", "login")
    agent = centre.rings("1001")
    agent.answer()
    talks(engine, customer, agent)
    agent.hangup()
    over(centre, engine, outcome="answered", attempts=REACHED)


def test_his_turn_is_that_of_everybody(centre: Centre, begin: Start) -> None:
    """Who calls while he waits comes after him; who called before him comes first."""
    engine = begin("nobody")
    early = centre.call("6001", caller=1)
    until(lambda: "waiting" in engine.states(Kind.CONTACT), "the caller waits")
    engine.due("promise")
    engine.request("anna", "login")
    agent = centre.rings("1001")
    agent.answer()
    early.hears()
    agent.hangup()
    second = centre.rings("1001")
    second.answer()
    customer = centre.world.ringing()
    customer.answer()
    second.hears()
    second.hangup()
    customer.wait("disconnected")


def test_dead_while_they_talk_after_a_join(centre: Centre, begin: Start) -> None:
    """The next process knows who talks to whom, and who is free when it is over; nobody is dialled again."""
    engine = begin()
    engine.due("promise")
    agent = centre.rings("1001")
    agent.answer()
    customer = centre.world.ringing()
    customer.answer()
    talks(engine, customer, agent)
    engine.dies()
    second = begin()
    agent.hears()
    customer.hears()
    agent.hangup()
    customer.wait("disconnected")
    until(lambda: not centre.witness.channels(), "no channel left")
    assert not centre.world.incoming and "placed" not in second.states(Kind.ATTEMPT)


def test_dead_while_he_is_rung_and_answered_after(centre: Centre, begin: Start) -> None:
    """He answers a process that does not know him: his ticket says who he is, and he is served."""
    engine = begin()
    engine.due("promise", first=DialFirst.CUSTOMER)
    customer = centre.world.ringing()
    engine.dies()
    second = begin()
    customer.answer()
    agent = centre.rings("1001")
    agent.answer()
    talks(second, customer, agent)
    agent.hangup()
    customer.wait("disconnected")
    second.until_state(Kind.CONTACT, "promise", "ended")
    assert not centre.world.incoming
