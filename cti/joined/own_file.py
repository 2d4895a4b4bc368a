"""From which configuration does an engine start that takes over? From its own file, as it is then.

The file is read again whenever it changes, so that a takeover has nothing left to read. What a reload cannot change
(addresses, the store) needs a restart here, too. Where the file has errors, what it said before goes on to count.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Sequence
from functools import partial
from itertools import count
from pathlib import Path

import structlog

from cti import __version__, file_reading
from cti.background import in_thread_of_its_own
from cti.config.difference import difference, moved, plumbing
from cti.config.settings import Settings
from cti.file_reading import FileReading
from cti.model.policy import Center
from cti.model.policy_version import policy_version
from cti.operator_log import MOST_TOLD
from cti.policy_in_force import FOLLOW, PolicyInForce
from cti.ports import Office

LOOK_S = 1.0
SAY_S = 0.5
AT_TAKEOVER_S = 5.0  # nobody serves while what has changed in the last moment is read
BROKEN = "its file has errors (its log says which): what it said before counts"
SILENT = "its file cannot be read: what it said before counts"
MOST_FORMER = 5

log = structlog.get_logger(__name__)


class OwnFile:
    """`began` is what the process was started with, `settings` what holds when it takes over.

    `trouble`: why the file as it is now does not. `read_again` is set where somebody wants it read (SIGHUP).
    """

    def __init__(self, began: Settings, path: Path | None = None, read_again: asyncio.Event | None = None) -> None:
        self.began = self.settings = began
        self.path, self.trouble = path, ""
        self.version = ""  # of the policy in `settings`; empty: not known yet
        self._named: Settings | None = None  # whose version that is
        self._read_again = read_again or asyncio.Event()
        self._reading = FileReading()
        self._seen: tuple[int, ...] | None = None  # the state of the file that was read last
        self._looked = False
        self._former: list[Settings] = []  # the newest last

    async def follow(self) -> None:
        """Read the file whenever it changes, or somebody wants it, until this is cancelled."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._read_again.wait(), LOOK_S)
            if self._read_again.is_set():
                self._read_again.clear()
                self._seen = None
            await self.look()
            if self._named is not (settings := self.settings) and self.path is not None:
                self.version = await in_thread_of_its_own(partial(_version, settings))
                self._named = settings

    def read_again(self) -> None:
        """Read it soon, changed or not: what it names may have changed, too."""
        self._read_again.set()

    def is_apart(self, owner_says: str) -> bool:
        """Whether the owner goes by another policy than this file's, without changes that were made live."""
        theirs, _, rest = owner_says.partition(" ")
        comparable = rest.partition(" ")[0] == __version__  # another release may name the same content otherwise
        return bool(self.version) and comparable and theirs != self.version

    async def say(self, policy: PolicyInForce, office: Office) -> None:
        """Have those who stand by hear which file holds here, after each reload anew, until this is cancelled."""
        said: Settings | None = None
        for at in count():
            holds = policy.read or self.settings
            if holds is not said:
                version = await in_thread_of_its_own(partial(_version, holds))
                said, office.says = holds, f"{version} {__version__} {at}"
            await asyncio.sleep(SAY_S)

    async def at_takeover(self) -> None:
        """Read what has changed since the last look; a mount that hangs keeps nobody from being served."""
        try:
            async with asyncio.timeout(AT_TAKEOVER_S):
                await self.look()
        except TimeoutError:
            self._fail(SILENT, [f"{self.path}: no answer within {AT_TAKEOVER_S:.0f} s"])

    async def look(self) -> None:
        """Read the file if it is another one than at the last look."""
        if self.path is None:
            return
        state = await in_thread_of_its_own(partial(_state, self.path))
        if state == self._seen:
            return
        reading = await self._reading.read(self.path)
        if reading is None:
            self._fail(SILENT, [f"{self.path}: no answer within {file_reading.READ_LIMIT_S:.0f} s"])
            return
        if reading.settings is None:
            self._fail(BROKEN, reading.lines(reading.errors))
            self._seen = state
            return
        read = reading.settings
        lines, needs_restart = await in_thread_of_its_own(partial(self._differences, read))
        self.take(read)
        self._seen = state  # only now: who was cancelled above has used nothing of it, and a takeover looks again
        if lines or needs_restart or self._looked:
            log.info(
                "file read again; it holds after a takeover",
                difference="; ".join(lines[:MOST_TOLD]),
                differences=len(lines),
                needs_restart=", ".join(needs_restart) or "nothing",
            )
        self._looked = True

    def take(self, read: Settings) -> None:
        """From now on this counts, as far as a reload can change it."""
        followed = [*Center.model_fields, *FOLLOW]
        self._former = [*self._former, self.settings][-MOST_FORMER:]
        self.settings = self.began.model_copy(update={key: getattr(read, key) for key in followed})
        self.trouble = ""

    def back(self, problems: Sequence[str]) -> bool:
        """No engine can start from what the file says: go back to what it said before; False: there is nothing left."""
        if not self._former:
            return False
        self.settings = self._former.pop()
        self._fail(BROKEN, problems)
        return True

    def _differences(self, read: Settings) -> tuple[list[str], list[str]]:
        found = difference(self.settings.center, read.center) + moved(self.settings.nodes, read.nodes)
        return [each.line for each in found], plumbing(self.began, read, FOLLOW)

    def _fail(self, trouble: str, problems: Sequence[str]) -> None:
        self.trouble = trouble
        log.error("the file cannot be used; what it said before counts", errors="; ".join(problems[:MOST_TOLD]))


def _version(settings: Settings) -> str:
    return policy_version(settings.center)


def _state(path: Path) -> tuple[int, ...]:
    try:
        found = os.stat(path)
    except OSError:
        return ()
    return found.st_mtime_ns, found.st_size, found.st_ino
