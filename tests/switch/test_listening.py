"""Who listens to a talk: the Originate, how a ring ends, how he is let go, and a connection that was away."""

from __future__ import annotations

import pytest

from cti.model import commands, events
from cti.model.words import NodeId, RingResult, SpyId, SpyMode
from cti.switch import originate
from cti.switch.ami import LinkState
from tests.switch.a_switch import Bench

pytestmark = pytest.mark.unit

A, ID = NodeId("a"), SpyId("17000-1")
UID, NAME = f"ctil-{ID}", "PJSIP/1009-0000000a"
SPY = commands.Spy(A, ID, "a/1700.7", SpyMode.WHISPER, "PJSIP/1009", 30.0, "whisper anna")
STOP = commands.StopSpy(A, ID)
HANGUP = {"Action": "Hangup", "Channel": NAME}


def rung(bench: Bench) -> None:
    bench.switch.execute(SPY)
    bench.links["a"].sent()
    bench.links["a"].tells("Newchannel", Channel=NAME, Uniqueid=UID)


def answers(bench: Bench) -> None:
    rung(bench)
    bench.links["a"].tells("DialEnd", DialStatus="ANSWER", DestChannel=NAME, DestUniqueid=UID)


def ends(bench: Bench, cause: str) -> list[events.AnyEvent]:
    bench.links["a"].tells("Hangup", Channel=NAME, Uniqueid=UID, Cause=cause)
    return [event for event in bench.desk.told() if isinstance(event, events.SpyHears | events.SpyEnded)]


@pytest.mark.parametrize(("mode", "option"), [(SpyMode.LISTEN, None), (SpyMode.WHISPER, "w"), (SpyMode.BARGE, "B")])
async def test_the_originate_names_the_leg_and_the_mode(bench: Bench, mode: SpyMode, option: str | None) -> None:
    bench.switch.execute(commands.Spy(A, ID, "a/1700.7", mode, "PJSIP/1009", 30.0, "anna"))
    (action,) = bench.links["a"].sent()
    wanted = {"Channel": "PJSIP/1009", "ChannelId": UID, "Context": "cti-listen", "Exten": UID, "Timeout": "30000"}
    assert wanted.items() <= dict(action).items()
    fields = originate.spy(commands.Spy(A, ID, "a/1700.7", mode, "PJSIP/1009", 30.0, "anna"))
    variables = [value for key, value in fields if key == "Variable"]
    assert variables == ["CTI_SPY=1700.7", *([f"CTI_SPY_MODE={option}"] if option else [])]


async def test_he_hears_and_it_ends(bench: Bench) -> None:
    answers(bench)
    assert ends(bench, "16") == [events.SpyHears(ID), events.SpyEnded(ID, RingResult.ANSWERED)]
    bench.switch.execute(STOP)
    assert bench.links["a"].sent() == []


@pytest.mark.parametrize(
    ("cause", "result"), [("17", RingResult.BUSY), ("19", RingResult.NO_ANSWER), ("21", RingResult.REJECTED)]
)
async def test_a_phone_that_nobody_answers(bench: Bench, cause: str, result: RingResult) -> None:
    rung(bench)
    assert ends(bench, cause) == [events.SpyEnded(ID, result)]


async def test_he_is_let_go_also_before_there_is_a_channel(bench: Bench) -> None:
    bench.switch.execute(SPY)
    bench.switch.execute(STOP)
    bench.links["a"].sent()
    bench.links["a"].tells("Newchannel", Channel=NAME, Uniqueid=UID)
    assert bench.links["a"].fired() == [HANGUP]
    assert ends(bench, "26") == [events.SpyEnded(ID, RingResult.CANCELLED)]


async def test_a_leg_that_is_none_of_asterisks_is_not_listened_to(bench: Bench) -> None:
    bench.switch.execute(commands.Spy(A, ID, "a/17,S(x)", SpyMode.LISTEN, "PJSIP/1009", 30.0))
    assert bench.links["a"].sent() == []
    assert bench.desk.told() == [events.SpyEnded(ID, RingResult.UNREACHABLE)]


async def test_a_node_that_is_not_configured(bench: Bench) -> None:
    bench.switch.execute(commands.Spy(NodeId("z"), ID, "z/1700.7", SpyMode.LISTEN, "PJSIP/1009", 30.0))
    assert bench.desk.told() == [events.SpyEnded(ID, RingResult.UNREACHABLE)]


async def test_what_was_gone_when_ami_came_back_has_ended(bench: Bench) -> None:
    answers(bench)
    bench.desk.told()
    listeners = bench.switch.nodes[A].begun.listeners
    listeners.reconcile([events.SnapshotLeg(f"a/{UID}", NAME, "PJSIP/1009")])
    assert bench.desk.told() == []
    listeners.reconcile([])
    assert bench.desk.told() == [events.SpyEnded(ID, RingResult.ANSWERED)]


async def test_during_the_first_look_no_phone_rings_of_which_the_list_would_say_that_it_does_not(bench: Bench) -> None:
    await bench.links["a"].becomes(LinkState.DOWN, "away")
    await bench.links["a"].becomes(LinkState.UP)
    bench.desk.told()
    bench.switch.execute(SPY)
    assert bench.links["a"].sent() == []
    assert bench.desk.told() == [events.SpyEnded(ID, RingResult.UNREACHABLE)]
