"""Agents who are rung before their customer: how the ring ends, how they wait, are dismissed, and lost."""

from __future__ import annotations

import pytest

from cti.model import commands, events
from cti.model.words import NodeId, OfferId, RingResult
from cti.switch.agi_session import ANSWER_S
from cti.switch.ami import LinkState
from cti.switch.originate import mark_of
from tests.switch.a_switch import Bench
from tests.switch.in_memory import Caller, settle
from tests.virtual_time import live, passes

pytestmark = pytest.mark.unit

O1 = OfferId("promise#1")
UID = f"ctia-{mark_of(O1)}"
NAME = "PJSIP/1001-0000000a"
LEG = f"a/{UID}"
RING = commands.RingAgent(NodeId("a"), commands.RingLeg(O1, "PJSIP/1001"), 20.0, "Ada")
RINGING, ANSWERED = events.OfferRinging(O1, LEG, NAME), events.OfferAnswered(O1)
DEST = {"DestChannel": NAME, "DestUniqueid": UID}
HANGUP = {"Action": "Hangup", "Channel": NAME}


def dismiss(*prompts: str) -> commands.DismissAgent:
    return commands.DismissAgent(NodeId("a"), O1, prompts)


def rung(bench: Bench) -> None:
    """His phone rings."""
    bench.switch.execute(RING)
    assert [action["ChannelId"] for action in bench.links["a"].sent()] == [UID]
    bench.links["a"].tells("Newchannel", Channel=NAME, Uniqueid=UID)
    bench.links["a"].tells("DialBegin", **DEST)
    assert bench.desk.told() == [events.LegUp(LEG, "PJSIP/1001"), RINGING]


def picks_up(bench: Bench) -> None:
    rung(bench)
    bench.links["a"].tells("DialEnd", DialStatus="ANSWER", **DEST)
    assert bench.desk.told() == [], "nobody is called before he is in our hands"


async def waits(bench: Bench) -> Caller:
    """He has picked up, and his session is open."""
    picks_up(bench)
    session = await bench.comes(f"mark={mark_of(O1)}", uniqueid=UID, path="/waiting-agent/secret")
    assert bench.desk.told() == [ANSWERED] and not session.closed
    return session


def hangs_up(bench: Bench, cause: str = "16") -> list[events.AnyEvent]:
    bench.links["a"].tells("Hangup", Channel=NAME, Uniqueid=UID, Cause=cause)
    return [event for event in bench.desk.told() if not isinstance(event, events.CallGone)]


@pytest.mark.parametrize(
    ("cause", "result"),
    [
        ("17", RingResult.BUSY),
        ("21", RingResult.REJECTED),
        ("19", RingResult.NO_ANSWER),
        ("27", RingResult.UNREACHABLE),
    ],
)
async def test_how_a_ring_ends_without_an_answer(bench: Bench, cause: str, result: RingResult) -> None:
    rung(bench)
    assert hangs_up(bench, cause) == [events.OfferEnded(O1, result), events.LegDown(LEG)]


