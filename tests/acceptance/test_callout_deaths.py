"""What becomes of customers and agents when the engine dies over a call-out? Real Asterisk, the switch killed and begun
anew; nobody is dialled twice, nobody who has answered hears silence or is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cti.model import commands, events
from cti.model.callout import Listening
from cti.model.words import AttemptId, DialResult, Heard, OfferId

from . import voices
from .calling_out import arrived, ended, joined, waits
from .centre import Centre
from .lone_switch import NODE, LoneSwitch, call_of
from .tones import Ear
from .waiting import until

pytestmark = pytest.mark.acceptance


@pytest.fixture
def anew(centre: Centre, switch: LoneSwitch) -> Iterator[Callable[[], LoneSwitch]]:
    """Another process after a death."""
    made: list[LoneSwitch] = []

    def begin() -> LoneSwitch:
        made.append(LoneSwitch(centre.lab))
        return made[-1]

    yield begin
    for each in made:
        each.close()


def in_the_air(switch: LoneSwitch, attempt: str) -> bool:
    """Whether the first snapshot shows the attempt, and that nobody has answered it."""
    _, up = switch.until(events.NodeUp)
    return any(leg.leg == call_of(attempt) and not leg.ours for leg in up.legs)


def test_dead_while_it_rings_and_nobody_answers(
    centre: Centre, switch: LoneSwitch, anew: Callable[[], LoneSwitch]
) -> None:
    switch.place("d1")
    phone = centre.world.ringing()
    switch.dies()
    second = anew()
    assert in_the_air(second, "d1")
    phone.refuse(486)
    assert ended(second, "d1") is DialResult.BUSY
    assert not centre.world.incoming, "dialled once"


def test_dead_while_it_rings_and_taken_back_by_the_next(
    centre: Centre, switch: LoneSwitch, anew: Callable[[], LoneSwitch]
) -> None:
    switch.place("d2")
    phone = centre.world.ringing()
    switch.dies()
    second = anew()
    assert in_the_air(second, "d2")
    second.do(commands.CancelCall(AttemptId("d2"), NODE))
    assert ended(second, "d2") is DialResult.CANCELLED
    phone.wait("disconnected")


def test_who_answers_while_nobody_lives_hears_music_and_comes_to_the_next_with_his_ticket(
    centre: Centre, switch: LoneSwitch, anew: Callable[[], LoneSwitch], tmp_path: Path
) -> None:
    switch.place("d3")
    phone = centre.world.ringing()
    switch.dies()
    phone.answer()
    phone.wait("confirmed")
    phone.record(tmp_path / "heard.wav")
    Ear(tmp_path / "heard.wav").until("music")
    second = anew()
    _, call = second.until(events.CallArrived)
    assert (call.call, call.attempt, call.entry) == (call_of("d3"), "d3", 1)
    assert call.ticket is not None and call.ticket.contact == "d3"


def test_dead_while_a_machine_is_listened_for(
    centre: Centre, switch: LoneSwitch, anew: Callable[[], LoneSwitch], tmp_path: Path
) -> None:
    """What was heard reaches the next one."""
    line = centre.line_of_the_world
    centre.world.voice(line, voices.write(centre.lab, tmp_path / "says.wav", voices.MACHINE))
    switch.place("d4", listen=Listening())
    centre.world.ringing().answer()
    switch.until(events.AttemptAnswered)
    switch.dies()
    _, call = anew().until(events.CallArrived)
    assert (call.attempt, call.heard) == ("d4", Heard.MACHINE)


def test_dead_while_he_waits_in_the_line(centre: Centre, switch: LoneSwitch, anew: Callable[[], LoneSwitch]) -> None:
    switch.place("d5")
    centre.world.ringing().answer()
    call = arrived(switch, "d5")
    switch.do(commands.StartMusic(call.call, "default"))
    switch.dies()
    _, again = anew().until(events.CallArrived)
    assert (again.call, again.attempt, again.entry, again.dial_status) == (call.call, "d5", 1, "")


@pytest.mark.parametrize("who", ["agent", "customer"])
def test_dead_while_they_talk(centre: Centre, switch: LoneSwitch, anew: Callable[[], LoneSwitch], who: str) -> None:
    """The talk goes on. After it the customer comes back as one who has been served."""
    agent, customer = joined(centre, switch)
    switch.dies()
    second = anew()
    _, up = second.until(events.NodeUp)
    bridges = {leg.bridge for leg in up.legs}
    assert len(up.legs) == 2 and len(bridges) == 1 and "" not in bridges, "both stand in one bridge"
    customer.hears()
    agent.hears()
    if who == "agent":
        agent.hangup()
        _, back = second.until(events.CallArrived)
        assert (back.attempt, back.entry, back.dial_status) == ("j1", 1, "ANSWER")
    else:
        customer.hangup()
        agent.wait("disconnected")
        second.until(events.CallGone, lambda e: e.call == call_of("j1"))


def test_an_agent_who_waits_for_a_dead_engine_is_let_go(
    centre: Centre, switch: LoneSwitch, anew: Callable[[], LoneSwitch]
) -> None:
    agent = waits(centre, switch)
    switch.place("d6")
    customer = centre.world.ringing()
    switch.dies()
    second = anew()
    agent.wait("disconnected")
    customer.answer()
    call = arrived_again(second)
    second.do(commands.Join(call.call, OfferId("o1")))
    _, over = second.until(events.RingEnded)
    assert over.caller_there and over.result.value == "unreachable", "he is still ours"


def test_an_agent_who_waits_for_a_frozen_engine_is_let_go_by_the_one_that_takes_over(
    centre: Centre, switch: LoneSwitch
) -> None:
    """His line to it stays open: nothing but the new owner takes him out of it."""
    agent = waits(centre, switch)
    switch.freezes()
    second = LoneSwitch(centre.lab, takes_over=True)
    try:
        agent.wait("disconnected")
    finally:
        second.close()


def arrived_again(switch: LoneSwitch) -> events.CallArrived:
    return switch.until(events.CallArrived)[1]


def test_without_any_engine_he_hears_a_message(centre: Centre, switch: LoneSwitch) -> None:
    """Music while engines are tried, then words; he is not asked to leave the number that we have dialled."""
    switch.place("d7")
    phone = centre.world.ringing()
    switch.dies()
    phone.answer()
    phone.wait("confirmed")
    until(lambda: centre.witness.no_more_patience(2) or phone.over, "he is told, and released", 40.0)
    until(lambda: not centre.witness.channels(), "no channel left")
    spool = Path(centre.lab.nodes[0]["callback_spool_dir"])
    assert not list(spool.glob("*.json"))
