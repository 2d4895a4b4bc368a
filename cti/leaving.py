"""How does an engine go without anybody losing his place, where a signal would be too abrupt? To a standby, or empty.

A stop is no harm where a standby takes over, or the engine is started again at once. Alone, and for good, it has to
finish what is inside first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from cti.background import in_thread_of_its_own
from cti.model.changes import Refused
from cti.model.words import RefusedReason

LOOK_S = 0.25
STORE_S = 4.0  # who has typed it waits 5 s; SQLite as long for a lock, which is no answer either

log = structlog.get_logger(__name__)


class Leaving:
    """`standbys`: how many could take over; `inside`: how many would lose something if we ended now.

    `is_joined`: there are others who should stand by. `over` is set when the process may end.
    """

    def __init__(
        self,
        standbys: Callable[[], int],
        inside: Callable[[], int],
        take_nothing_new: Callable[[], None],
        *,
        is_joined: bool = False,
    ) -> None:
        self.over = asyncio.Event()
        self.store_trouble: Callable[[], str] = lambda: ""  # why the store takes nothing now; blocks
        self._standbys, self._inside, self._take_nothing_new = standbys, inside, take_nothing_new
        self._is_joined = is_joined
        self._emptying: asyncio.Task[None] | None = None

    async def drain(self, *, alone: bool = False) -> dict[str, int | str] | Refused:
        """Begin to leave; what will come of it: `handed_over`, or `empties` with so many `inside`.

        Where others should stand by and none does, or could claim the centre, only who means it (`alone`) has nobody
        serve for a while.
        """
        trouble = "" if alone or not self._standbys() else await self._asked_store()
        if trouble:
            what = f"the store takes nothing now ({trouble}): no other engine could take over"
            return Refused(RefusedReason.NOBODY_STANDS_BY, what)
        inside = self._inside()
        if self._standbys():
            log.info("drained: a standby takes over", inside=inside)
            asyncio.get_running_loop().call_later(LOOK_S, self.over.set)  # the answer goes out first
            return {"drain": "handed_over", "inside": inside}
        if self._emptying is None and self._is_joined and not alone:
            return Refused(RefusedReason.NOBODY_STANDS_BY, "nobody stands by: no other engine could take over")
        if self._emptying is None:
            log.info("drained: takes nothing new, ends when nobody is inside", inside=inside)
            self._take_nothing_new()
            self._emptying = asyncio.get_running_loop().create_task(self._until_empty())
        return {"drain": "empties", "inside": inside}

    async def _asked_store(self) -> str:
        """What we cannot write, who takes over could not claim."""
        try:
            async with asyncio.timeout(STORE_S):
                return await in_thread_of_its_own(self.store_trouble)
        except TimeoutError:
            return f"no answer within {STORE_S:.0f} s"

    async def _until_empty(self) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            if not self._inside() or self._standbys():
                break
        log.info("drained: ends", inside=self._inside(), standbys=self._standbys())
        self.over.set()
