"""A flow beside the line on the real session objects: a ring cuts it off, and it gives the place up where it must."""

from __future__ import annotations

import asyncio

import pytest

from cti.ivr import replies, verbs
from cti.model import commands, events
from cti.model.words import OfferId
from cti.switch.flow_desk import FlowDesk
from tests.ivr.flows import NOW, flow
from tests.switch.in_flow import C, InFlow, pending_tasks
from tests.switch.in_memory import settle
from tests.switch.test_flow_call_verbs import ALL, QUEUE, QUEUE_HEAD

pytestmark = pytest.mark.unit

RING = commands.Ring(C, (commands.RingLeg(OfferId("o#1"), "PJSIP/1001"),), 15.0, "default")
DIAL = "EXEC Dial PJSIP/1001,15,gm(default)"
SIDE = """
a: {menu: Choose, keys: {'1': p, '2': v, '3': r, '4': c, '5': q, '6': e, '7': t}, tries: 1, on: {failed: r}}
p: {play: Long, then: return}
v: {voicemail: sales, ask: Speak, then: e, on: {empty: e, failed: e}}
r: {play: Back, then: return}
c: {offer_callback: sales, then: e, on: {refused: r}}
q: {queue: support, then: e, on: {failed: e}}
t: {transfer: shop, then: e, on: {failed: e}}
e: {hangup: Bye}
"""
MENU = f"STREAM FILE en/cti/flows/t/a {ALL}"
LEAVES = events.SideFlowLeaves(C)


async def begins(desk: FlowDesk | None = None, key: str = "") -> InFlow:
    at = InFlow(flow(SIDE), desk=desk)
    assert await at.run(keeps_place=True) == MENU
    if key:
        await at.key(key)
    return at


def saved(at: InFlow) -> bool:
    return any("CTI_FLOW" in line for line in at.quiet)


async def test_back_to_the_line_it_leaves_nothing() -> None:
    at = await begins(key="1")
    assert await at.answer() == ""
    assert at.told() == [events.SideFlowEnded(C)] and not saved(at), "a death would find him in his line"
    assert at.desk.calls == 0 and pending_tasks() == []


async def test_a_ring_cuts_a_prompt_off() -> None:
    at = await begins()
    assert at.call.ring(RING) is True and at.call.side_plays, "AMI has to stop it"
    await settle()
    assert at.caller.heard() == [], "behind the prompt"
    await at.caller.says("200 result=0 endpos=800")
    assert at.caller.heard() == [DIAL]
    assert at.told() == [] and not at.call.side_plays and at.desk.calls == 0 and pending_tasks() == []


async def test_a_ring_cuts_waiting_for_a_key_off() -> None:
    """It waits in silence that can be stopped, not in WAIT FOR DIGIT that cannot."""
    at = await begins()
    assert await at.answer() == f"STREAM FILE silence/5 {ALL}"
    assert at.call.ring(RING) is True
    await at.caller.says("200 result=0")
    assert at.caller.heard() == [DIAL]


async def test_a_key_in_the_silence_counts_and_silence_ends() -> None:
    at = await begins()
    await at.answer()
    assert await at.key("1") == f"STREAM FILE en/cti/flows/t/p {ALL}"
    at = await begins()
    await at.answer()
    assert await at.answer() == f"STREAM FILE en/cti/flows/t/r {ALL}"


async def test_without_sounds_of_silence_it_waits_in_short_pieces() -> None:
    at = await begins()
    await at.answer()
    assert await at.answer(-1) == "CHANNEL STATUS"
    assert await at.answer(6) == "WAIT FOR DIGIT 1000"
    assert await at.key("1") == f"STREAM FILE en/cti/flows/t/p {ALL}"


async def test_a_ring_cuts_a_lookup_off() -> None:
    asked: list[bool] = []

    async def ask(_verb: verbs.Lookup) -> replies.AnyReply:
        asked.append(True)
        await asyncio.Event().wait()
        raise AssertionError

    nodes = "a: {lookup: s, get: /x, then: e, on: {not_found: e, down: e}}\ne: {hangup: Bye}"
    at = InFlow(flow(nodes), desk=FlowDesk(ask=ask))
    assert await at.run(keeps_place=True) == "" and asked
    assert at.call.ring(RING) is False, "nothing plays"
    await settle()
    assert at.caller.heard() == [DIAL] and pending_tasks() == []


@pytest.mark.parametrize("key", ["2", "5", "6", "7"])
async def test_what_ends_the_wait_is_told_before_it_is_done(key: str) -> None:
    at = await begins(key=key, desk=FlowDesk(transfers={"shop": "PJSIP/200"}))
    told = at.told()
    assert told[0] == LEAVES and saved(at) and at.call.flow is not None and not at.call.side_plays
    assert key != "5" or isinstance(told[1], events.FlowEnqueues)


async def test_a_good_bye_ends_the_call() -> None:
    at = await begins(key="6")
    assert at.told() == [LEAVES]
    await at.answer()
    await at.ends()


