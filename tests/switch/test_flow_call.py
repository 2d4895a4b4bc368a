"""A caller's way through a flow on his AGI session: what is sent for each verb, and what its answer means."""

from __future__ import annotations

import gc
import weakref

import pytest

from cti.ivr import replies
from cti.model import events
from cti.switch.agi_session import ANSWER_S
from cti.switch.flow_call import FALLBACK
from cti.switch.flow_desk import FlowDesk
from tests.ivr.flows import flow
from tests.switch.in_flow import C, InFlow
from tests.switch.in_memory import Log, settle

pytestmark = pytest.mark.unit

END = "e: {hangup: Bye}"
MENU = f"""
a: {{menu: Choose, keys: {{'1': one, '2': e}}, first_digit_s: 4, on: {{failed: e}}}}
one: {{play: One, then: e}}
{END}
"""
A, ONE, BYE = (
    "STREAM FILE en/cti/flows/t/a 0123456789*#",
    "STREAM FILE en/cti/flows/t/one 0123456789*#",
    'STREAM FILE en/cti/flows/t/e ""',
)

SORRY = 'STREAM FILE en/cti/texts/sorry ""'
PLAY_AND_MENU = f"""
a: {{play: Hi, then: m}}
m: {{menu: Choose, keys: {{'1': one}}, on: {{failed: e}}}}
one: {{play: One, then: e}}
{END}
"""


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Log:
    found = Log()
    monkeypatch.setattr("cti.switch.flow_call.log", found)
    monkeypatch.setattr("cti.switch.flow_channel.log", found)
    return found


async def test_nothing_of_a_flow_that_is_over_waits_for_the_collector() -> None:
    at = InFlow(flow(MENU))
    await at.run()
    assert await at.key("2") == BYE
    assert await at.answer() == ""
    await at.ends()
    assert at.call.flow is not None
    left = [weakref.ref(at.call), weakref.ref(at.call.flow)]
    gc.disable()
    try:
        at.call.let_go()
        del at.call
        assert [ref() for ref in left] == [None, None]
    finally:
        gc.enable()


# --- menu -------------------------------------------------------------------------------------------------------------


async def test_a_call_walks_through_its_flow_to_the_good_bye() -> None:
    at = InFlow(flow(MENU))
    assert await at.run() == A
    assert at.quiet[0] == "EXEC MSet TIMEOUT(absolute)=0", "accepted before the first word"
    assert at.desk.calls == 1
    assert await at.answer() == "WAIT FOR DIGIT 4000"
    assert await at.key("1") == ONE
    assert await at.answer() == BYE
    assert await at.answer() == ""
    await at.ends()


async def test_a_key_cuts_the_prompt_off_and_counts() -> None:
    at = InFlow(flow(MENU))
    await at.run()
    assert await at.key("1") == ONE


async def test_a_key_in_a_prompt_that_goes_on_by_itself_is_for_the_next_menu() -> None:
    at = InFlow(flow(PLAY_AND_MENU))
    await at.run()
    assert await at.key("1") == ONE


async def test_a_prompt_that_is_heard_to_the_end_takes_no_key() -> None:
    at = InFlow(flow(f"a: {{play: Hi, barge_in: false, then: e}}\n{END}"))
    assert await at.run() == 'STREAM FILE en/cti/flows/t/a ""'


async def test_silence_and_wrong_keys_ask_again_and_at_last_lead_out() -> None:
    at = InFlow(flow(MENU))
    await at.run()
    await at.answer()
    assert "silent" in await at.answer(0)
    assert await at.answer() == A
    await at.answer()
    assert "wrong" in await at.key("9")
    assert await at.answer() == A
    await at.answer()
    assert await at.key("7") == BYE


# --- collect ----------------------------------------------------------------------------------------------------------

COLLECT = f"""
a: {{collect: d, ask: Number, length: '2-4', first_digit_s: 6, next_digit_s: 2.5, then: s, on: {{failed: e}}}}
s: {{say: d, then: e}}
{END}
"""
HEAD = "variables: {d: digits}"


