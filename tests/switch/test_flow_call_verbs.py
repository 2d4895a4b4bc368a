"""The verbs of a flow that take their time: lookups, recordings, lines, transfers, callbacks; a caller who leaves."""

from __future__ import annotations

import asyncio

import pytest

from cti.ivr import replies, verbs
from cti.model import commands, events
from cti.model.words import AgentId
from cti.switch.agi_session import ANSWER_S
from cti.switch.flow_desk import FlowDesk
from tests.ivr.flows import flow
from tests.switch.in_flow import C, InFlow, pending_tasks
from tests.switch.in_memory import Caller, Desk, settle
from tests.virtual_time import live, passes

pytestmark = pytest.mark.unit

END = "e: {hangup: Bye}"
BYE = 'STREAM FILE en/cti/flows/t/e ""'
ALL = "0123456789*#"
LOOKUP = f"""
a: {{lookup: shop, get: '/x/{{d}}', into: {{n: n}}, meanwhile: Wait, then: e, on: {{not_found: f, down: f}}}}
f: {{hangup: Fail}}
{END}
"""
LOOKUP_HEAD = "variables: {d: {type: digits, default: '7'}, n: number}"
QUEUE = f"""
a: {{queue: sales, requires: {{en: 2}}, head_start_s: 30, preferred: [ben], preferred_from: own,
    customer: {{order: d}}, then: s, on: {{failed: f, left: l}}}}
s: {{survey: after, questions: [{{name: how, ask: How, scale: csat}}], then: e}}
f: {{hangup: Fail}}
l: {{hangup: Left}}
{END}
"""
QUEUE_HEAD = "variables: {own: {type: text, default: anna}, d: {type: digits, default: '0815'}}"


def asking(answer: replies.AnyReply, after_s: float = 0.0) -> FlowDesk:
    async def ask(_verb: verbs.Lookup) -> replies.AnyReply:
        if after_s:
            await passes(after_s)
        return answer

    return FlowDesk(ask=ask, music_class="soft")


# --- lookups ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "then"), [(replies.Found({"n": 3}), "e"), (replies.NotFound(), "f"), (replies.Down("timeout"), "f")]
)
async def test_a_quick_lookup_is_not_heard(answer: replies.AnyReply, then: str) -> None:
    at = InFlow(flow(LOOKUP, head=LOOKUP_HEAD), desk=asking(answer))
    assert await at.run() == f'STREAM FILE en/cti/flows/t/{then} ""'


def test_a_slow_lookup_is_covered_by_a_prompt_and_then_by_music() -> None:
    async def story() -> None:
        at = InFlow(flow(LOOKUP, head=LOOKUP_HEAD), desk=asking(replies.Found({"n": 3}), 9.0))
        assert await at.run() == ""
        await passes(1.4)
        assert await at.next() == "", "nothing is heard at first"
        await passes(0.2)
        assert await at.next() == 'STREAM FILE en/cti/flows/t/a/meanwhile ""'
        await passes(2)
        assert await at.answer() == "SET MUSIC ON soft"
        assert await at.answer() == ""
        await passes(6)
        assert at.caller.heard() == ["SET MUSIC OFF"]
        await at.caller.answers()
        assert await at.next() == BYE

    live(story)


def test_a_lookup_that_ends_during_its_prompt_needs_no_music() -> None:
    async def story() -> None:
        at = InFlow(flow(LOOKUP, head=LOOKUP_HEAD), desk=asking(replies.NotFound(), 2.0))
        await at.run()
        await passes(1.6)
        assert "meanwhile" in await at.next()
        await passes(1)
        assert await at.answer() == 'STREAM FILE en/cti/flows/t/f ""'

    live(story)


def test_a_caller_who_leaves_takes_his_question_with_him() -> None:
    async def story() -> None:
        ended: list[str] = []

        async def ask(_verb: verbs.Lookup) -> replies.AnyReply:
            try:
                await passes(1000)
            except asyncio.CancelledError:
                ended.append("cancelled")
                raise
            return replies.NotFound()

        for at_s in (0.0, 1.0, 2.0):
            at = InFlow(flow(LOOKUP, head=LOOKUP_HEAD), desk=FlowDesk(ask=ask))
            await at.run()
            if at_s:
                await passes(at_s)
            await at.caller.hangs_up()
            await settle()
            assert at.is_over and at.desk.calls == 0 and pending_tasks() == []
            assert at.told() == [events.SessionLost(C)]
        assert ended == ["cancelled"] * 3

    live(story)