async def test_a_promised_callback_ends_the_wait_a_refused_one_does_not() -> None:
    async def refuse(_verb: verbs.TakeCallback, _call: str) -> replies.AnyReply:
        return replies.CallbackRefused("too_many")

    async def take(_verb: verbs.TakeCallback, _call: str) -> replies.AnyReply:
        return replies.CallbackTaken()

    at = await begins(FlowDesk(take_callback=refuse), key="4")
    assert at.told() == []
    at = await begins(FlowDesk(take_callback=take), key="4")
    assert at.told() == [LEAVES]


@pytest.mark.parametrize("why", ["ring", "hangup"])
async def test_a_promise_is_taken_back_where_an_agent_was_faster(why: str) -> None:
    promised: asyncio.Future[replies.AnyReply] = asyncio.get_running_loop().create_future()
    dropped: list[verbs.TakeCallback] = []

    async def take(_verb: verbs.TakeCallback, _call: str) -> replies.AnyReply:
        return await promised

    at = await begins(FlowDesk(take_callback=take, drop_callback=dropped.append), key="4")
    if why == "ring":
        at.call.ring(RING)
    else:
        await at.caller.hangs_up()
    promised.set_result(replies.CallbackTaken())
    await settle()
    assert len(dropped) == (1 if why == "ring" else 0), "who hangs up behind his key wants to be called"
    assert LEAVES not in at.told()


async def test_another_word_of_the_line_cuts_it_off() -> None:
    for word in ("music", "release", "flow"):
        at = await begins()
        if word == "music":
            assert at.call.start_music(commands.StartMusic(C, "default")) is True
        elif word == "release":
            assert at.call.release(commands.Release(C)) is True
        else:
            again = commands.RunFlow(C, "t")
            assert at.call.run_flow(again, at.desk, lambda: NOW) is True
        await at.caller.answers_all()
        assert events.SideFlowEnded(C) not in at.told()


async def test_keys_are_its_own_also_shortly_after_it() -> None:
    at = await begins()
    assert at.call.flow_takes_keys
    await at.key("3")
    await at.answer()
    assert at.told() == [events.SideFlowEnded(C)] and at.call.flow_takes_keys, "AMI tells of the key later than AGI"
    at.now += 1
    assert not at.call.flow_takes_keys


async def test_a_bug_or_a_flow_that_is_not_there_costs_nobody_his_place() -> None:
    at = InFlow(flow(SIDE))
    at.call.run_flow(commands.RunFlow(C, "nowhere", keeps_place=True), at.desk, lambda: at.now)
    await settle()
    await at.next()
    assert at.told() == [events.SideFlowEnded(C)]

    async def ask(_verb: verbs.Lookup) -> replies.AnyReply:
        raise RuntimeError

    nodes = "a: {lookup: s, get: /x, then: e, on: {not_found: e, down: e}}\ne: {hangup: Bye}"
    at = InFlow(flow(nodes), desk=FlowDesk(ask=ask))
    await at.run(keeps_place=True)
    assert at.told() == [events.SideFlowEnded(C)] and at.desk.bugs == 1


async def test_the_flow_that_led_into_the_line_goes_on_behind_it() -> None:
    at = InFlow(flow(QUEUE, head=QUEUE_HEAD), flow(SIDE, name="side"))
    await at.run()
    at.told()
    side = commands.RunFlow(C, "side", keeps_place=True)
    at.call.run_flow(side, at.desk, lambda: at.now)
    await settle()
    assert await at.next() == f"STREAM FILE en/cti/flows/side/a {ALL}"
    at.call.ring(RING)
    await at.caller.says("200 result=0")
    await at.caller.answers_all()
    assert "question/how" in await at.line_ends("talked")


async def test_where_it_ends_the_wait_the_flow_before_is_over() -> None:
    at = InFlow(flow(QUEUE, head=QUEUE_HEAD), flow(SIDE, name="side"))
    await at.run()
    at.told()
    at.call.run_flow(commands.RunFlow(C, "side", keeps_place=True), at.desk, lambda: at.now)
    await settle()
    await at.next()
    assert "side/e" in await at.key("6")
    assert at.told() == [LEAVES] and at.desk.calls == 1 and at.saved.frames[0].flow == "side"
    await at.answer()
    await at.ends()


async def test_a_key_of_the_line_may_lead_into_another_flow() -> None:
    at = InFlow(flow(QUEUE, head=QUEUE_HEAD), flow(SIDE, name="side"))
    await at.run()
    at.call.run_flow(commands.RunFlow(C, "side"), at.desk, lambda: at.now)
    await settle()
    assert await at.next() == f"STREAM FILE en/cti/flows/side/a {ALL}" and at.desk.calls == 1


@pytest.mark.parametrize("how", ["HANGUP", "breaks"])
async def test_a_hangup_ends_both(how: str) -> None:
    at = InFlow(flow(QUEUE, head=QUEUE_HEAD), flow(SIDE, name="side"))
    await at.run()
    at.call.run_flow(commands.RunFlow(C, "side", keeps_place=True), at.desk, lambda: at.now)
    await settle()
    await at.next()
    at.told()
    await (at.caller.breaks() if how == "breaks" else at.caller.hangs_up())
    await settle()
    assert at.told() == [events.SessionLost(C)] and at.desk.calls == 0 and pending_tasks() == []
