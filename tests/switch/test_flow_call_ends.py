"""A caller's way through a flow that breaks off: an engine's death, a hangup at any moment; what is never written."""

from __future__ import annotations

import pytest

from cti.ivr import replies, verbs
from cti.model import events
from cti.switch.flow_desk import FlowDesk
from tests.ivr.flows import flow
from tests.switch.in_flow import C, InFlow
from tests.switch.in_memory import Log
from tests.switch.test_flow_call_verbs import ALL, END, QUEUE, QUEUE_HEAD

pytestmark = pytest.mark.unit

# --- deaths and departures --------------------------------------------------------------------------------------------

MENU = f"""
a: {{menu: Choose, keys: {{'1': b}}, on: {{failed: e}}}}
b: {{menu: Then, keys: {{'1': e}}, on: {{failed: e}}}}
{END}
"""


async def test_where_he_stands_is_on_his_channel_before_he_hears_it() -> None:
    at = InFlow(flow(MENU))
    await at.run()
    assert at.saved.frames[0].node == "a"
    await at.answer()
    saved = sum("CTI_FLOW" in line for line in at.quiet)
    await at.key("1")
    assert at.saved.frames[0].node == "b" and sum("CTI_FLOW" in line for line in at.quiet) == saved + 1
    other = InFlow(flow(MENU))
    assert await other.run(at=at.saved_text) == f"STREAM FILE en/cti/flows/t/b {ALL}", "the node again, not the start"


async def test_after_a_death_in_the_line_the_survey_comes_all_the_same() -> None:
    dead, alive = InFlow(flow(QUEUE, head=QUEUE_HEAD)), InFlow(flow(QUEUE, head=QUEUE_HEAD))
    await dead.run()
    assert "question/how" in await alive.run("talked", dead.saved_text)
    assert [(told.what, told.detail) for told in alive.told()] == [(events.SURVEY_ASKED, "after.how")]


@pytest.mark.parametrize("at", ["", "damaged", "AAAA"])
async def test_a_checkpoint_that_is_none_begins_anew(at: str) -> None:
    call = InFlow(flow(MENU))
    assert await call.run(at=at) == f"STREAM FILE en/cti/flows/t/a {ALL}"


async def test_a_caller_of_another_version_whose_node_is_gone_begins_anew() -> None:
    dead, alive = InFlow(flow(MENU)), InFlow(flow(MENU.replace("b:", "c:").replace("'1': b", "'1': c")))
    await dead.run()
    await dead.key("1")
    assert await alive.run(at=dead.saved_text) == f"STREAM FILE en/cti/flows/t/a {ALL}"


EVERYTHING = f"""
a: {{play: Hi, then: m}}
m: {{menu: Choose, keys: {{'1': c}}, on: {{failed: e}}}}
c: {{collect: d, ask: Number, length: '2', then: v, on: {{failed: e}}}}
v: {{record: r, ask: Speak, then: t, on: {{empty: t}}}}
t: {{transfer: shop, then: e, on: {{failed: e}}}}
{END}
"""
STEPS = (0, ord("1"), 0, ord("1"), ord("2"), 0, 0, 0, 0, 0)


@pytest.mark.parametrize(
    "how", ["HANGUP", "511 Command Not Permitted on a dead channel or intercept routine", "gone", "breaks"]
)
@pytest.mark.parametrize("step", range(len(STEPS)))
async def test_a_hangup_at_any_moment_ends_everything(step: int, how: str) -> None:
    desk = FlowDesk(transfers={"shop": "PJSIP/200"})
    at = InFlow(flow(EVERYTHING, head="variables: {d: digits, r: text}\non: {error: e}"), desk=desk)
    heard = await at.run()
    for result in STEPS[:step]:
        heard = await at.answer(result, " endpos=8000" if heard.startswith("RECORD") else "")
    assert heard, f"step {step} is reached"
    at.told()
    if how == "breaks":
        await at.caller.breaks()
    elif how == "gone":  # no HANGUP: the commands say it themselves
        assert await at.answer(-1) == "CHANNEL STATUS"
        await at.caller.says("511 Command Not Permitted on a dead channel or intercept routine")
    else:
        await at.caller.says(how)
    assert at.is_over and desk.calls == 0 and desk.bugs == 0 and at.caller.heard() == []
    assert at.told() == ([events.SessionLost(C)] if how in ("HANGUP", "breaks") else [])


LOGIN = f"""
a: {{collect: pin, ask: Pin, length: '4', then: l, on: {{failed: e}}}}
l: {{lookup: shop, post: /login, send: {{pin: pin}}, into: {{ok: ok}}, then: e, on: {{not_found: e, down: e}}}}
{END}
"""


async def test_secret_digits_are_written_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    log = Log()
    monkeypatch.setattr("cti.switch.flow_call.log", log)
    monkeypatch.setattr("cti.switch.flow_channel.log", log)
    seen: list[verbs.Lookup] = []

    async def ask(verb: verbs.Lookup) -> replies.AnyReply:
        seen.append(verb)
        raise RuntimeError

    head = "variables: {pin: {type: digits, sensitive: true}, ok: flag}"
    at = InFlow(flow(LOGIN, head=head), desk=FlowDesk(ask=ask))
    await at.run()
    for digit in "9876":
        await at.key(digit)
    assert seen and "9876" not in repr(seen)
    assert log.lines and "9876" not in str(log.lines) + str(at.quiet) + str(at.core.events) + repr(at.call.flow)
    assert all("9876" not in str(frame) for frame in at.saved.frames)
