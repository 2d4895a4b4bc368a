"""Is the store of an engine that stands by the owner's? Whoever owns the centre has named himself in his.

Two stores under one domain are two centres that think they are one: what the owner has promised would be known to
nobody after a takeover.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

import structlog
from sqlalchemy.exc import SQLAlchemyError

from cti.background import in_thread_of_its_own
from cti.clocks import lasting_clock
from cti.joined.door import Whereabouts
from cti.store.owner import named_in

LOOK_S = 1.0

log = structlog.get_logger(__name__)


class OwnStore:
    """`is_anothers`: it did not name the last owner we saw, although he served already, or had had `claim_s` for it.

    That stays so when he dies: it is then that it counts.
    """

    def __init__(self, url: str, domain: str, claim_s: float) -> None:
        self.is_anothers = False
        self._url, self._domain, self._claim_s = url, domain, claim_s
        self._judged = ""  # the owner whom it names
        self._seen, self._seen_at = "", 0.0

    async def follow(self, owner: Callable[[], Whereabouts | None], serves: Callable[[], bool]) -> None:
        """Compare it with each new `owner`, until this is cancelled. `serves`: he has started, so he has claimed it."""
        while True:
            await asyncio.sleep(LOOK_S)
            found = owner()
            if found is not None and found.engine not in ("", self._judged):  # an older release may not say who it is
                await self._look(found.engine, owner, serves=serves())

    async def _look(self, owner: str, newest: Callable[[], Whereabouts | None], *, serves: bool) -> None:
        if owner != self._seen:
            self._seen, self._seen_at = owner, lasting_clock()
        waited_s = lasting_clock() - self._seen_at
        try:
            named = await in_thread_of_its_own(partial(named_in, self._url, self._domain))
        except (SQLAlchemyError, OSError, TypeError, ValueError) as error:  # a takeover would say more
            log.debug("the store does not say who owns the centre", error=type(error).__name__)
            return
        now = newest()
        if named == owner:
            self._judged, self.is_anothers = owner, False
        elif (serves or waited_s >= self._claim_s) and now is not None and now.engine == owner:
            self.is_anothers = True
