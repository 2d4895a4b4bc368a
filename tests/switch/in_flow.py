"""One caller in a flow, on the real session objects: the test says what Asterisk answers and what the line does."""

from __future__ import annotations

import asyncio
from typing import Any

from cti.ivr import checkpoint
from cti.ivr.book import FlowBook
from cti.model import commands, events
from cti.model.flow import Flow
from cti.model.words import CallId
from cti.switch.flow_desk import FlowDesk
from cti.switch.inbound_call import InboundCall
from tests.ivr.flows import NOW, opening
from tests.switch.in_memory import Caller, Desk, settle

C = CallId("a/17.1")
QUIET = ("EXEC MSet", "SET MUSIC OFF", "SET VARIABLE CTI_FLOW", "SET VARIABLE DIALSTATUS")


class InFlow:
    """A call in the first of `flows`. `next` is the command that Asterisk has to answer now; what is only bookkeeping
    (QUIET) is answered on the way and kept in `quiet`."""

    def __init__(self, *flows: Flow, desk: FlowDesk | None = None) -> None:
        self.desk = desk or FlowDesk()
        self.desk.book = FlowBook({each.name: each for each in flows})
        self.desk.hours = lambda _name, _now: opening()
        self.caller, self.core, self.now = Caller(), Desk(), NOW
        self.call = InboundCall(C, "PJSIP/trunk-00000001", self.caller.session, self.core.post)
        self.quiet: list[str] = []
        self._name = flows[0].name if flows else "nowhere"

    async def run(self, outcome: str = "", at: str = "", **more: Any) -> str:
        """The core lets the flow begin or go on; the first command to answer."""
        given = {"caller": "+4930123456", "dialled": "6100", **more}
        self.call.run_flow(commands.RunFlow(C, self._name, at, outcome, **given), self.desk, lambda: self.now)
        await settle()
        return await self.next()

    async def next(self) -> str:
        for _ in range(100):
            heard = self.caller.heard()
            if not heard:
                return ""
            [line] = heard
            if not line.startswith(QUIET):
                return line
            self.quiet.append(line)
            await self.caller.answers()
        raise AssertionError("bookkeeping without end")

    async def answer(self, result: int | str = 0, rest: str = "") -> str:
        """The command under way ends so; the next one to answer, "" if there is none."""
        await self.caller.says(f"200 result={result}{rest}")
        return await self.next()

    async def key(self, digit: str) -> str:
        """A key ends the prompt, or is what was waited for."""
        return await self.answer(ord(digit))

    async def line_ends(self, outcome: str) -> str:
        """The core sends him back from the line."""
        return await self.run(outcome)

    async def ends(self, goto: str = "") -> None:
        """The flow has told its end, once; the core says good-bye, and nothing of it is left."""
        ends = [told for told in self.told() if isinstance(told, events.FlowEnded)]
        assert ends == [events.FlowEnded(C, goto)]
        self.call.release(commands.Release(C, (), goto))
        await self.caller.answers_all()
        await settle()
        assert self.is_over and self.desk.calls == 0 and self.caller.closed

    @property
    def is_over(self) -> bool:
        return self.call.flow is not None and self.call.flow.over

    def told(self) -> list[events.AnyEvent]:
        """What the core was told since the last look."""
        return self.core.told()

    @property
    def saved(self) -> checkpoint.Checkpoint:
        """The newest checkpoint on the channel."""
        found = checkpoint.read(self.saved_text)
        assert found is not None
        return found

    @property
    def saved_text(self) -> str:
        return [line for line in self.quiet if "CTI_FLOW" in line][-1].rpartition(" ")[2]


def pending_tasks() -> list[str]:
    """Names of tasks that still run, but for the test's own."""
    return [task.get_name() for task in asyncio.all_tasks() if task is not asyncio.current_task()]
