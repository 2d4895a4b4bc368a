"""A customer who is connected with the agent who waits for him: one RingEnded, whoever leaves first."""

from __future__ import annotations

import pytest

from cti.model import commands, events
from cti.model.words import CallId, NodeId, OfferId, RingResult
from cti.switch.originate import mark_of
from tests.switch.a_switch import Bench
from tests.switch.in_memory import Caller

pytestmark = pytest.mark.unit

C, O1 = CallId("a/cti-x1"), OfferId("promise#1")
NAME = "PJSIP/1001-0000000a"
DEST = {"DestChannel": NAME, "DestUniqueid": f"ctia-{mark_of(O1)}"}
JOIN = commands.Join(C, O1)
BRIDGE = f"EXEC Bridge {NAME},x"
RESULT = "GET FULL VARIABLE ${BRIDGERESULT}"
LOST = events.SessionLost(C)


async def customer(bench: Bench) -> Caller:
    """The agent waits, and the customer is here."""
    bench.switch.execute(commands.RingAgent(NodeId("a"), commands.RingLeg(O1, "PJSIP/1001"), 20.0))
    bench.links["a"].tells("DialEnd", DialStatus="ANSWER", **DEST)
    await waits(bench)
    caller = await bench.comes("attempt=x1", uniqueid="cti-x1", path="/outbound/secret")
    bench.desk.told()
    return caller


async def joined(bench: Bench) -> Caller:
    caller = await customer(bench)
    bench.switch.execute(JOIN)
    assert caller.heard() == ["EXEC MSet TIMEOUT(absolute)=0"]
    await caller.answers()
    assert caller.heard() == [BRIDGE]
    return caller


def over(result: RingResult, *, there: bool) -> events.RingEnded:
    return events.RingEnded(C, result, 0.0, there, O1 if result is RingResult.ANSWERED else None)


async def test_the_agent_hangs_up_first(bench: Bench) -> None:
    caller = await joined(bench)
    await caller.answers()
    assert caller.heard() == [RESULT]
    await caller.answers("SUCCESS")
    assert bench.desk.told() == [over(RingResult.ANSWERED, there=True)]
    assert caller.heard() == ["EXEC MSet DIALSTATUS=ANSWER,BRIDGERESULT="], "as a Dial leaves it, for who comes back"


async def test_the_customer_hangs_up_first(bench: Bench) -> None:
    """Asterisk answers 0 all the same, and says HANGUP behind it."""
    caller = await joined(bench)
    await caller.says("200 result=0", "HANGUP")
    await caller.breaks()
    assert bench.desk.told() == [over(RingResult.ANSWERED, there=False), LOST]


async def test_a_dead_channel_is_a_customer_who_left(bench: Bench) -> None:
    caller = await joined(bench)
    await caller.answers()
    await caller.says("HANGUP", "511 Command Not Permitted on a dead channel or intercept routine")
    assert bench.desk.told() == [over(RingResult.ANSWERED, there=False), LOST]


async def test_a_customer_who_leaves_while_we_ask(bench: Bench) -> None:
    """The question is still answered, behind his HANGUP."""
    caller = await joined(bench)
    await caller.answers()
    await caller.says("HANGUP", "200 result=1 (SUCCESS)")
    assert bench.desk.told() == [over(RingResult.ANSWERED, there=False), LOST]


async def test_an_agent_who_is_gone_by_then(bench: Bench) -> None:
    caller = await joined(bench)
    await caller.answers()
    await caller.answers("NONEXISTENT")
    assert bench.desk.told() == [over(RingResult.UNREACHABLE, there=True)]
    assert not caller.closed


async def test_an_agent_of_whom_we_know_that_he_is_gone(bench: Bench) -> None:
    caller = await customer(bench)
    bench.links["a"].tells("Hangup", Channel=NAME, Uniqueid=DEST["DestUniqueid"], Cause="16")
    bench.desk.told()
    bench.switch.execute(JOIN)
    assert caller.heard() == [] and bench.desk.told() == [over(RingResult.UNREACHABLE, there=True)]


async def test_a_customer_who_is_gone_by_then(bench: Bench) -> None:
    caller = await customer(bench)
    await caller.breaks()
    assert bench.desk.told() == [LOST]
    bench.switch.execute(JOIN)
    assert bench.desk.told() == [events.RingEnded(C, RingResult.CANCELLED, caller_there=False)]


async def waits(bench: Bench) -> Caller:
    """The agent's own session."""
    return await bench.comes(f"mark={mark_of(O1)}", uniqueid=DEST["DestUniqueid"], path="/waiting-agent/secret")


async def test_an_agent_whose_customer_is_gone_before_anything_connects_them_is_hung_up(bench: Bench) -> None:
    caller = await customer(bench)
    await caller.breaks()
    bench.switch.execute(JOIN)
    assert [(each["Action"], each["Channel"]) for each in bench.links["a"].fired()] == [("Hangup", NAME)]


async def test_an_agent_whom_no_bridge_has_taken_is_hung_up(bench: Bench) -> None:
    caller = await customer(bench)
    agent = await waits(bench)
    bench.switch.execute(JOIN)
    await caller.answers()
    await caller.answers()
    await caller.answers("NONEXISTENT")
    assert [each["Action"] for each in bench.links["a"].fired()] == ["Hangup"]
    assert not agent.closed


async def test_one_whom_a_bridge_took_is_left_to_it(bench: Bench) -> None:
    caller = await customer(bench)
    agent = await waits(bench)
    bench.switch.execute(JOIN)
    await caller.answers()
    await agent.breaks()
    await caller.answers()
    await caller.answers("SUCCESS")
    assert bench.links["a"].fired() == []


async def test_a_connection_that_breaks_while_they_talk_ends_no_talk(bench: Bench) -> None:
    caller = await joined(bench)
    await caller.breaks()
    assert bench.desk.told() == [LOST]


async def test_what_he_hears_is_cut_off_and_its_music_stops(bench: Bench) -> None:
    caller = await customer(bench)
    bench.switch.execute(commands.StartMusic(C, "jazz"))
    bench.switch.execute(commands.Announce(C, ("welcome",)))
    await caller.answers()
    bench.switch.execute(JOIN)
    assert [action["Action"] for action in bench.links["a"].fired()] == ["ControlPlayback"]
    heard = await caller.answers_all()
    assert "SET MUSIC OFF" in heard and heard.index("SET MUSIC OFF") < heard.index(BRIDGE)


async def test_a_machine_gets_a_message_behind_its_beep(bench: Bench) -> None:
    caller = await customer(bench)
    bench.switch.execute(commands.LeaveMessage(C, ("we-called",), 9.5))
    assert await caller.answers_all() == [
        "EXEC MSet TIMEOUT(absolute)=0",
        "EXEC WaitForSilence 1500,1,10",
        'STREAM FILE we-called ""',
        "SET VARIABLE CTI_DONE 1",
    ]
    assert caller.closed
