"""A caller on the switch's own objects, without a socket: the test is Asterisk, and time passes by answering."""

from __future__ import annotations

from collections.abc import Sequence

from cti.model import events
from tests.contract.flow_lines import GONE, Scene, Wiretap
from tests.switch.in_flow import InFlow
from tests.switch.in_memory import settle

SPOKEN = " endpos=24000"
CHANNEL_UP = 6
MOST = 200  # answers until something must have happened


class InMemory:
    """flow_lines.Line."""

    def __init__(self, scene: Scene, tap: Wiretap) -> None:
        self.tap, self.desk = tap, scene.desk()
        self._hours = self.desk.hours
        self.at = InFlow(*scene.flows, desk=self.desk)
        self.desk.hours = self._hours  # InFlow's are always open
        self._posted: list[events.AnyEvent] = []
        self._line = ""
        self._dial_status = "CHANUNAVAIL"

    @property
    def posted(self) -> Sequence[events.AnyEvent]:
        self._posted += self.at.told()
        return self._posted

    async def calls(self) -> None:
        await self._take(await self.at.run())

    async def until(self, name: str, word: str = "") -> None:
        for _ in range(MOST):
            now = self.tap.now
            if now is not None and now.name == name and word in ("", now.words[2]):
                return
            assert self._line, f"{name} {word} never came; heard: {self.tap.sounds()}"
            await self._passes()
        raise AssertionError(f"{name} {word} never came; heard: {self.tap.sounds()}")

    async def presses(self, keys: str) -> None:
        for key in keys:
            while (now := self.tap.now) is not None and key not in now.keys:
                await self._passes()
            spoken = SPOKEN if now is not None and now.name == "RECORD FILE" else ""
            await self._take(await self.at.answer(ord(key), spoken))

    async def hammers(self, keys: str) -> None:
        for key in keys:
            now = self.tap.now
            if now is not None and key in now.keys:
                await self._take(await self.at.key(key))

    async def speaks(self) -> None:
        await self.until("RECORD FILE")

    async def talks(self) -> None:
        await self._take(await self.at.line_ends("talked"))

    async def colleague_talks(self) -> None:
        await self.until("EXEC Dial")
        self._dial_status = "ANSWER"
        await self._passes()

    async def waits_too_long(self) -> None:
        await self._take(await self.at.line_ends("timed_out"))

    async def hangs_up(self) -> None:
        await self.at.caller.hangs_up()
        await self._take("")
        for _ in range(MOST):
            if self.at.is_over:
                return
            await self.at.caller.says("511 Command Not Permitted on a dead channel or intercept routine")

    async def is_let_go(self) -> None:
        while self._line:
            await self._passes()
        await settle()
        assert self.at.is_over, f"the flow goes on; heard: {self.tap.sounds()}"

    # --- inside -------------------------------------------------------------------------------------------------------

    async def _passes(self) -> None:
        """What goes on ends by itself."""
        words = self._line.split()
        if self._line.startswith("STREAM") and GONE in words[2]:
            await self._take(await self.at.answer(-1))
        else:
            await self._take(await self.at.answer(0, SPOKEN if self._line.startswith("RECORD") else ""))

    async def _take(self, line: str) -> None:
        while line.startswith(("GET FULL", "CHANNEL STATUS")):
            if line.startswith("GET"):
                line = await self.at.answer(1, f" ({self._dial_status})")
            else:
                line = await self.at.answer(CHANNEL_UP)
        self._line = line