async def test_a_phone_that_is_not_there(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cti.switch.begun_legs.NO_CHANNEL_S", 0.0)
    bench.switch.execute(RING)
    bench.links["a"].tells("OriginateResponse", Response="Failure", Uniqueid=UID)
    await settle()
    assert bench.desk.told() == [events.OfferEnded(O1, RingResult.UNREACHABLE)]


async def test_a_node_that_is_away_or_refuses(bench: Bench) -> None:
    bench.switch.execute(RING)
    await bench.links["a"].refuses()
    assert bench.desk.told() == [events.OfferEnded(O1, RingResult.UNREACHABLE)]
    bench.links["a"].connected = False
    bench.switch.execute(RING)
    assert bench.desk.told() == [events.OfferEnded(O1, RingResult.UNREACHABLE)]


async def test_an_agent_who_hangs_up_while_he_waits(bench: Bench) -> None:
    await waits(bench)
    assert hangs_up(bench) == [events.LegDown(LEG)]
    bench.switch.execute(dismiss())
    assert bench.links["a"].fired() == []


async def test_his_session_tells_his_answer_where_ami_does_not(bench: Bench) -> None:
    bench.switch.execute(RING)
    await bench.comes(f"mark={mark_of(O1)}", uniqueid=UID, path="/waiting-agent/secret")
    assert bench.desk.told() == [events.OfferRinging(O1, LEG, "PJSIP/trunk-00000001"), ANSWERED]


async def test_who_waits_for_nobody_is_let_go(bench: Bench) -> None:
    session = await bench.comes("mark=ffff", uniqueid=UID, path="/waiting-agent/secret")
    assert bench.desk.told() == []
    assert session.heard() == ["SET VARIABLE CTI_DONE 1"], "or his dialplan would go on trying"
    await session.answers()
    assert bench.tasks[-1].done()


async def test_a_session_that_breaks_comes_back_and_he_waits_on(bench: Bench) -> None:
    session = await waits(bench)
    session.wire.close()
    await settle()
    again = await bench.comes(f"mark={mark_of(O1)}", uniqueid=UID, path="/waiting-agent/secret")
    assert bench.desk.told() == [] and not again.closed
    bench.switch.execute(dismiss("not-reached"))
    assert again.heard() == ['STREAM FILE not-reached ""']


async def test_nobody_is_called_for_an_agent_who_does_not_come_into_our_hands(bench: Bench) -> None:
    """Found by chaos: FastAGI was cut, and customers' phones rang for a moment."""
    picks_up(bench)
    assert hangs_up(bench) == [events.OfferEnded(O1, RingResult.CANCELLED), events.LegDown(LEG)]


# --- dismissed --------------------------------------------------------------------------------------------------------


async def test_a_ring_taken_back(bench: Bench) -> None:
    rung(bench)
    bench.switch.execute(dismiss("sorry"))
    assert bench.links["a"].fired() == [HANGUP]
    assert hangs_up(bench, "0")[0] == events.OfferEnded(O1, RingResult.CANCELLED)


async def test_a_ring_taken_back_before_its_channel_is_known(bench: Bench) -> None:
    bench.switch.execute(RING)
    bench.switch.execute(dismiss())
    assert bench.links["a"].fired() == []
    bench.links["a"].tells("Newchannel", Channel=NAME, Uniqueid=UID)
    assert bench.links["a"].fired() == [HANGUP]


async def test_who_waits_hears_why_and_is_hung_up(bench: Bench) -> None:
    session = await waits(bench)
    bench.switch.execute(dismiss("not-reached"))
    assert await session.answers_all() == ['STREAM FILE not-reached ""', "HANGUP"]
    await session.hangs_up()
    assert hangs_up(bench) == [events.LegDown(LEG)]


def test_a_long_good_bye_is_heard_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        bench = Bench(monkeypatch)
        await bench.begin()
        session = await waits(bench)
        bench.switch.execute(dismiss("a-long-story"))
        await passes(70.0)
        assert session.heard() == ['STREAM FILE a-long-story ""'] and not session.closed
        await session.answers()
        assert session.heard() == ["HANGUP"]
        await passes(ANSWER_S + 1)
        assert session.closed, "nothing came of it"
        await bench.end()

    live(story)


async def test_a_broken_session_is_no_reason_to_keep_him(bench: Bench) -> None:
    session = await waits(bench)
    session.wire.close()
    await settle()
    bench.switch.execute(dismiss("not-reached"))
    assert bench.links["a"].fired() == [HANGUP]


# --- AMI was away -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("still_there", [True, False])
async def test_a_ring_over_a_gap(bench: Bench, *, still_there: bool) -> None:
    rung(bench)
    await bench.links["a"].becomes(LinkState.DOWN, "away")
    await bench.links["a"].becomes(LinkState.UP)
    await bench.links["a"].lists_channels(*[{"Uniqueid": UID, "Channel": NAME, "Context": "cti-agent"}] * still_there)
    told = [event for event in bench.desk.told() if isinstance(event, events.OfferEnded)]
    assert told == ([] if still_there else [events.OfferEnded(O1, RingResult.CANCELLED)]), "his phone may be well"


async def test_what_the_core_orders_on_hearing_that_the_node_is_there_goes_out(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It orders before the look is quite over: by then the list has been compared, and forgets nobody."""
    node = bench.switch.nodes[NodeId("a")]
    post = node._post

    def orders(event: events.AnyEvent) -> None:
        post(event)
        if isinstance(event, events.NodeUp):
            bench.switch.execute(RING)

    monkeypatch.setattr(node, "_post", orders)
    await bench.links["a"].becomes(LinkState.DOWN, "away")
    await bench.links["a"].becomes(LinkState.UP)
    await bench.links["a"].lists_channels()
    assert [type(event) for event in bench.desk.told()] == [events.NodeDown, events.NodeUp]
    rung_by = [action["ChannelId"] for action in bench.links["a"].sent()]
    assert rung_by == [UID] and hangs_up(bench, "17")[0] == events.OfferEnded(O1, RingResult.BUSY)