# --- recordings -------------------------------------------------------------------------------------------------------

VOICEMAIL = f"""
a: {{voicemail: sales, ask: Speak, max_s: 90, silence_s: 4, then: e, on: {{empty: m, failed: f}}}}
m: {{hangup: Empty}}
f: {{hangup: Fail}}
{END}
"""


@pytest.mark.parametrize(
    ("answer", "then"),
    [
        ((0, " (timeout) endpos=16000"), "e"),
        ((35, " (dtmf) endpos=8000"), "e"),
        ((0, " (timeout) endpos=0"), "m"),
        ((-1, " (writefile) endpos=0"), "f"),
    ],
)
async def test_a_recording_is_good_empty_or_failed(answer: tuple[int, str], then: str) -> None:
    desk = FlowDesk(recordings="/rec")
    at = InFlow(flow(VOICEMAIL), desk=desk)
    assert "t/a" in await at.run()
    assert await at.answer() == "RECORD FILE /rec/a-17-1-t-a-1 wav # 90000 0 BEEP s=4"
    heard = await at.answer(*answer)
    if heard == "CHANNEL STATUS":
        heard = await at.answer(6)
    assert heard == f'STREAM FILE en/cti/flows/t/{then} ""'


async def test_a_long_recording_is_no_wedged_asterisk(monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.switch.test_inbound_call import Alarms

    at = InFlow(flow(VOICEMAIL))
    await at.run()
    alarms = Alarms(monkeypatch)
    await at.answer()
    assert [delay_s for delay_s, _ in alarms.set] == [90 + ANSWER_S]


async def test_a_caller_who_hangs_up_behind_his_words_is_gone() -> None:
    at = InFlow(flow(VOICEMAIL))
    await at.run()
    await at.answer()
    await at.caller.says("HANGUP", "200 result=-1 (hangup) endpos=24000")
    assert at.is_over and at.told() == [events.SessionLost(C)]


# --- the line ---------------------------------------------------------------------------------------------------------


async def test_into_the_line_back_from_the_talk_and_through_the_survey() -> None:
    at = InFlow(flow(QUEUE, head=QUEUE_HEAD))
    assert await at.run() == ""
    [asked] = at.told()
    assert asked == events.FlowEnqueues(
        C,
        "sales",
        {"en": 2},
        30.0,
        (AgentId("anna"), AgentId("ben")),
        {"order": "0815"},  # type: ignore[arg-type]
    )
    assert at.quiet[-1] == 'SET VARIABLE DIALSTATUS ""', "what an earlier Dial left is forgotten"
    assert at.saved.frames[0].node == "a", "should we die now, the ticket says where he waits and this says whose he is"
    assert await at.line_ends("talked") == f"STREAM FILE en/cti/flows/t/s/question/how {ALL}"
    assert at.quiet.count("SET MUSIC OFF") == 2, "at the beginning, and behind the line"
    assert await at.key("4") == BYE
    assert at.told() == [
        events.FlowTold(C, "t", "s", events.SURVEY_ASKED, "after.how", version=1),
        events.SurveyAnswered(C, "t", "after", "how", "csat", 4, version=1),
    ]
    await at.answer()
    await at.ends()


@pytest.mark.parametrize(
    ("outcome", "file"), [("left", "l"), ("full", "f"), ("timed_out", "f"), ("failed", "f"), ("odd", "f")]
)
async def test_a_line_that_ends_otherwise_leads_on(outcome: str, file: str) -> None:
    at = InFlow(flow(QUEUE, head=QUEUE_HEAD))
    await at.run()
    assert await at.line_ends(outcome) == f'STREAM FILE en/cti/flows/t/{file} ""'


async def test_an_announcement_of_the_line_is_cut_off_when_the_flow_goes_on() -> None:
    at = InFlow(flow(QUEUE, head=QUEUE_HEAD))
    await at.run()
    at.call.start_music(commands.StartMusic(C, "default"))
    await at.caller.answers_all()
    at.call.announce(commands.Announce(C, ("one", "two")))
    assert at.caller.heard() == ['STREAM FILE one ""']
    run = commands.RunFlow(C, "t", outcome="left")
    assert at.call.run_flow(run, at.desk, lambda: at.now) is True, "what plays must be stopped from outside"
    await at.caller.answers()
    assert await at.next() == 'STREAM FILE en/cti/flows/t/l ""'


async def test_a_caller_who_hangs_up_in_the_line_leaves_nothing_behind() -> None:
    at = InFlow(flow(QUEUE, head=QUEUE_HEAD))
    await at.run()
    at.told()
    await at.caller.hangs_up()
    assert at.is_over and at.desk.calls == 0 and at.told() == [events.SessionLost(C)]


async def test_an_attended_transfer_takes_the_flow_along() -> None:
    """Asterisk exchanges the channels of the two sessions: what the flow says from then on is of the other call."""
    at = InFlow(flow("a: {menu: Choose, keys: {'1': e}, on: {failed: e}}\n" + END))
    await at.run()
    other_caller = Caller(uniqueid="18.1")
    other = type(at.call)("a/18.1", "PJSIP/other", other_caller.session, Desk().post)  # type: ignore[arg-type]
    at.call.exchange(other)
    await at.key("1")
    await at.answer()
    assert at.told() == [events.FlowEnded("a/18.1")]  # type: ignore[arg-type]


# --- transfers --------------------------------------------------------------------------------------------------------

TRANSFER = f"""
a: {{transfer: shop, ring_timeout_s: 20, then: e, on: {{busy: b, no_answer: n, failed: f}}}}
b: {{hangup: B}}
n: {{hangup: N}}
f: {{hangup: F}}
{END}
"""


@pytest.mark.parametrize(
    ("status", "then"),
    [("ANSWER", "e"), ("BUSY", "b"), ("NOANSWER", "n"), ("CONGESTION", "f"), ("CHANUNAVAIL", "f")],
)
async def test_a_transfer_ends_as_dial_says(status: str, then: str) -> None:
    at = InFlow(flow(TRANSFER), desk=FlowDesk(transfers={"shop": "PJSIP/200@trunk"}))
    assert await at.run() == "EXEC Dial PJSIP/200@trunk,20,g"
    assert 'SET VARIABLE DIALSTATUS ""' in at.quiet
    assert await at.answer() == "GET FULL VARIABLE ${DIALSTATUS}"
    assert await at.answer(1, f" ({status})") == f'STREAM FILE en/cti/flows/t/{then} ""'


async def test_only_allowed_targets_are_dialled() -> None:
    at = InFlow(flow(TRANSFER))
    assert await at.run() == 'STREAM FILE en/cti/flows/t/f ""'


@pytest.mark.parametrize(("status", "then"), [("ANSWER", BYE), ("", "EXEC Dial PJSIP/200,20,g"), ("BUSY", "EXEC Dial")])
async def test_who_was_connected_while_an_engine_died_is_not_connected_again(status: str, then: str) -> None:
    dead, alive = (InFlow(flow(TRANSFER), desk=FlowDesk(transfers={"shop": "PJSIP/200"})) for _ in "ab")
    await dead.run()
    assert await alive.run(at=dead.saved_text) == "GET FULL VARIABLE ${DIALSTATUS}"
    assert (await alive.answer(1, f" ({status})")).startswith(then)


async def test_a_transfer_that_is_reached_later_does_not_ask_what_was_before() -> None:
    text = f"m: {{menu: Choose, keys: {{'1': a}}, on: {{failed: e}}}}\n{TRANSFER}"
    dead, alive = (InFlow(flow(text, start="m"), desk=FlowDesk(transfers={"shop": "PJSIP/200"})) for _ in "ab")
    await dead.run()
    await alive.run(at=dead.saved_text)
    assert await alive.key("1") == "EXEC Dial PJSIP/200,20,g"


# --- callbacks --------------------------------------------------------------------------------------------------------

CALLBACK = f"""
a: {{offer_callback: sales, ask: Call back, then: e, on: {{declined: d, refused: r, failed: r}}}}
d: {{hangup: D}}
r: {{hangup: R}}
{END}
"""


@pytest.mark.parametrize(
    ("answer", "then"), [(replies.CallbackTaken(), "e"), (replies.CallbackRefused("already"), "r")]
)
async def test_a_callback_is_promised_before_it_is_said(answer: replies.AnyReply, then: str) -> None:
    taken: list[tuple[verbs.TakeCallback, str]] = []

    async def take(verb: verbs.TakeCallback, call: str) -> replies.AnyReply:
        taken.append((verb, call))
        return answer

    at = InFlow(flow(CALLBACK), desk=FlowDesk(take_callback=take))
    await at.run()
    assert await at.key("1") == f'STREAM FILE en/cti/flows/t/{then} ""'
    [(verb, call)] = taken
    assert (verb.queue, verb.number, call) == ("sales", "+4930123456", C)
    assert "+4930123456" not in repr(verb)