async def test_digits_are_taken_one_by_one_with_their_own_time_each() -> None:
    at = InFlow(flow(COLLECT, head=HEAD))
    assert await at.run() == "STREAM FILE en/cti/flows/t/a/ask 0123456789*#"
    assert await at.answer() == "WAIT FOR DIGIT 6000"
    assert await at.key("4") == "WAIT FOR DIGIT 2500"
    assert await at.key("0") == "WAIT FOR DIGIT 2500"
    assert await at.answer(0) == "STREAM FILE en/digits/4 0123456789*#", "no more: that is the number"


async def test_the_end_key_ends_and_is_no_digit() -> None:
    at = InFlow(flow(COLLECT, head=HEAD))
    await at.run()
    assert await at.key("4") == "WAIT FOR DIGIT 2500", "the prompt is cut off and the key counts"
    await at.key("2")
    assert (await at.key("#")).startswith("STREAM FILE en/digits/4")
    assert (await at.answer()).startswith("STREAM FILE en/digits/2")
    assert await at.answer() == BYE


async def test_enough_digits_end_it_without_a_wait() -> None:
    at = InFlow(flow(COLLECT, head=HEAD))
    await at.run()
    for digit in "123":
        assert (await at.key(digit)).startswith("WAIT FOR DIGIT")
    assert (await at.key("4")).startswith("STREAM FILE en/digits/1")


async def test_a_key_that_works_everywhere_works_as_the_first_one_only() -> None:
    text = f"a: {{collect: d, ask: Number, length: '2-4', end_key: null, then: e, on: {{failed: e}}}}\n{END}"
    at = InFlow(flow(text, head=HEAD + "\neverywhere: {'*': repeat}"))
    await at.run()
    await at.answer()
    assert await at.key("*") == "STREAM FILE en/cti/flows/t/a/ask 0123456789*#"
    await at.answer()
    await at.key("1")
    assert await at.key("*") == "WAIT FOR DIGIT 3000"


async def test_a_key_that_no_telephone_should_have_ends_the_digits() -> None:
    at = InFlow(flow(COLLECT, head=HEAD))
    await at.run()
    await at.key("1")
    await at.key("2")
    assert (await at.key("D")).startswith("STREAM FILE en/digits/1")


async def test_a_thousand_keys_are_no_more_than_asked_for() -> None:
    at = InFlow(
        flow(
            f"a: {{collect: d, ask: Number, length: '40', end_key: null, then: e, on: {{failed: e}}}}\n{END}", head=HEAD
        )
    )
    heard = await at.run()
    waits = 0
    for place in range(1000):
        if heard == BYE:
            break
        waits += heard.startswith("WAIT")
        heard = await at.key(str(place % 10))
    assert (heard, waits) == (BYE, 39)


async def test_a_long_wait_for_a_key_is_no_wedged_asterisk(monkeypatch: pytest.MonkeyPatch) -> None:
    """The patience with Asterisk begins when the caller's turn is over."""
    from tests.switch.test_inbound_call import Alarms

    at = InFlow(flow(MENU.replace("first_digit_s: 4", "first_digit_s: 60")))
    await at.run()
    alarms = Alarms(monkeypatch)
    assert await at.answer() == "WAIT FOR DIGIT 60000"
    assert [delay_s for delay_s, _ in alarms.set] == [60 + ANSWER_S]


# --- prompts that are not there ---------------------------------------------------------------------------------------


async def test_a_missing_prompt_is_told_and_the_flow_goes_on_without_it() -> None:
    at = InFlow(flow(f"a: {{play: Hi, then: e}}\n{END}"))
    await at.run()
    assert await at.answer(-1) == "CHANNEL STATUS"
    assert await at.answer(6) == BYE
    assert at.told() == [events.FlowTold(C, "t", "a", "trouble", "prompt_missing", 1)]


