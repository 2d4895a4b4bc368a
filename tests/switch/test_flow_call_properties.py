"""Any flow, any answers of Asterisk, any systems: does the caller's way always end, once, and leave nothing behind?

Flows made at random, hours of them in virtual time; where everybody waited for ever, the loop would say so (Stuck).
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cti.ivr import replies, verbs
from cti.ivr.book import FlowBook
from cti.model import events
from cti.model.flow import Flow
from cti.switch.flow_desk import FlowDesk
from tests.ivr.test_session_properties import flows
from tests.switch.in_flow import C, InFlow, pending_tasks
from tests.switch.in_memory import settle
from tests.virtual_time import live, passes

pytestmark = pytest.mark.unit

OUTCOMES = ("talked", "left", "timed_out", "full", "nobody", "closed", "failed", "", "nonsense")
KEYS = "0123456789*#ABCD"
STEPS = 60  # answers, then the caller has had enough
FOUND = replies.Found({"t": "x", "n": 3, "day": "2026-11-25", "yes": True, "cost": 5})
ANSWERS = (FOUND, replies.Found({"n": "odd"}), replies.NotFound(), replies.Down("timeout"), None)


class Story:
    """Asterisk, the line and the customer's systems, as `data` draws them."""

    def __init__(self, main: Flow, other: Flow, data: st.DataObject) -> None:
        self.draw = data.draw
        desk = FlowDesk(ask=self._ask, speak=self._speak, take_callback=self._take, transfers={"reception": "PJSIP/1"})
        self.at = InFlow(main, desk=desk)
        desk.book = FlowBook({"main": main, "other": other})
        self.told: list[events.AnyEvent] = []
        self.hung_up = False

    def one_of(self, *these: object) -> object:
        return self.draw(st.sampled_from(these))

    async def _ask(self, _verb: verbs.Lookup) -> replies.AnyReply:
        await passes(self.draw(st.sampled_from((0.0, 1.0, 2.0, 100.0))))
        answer = self.draw(st.sampled_from(ANSWERS))
        if answer is None:
            raise RuntimeError("a bug of ours")
        return answer

    async def _speak(self, _text: str, _language: str) -> str | None:
        return self.draw(st.sampled_from(("made", None)))

    async def _take(self, _verb: verbs.TakeCallback, _call: str) -> replies.AnyReply:
        return self.draw(st.sampled_from((replies.CallbackTaken(), replies.CallbackRefused("already"))))

    def answer(self, command: str) -> str:
        """What Asterisk says to `command`; the channel is up as long as nobody hangs up."""
        key = ord(self.draw(st.sampled_from(KEYS)))
        match command.split()[0]:
            case "STREAM":
                return f"200 result={self.one_of(0, 0, 0, key, -1)} endpos=800"
            case "WAIT":
                return f"200 result={self.one_of(0, key, key)}"
            case "RECORD":
                return f"200 result={self.one_of(0, key, -1)} (timeout) endpos={self.one_of(0, 8000)}"
            case "CHANNEL":
                return "200 result=6"
            case "GET":
                return f"200 result=1 ({self.one_of('ANSWER', 'BUSY', 'NOANSWER', 'CANCEL', '')})"
            case "EXEC":
                return f"200 result={self.one_of(0, 0, -1)}"
        return "200 result=1"

    async def live(self) -> None:
        """To the end; whoever plays with the keys for too long hangs up."""
        at = self.at
        line = await at.run()
        for _ in range(STEPS):
            line = await self._core() or line
            if at.is_over:
                break
            if line:
                refused = self.draw(st.integers(0, 20)) == 20
                await at.caller.says("510 Invalid or unknown command" if refused else self.answer(line))
            else:
                await passes(1.0)
            line = await at.next()
        if not at.is_over:
            self.hung_up = True
            await at.caller.hangs_up()
        await settle()
        self.told += at.told()

    async def _core(self) -> str:
        """The line, and nothing else: it ends some time, somehow. The next command, if that brings one."""
        line = ""
        for told in self.at.told():
            self.told.append(told)
            if isinstance(told, events.FlowEnqueues):
                await passes(self.draw(st.sampled_from((0.0, 60.0))))
                line = await self.at.line_ends(str(self.one_of(*OUTCOMES)))
        return line


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(flows(), flows("other"), st.data())
def test_every_way_ends_once_and_leaves_nothing_behind(main: Flow, other: Flow, data: st.DataObject) -> None:
    async def all_of_it() -> tuple[Story, list[str]]:
        story = Story(main, other, data)
        await story.live()
        return story, pending_tasks()

    story, left = live(all_of_it)
    ends = [told for told in story.told if isinstance(told, events.FlowEnded)]
    gone = [told for told in story.told if isinstance(told, events.SessionLost)]
    assert (len(ends), len(gone)) == ((0, 1) if story.hung_up else (1, 0))
    assert story.at.is_over and story.at.desk.calls == 0 and left == []
    assert all(getattr(told, "call", C) == C for told in story.told)
