"""Is the store of an engine that stands by the owner's? Whoever owns the centre has left his token in his.

Two stores under one domain are two centres that think they are one: what the owner has promised would be known to
nobody after a takeover.
"""

from __future__ import annotations

import asyncio

import structlog

from cti.background import in_thread_of_its_own
from cti.store.database import UNREADABLE, is_file
from cti.store.owner import newest_token_in

LOOK_S = 1.0

log = structlog.get_logger(__name__)


class OwnStore:
    """`is_anothers`: at the last look it knew of no owner as new as the newest one whom we saw serve.

    That stays so when he dies: it is then that it counts. A store that comes back (a mount that was late) is his again.
    """

    def __init__(self, url: str, domain: str) -> None:
        self.is_anothers = False
        self._url, self._domain = url, domain
        self._served = self._judged = 0  # tokens: of the newest owner whom we saw serve, and of whom it knows

    def owner_serves(self, token: int) -> None:
        """The owner by `token` has started: so he has claimed his store."""
        self._served = token

    async def follow(self) -> None:
        """Compare it with each new owner, and again until it is his, until this is cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            if self._served != self._judged:
                await self.look()

    async def look(self) -> None:
        """Compare it with the newest owner who served. Where it does not answer, a takeover says more."""
        try:
            await in_thread_of_its_own(self.lacks_owner)
        except UNREADABLE as error:
            log.debug("the store does not say who owns the centre", error=type(error).__name__)

    def lacks_owner(self) -> bool:
        """Whether it knows nothing of the newest owner who served, as it stands now. Blocks. Raises UNREADABLE."""
        served = self._served
        return self.is_behind(newest_token_in(self._url, self._domain) if served else 0, served)

    def is_behind(self, newest: int, served: int | None = None) -> bool:
        """Whether a store whose newest owner has the token `newest` knows nothing of the one who served."""
        served = self._served if served is None else served
        self.is_anothers = newest < served
        if not self.is_anothers:
            self._judged = served
        return self.is_anothers

    def must_be_looked_at(self) -> bool:
        """Whether to look before it is opened. A file may have gone since, and opening would make a new one; a server
        that held his store holds it still, or says by its newest token that it does not."""
        return self._served != self._judged or is_file(self._url)