async def test_a_menu_that_nobody_can_hear_is_left_by_the_way_out_of_errors() -> None:
    at = InFlow(flow(MENU, head="on: {error: e}"))
    await at.run()
    await at.answer(-1)
    assert await at.answer(6) == BYE
    assert [told.detail for told in at.told() if isinstance(told, events.FlowTold)] == ["prompt_missing", "mute"]


async def test_a_good_bye_that_is_missing_is_still_the_end() -> None:
    at = InFlow(flow("a: {hangup: Bye}"))
    assert await at.run() == 'STREAM FILE en/cti/flows/t/a ""'
    await at.answer(-1)
    assert await at.answer(6) == ""
    await at.ends()


@pytest.mark.parametrize("refusal", ["510 Invalid or unknown command", "520 Invalid command syntax."])
async def test_what_asterisk_refuses_is_a_broken_verb(refusal: str, log: Log) -> None:
    at = InFlow(flow(MENU, head="on: {error: one}"))
    await at.run()
    await at.caller.says(refusal)
    assert await at.next() == ONE
    assert [told.detail for told in at.told() if isinstance(told, events.FlowTold)] == ["broken"]
    for _ in range(20):
        await at.caller.says(refusal)
        if not await at.next():
            break
    await at.ends()
    assert {text for text, _ in log.told("error")} == {"Asterisk refuses an AGI command of a flow"}


async def test_a_text_that_cannot_be_sent_does_not_leave_the_caller_in_silence(log: Log) -> None:
    async def speak(_text: str, _language: str) -> str:
        return "made\nup"

    desk = FlowDesk(speak=speak)
    at = InFlow(
        flow(
            f"a: {{say: t, then: e}}\n{END}", head="variables: {t: {type: text, default: secret words}}\non: {error: e}"
        ),
        desk=desk,
    )
    assert await at.run() == BYE
    assert "secret" not in str(log.lines) and "made" not in str(log.lines)


async def test_a_text_is_spoken_by_the_voice_or_not_at_all() -> None:
    asked = []

    async def speak(text: str, language: str) -> str | None:
        asked.append((text, language))
        return "made/up" if text == "known" else None

    for text, heard in (("known", "STREAM FILE en/made/up 0123456789*#"), ("other", SORRY)):
        head = f"variables: {{t: {{type: text, default: {text}}}}}"
        at = InFlow(flow(f"a: {{say: t, then: e}}\n{END}", head=head), desk=FlowDesk(speak=speak))
        assert await at.run() == heard
    assert asked[0] == ("known", "en")


# --- the end and bugs -------------------------------------------------------------------------------------------------


async def test_a_flow_that_does_not_exist_costs_nobody_his_call(log: Log) -> None:
    at = InFlow()
    assert await at.run() == ""
    assert at.told() == [events.FlowEnded(C, FALLBACK)]
    assert [text for text, _ in log.told("error")] == ["no such flow; its caller goes to the fallback"]


async def test_who_has_talked_and_whose_flow_is_gone_is_hung_up_not_sent_to_the_fallback(log: Log) -> None:
    at = InFlow()
    assert await at.run("talked", "damaged") == ""
    assert at.told() == [events.FlowEnded(C)] and not log.lines


async def test_a_bug_costs_this_caller_his_flow_and_not_his_call(log: Log) -> None:
    async def ask(_verb: object) -> replies.AnyReply:
        raise ZeroDivisionError("4711")

    head = "variables: {d: digits}"
    at = InFlow(
        flow(f"a: {{lookup: shop, get: /x, into: {{d: d}}, then: e, on: {{not_found: e, down: e}}}}\n{END}", head=head),
        desk=FlowDesk(ask=ask),
    )
    assert await at.run() == ""
    assert at.desk.bugs == 1
    await at.ends(FALLBACK)
    assert log.told("error") == [
        ("a flow broke off; its caller goes to the fallback", {"flow": "t", "error": "ZeroDivisionError"})
    ]
    await settle()
