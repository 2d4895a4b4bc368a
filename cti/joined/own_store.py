"""Is the store of an engine that stands by the owner's? Whoever owns the centre has left his token in his.

Two stores under one domain are two centres that think they are one: what the owner has promised would be known to
nobody after a takeover. And who does not reach the store (another password, pg_hba.conf, a firewall) could not take
over, which nobody would notice before the owner has gone.
"""

from __future__ import annotations

import asyncio

import structlog

from cti.background import in_thread_of_its_own
from cti.clocks import lasting_clock
from cti.config.joined import Joined
from cti.store.database import UNREADABLE, is_file, reason
from cti.store.owner import newest_token_in

LOOK_S = 1.0
AGAIN_S = 60.0  # once it is his: passwords and firewalls change while an engine stands by
# Looks without an answer, one after the other. A single one is a lock for a moment (SQLite waits 5 s for it, so two are
# 11 s), or a server that starts anew: nothing that should have an engine come and go as one who could take over.
MOST_SILENT = 2
OTHER_STORE = "its store is not the owner's: it does not take over, since it knows nothing of what was promised"
REMEDY_OF_OTHER = "one store for all engines of a redis.domain; where the owner's is lost for good, start this one anew"
SILENT = "its store cannot be used: it could not take over"
LET_IN = (
    "have the store answer here as it does where the owner is: the user and password in its url, what he may write, "
    "pg_hba.conf, a firewall; SQLite: its folder, the rights to it, a program that keeps its lock"
)

log = structlog.get_logger(__name__)


class OwnStore:
    """`is_anothers`: at the last look it knew of no owner as new as the newest one whom we saw serve.

    That stays so when he dies: it is then that it counts. A store that comes back (a mount that was late) is his again.
    `is_silent`: it has told nothing of him, look after look; until it does.
    """

    def __init__(self, url: str, rules: Joined) -> None:
        self.is_anothers = self.is_silent = False
        self._url, self._domain = url, rules.domain
        self._patience_s = rules.claim_s  # at a takeover it would not be given longer either
        self._served = self._judged = 0  # tokens: of the newest owner whom we saw serve, and of whom it knows
        self._unanswered = 0  # looks, since it told something
        self._looked_at = 0.0
        self._is_told = False  # the log knows that it is silent

    @property
    def could_be_opened(self) -> bool:
        """Nothing is known that would keep us from taking over with it."""
        return not (self.is_anothers or self.is_silent)

    def owner_serves(self, token: int) -> None:
        """The owner by `token` has started: so he has claimed his store."""
        self._served = token

    async def follow(self) -> None:
        """Compare it with each new owner, again until it is his, and then now and then, until this is cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            if self.is_due():
                await self.look()

    def is_due(self) -> bool:
        """Whether to look. Before anybody served there is nothing to look for, and perhaps no store yet."""
        if not self._served:
            return False
        return self._served != self._judged or self._unanswered > 0 or lasting_clock() - self._looked_at >= AGAIN_S

    async def look(self) -> None:
        """Compare it with the newest owner who served. One that hangs is silent before the look is over."""
        self._looked_at = lasting_clock()
        looking = in_thread_of_its_own(self.lacks_owner)
        try:
            done, _ = await asyncio.wait((looking,), timeout=self._patience_s)
            if not done:
                self._tells_nothing(f"none within {self._patience_s:.0f} s", looks=MOST_SILENT)
            await looking
        except UNREADABLE as error:
            self._tells_nothing(reason(error))
        else:
            self._tells()
        finally:
            looking.cancel()

    def lacks_owner(self) -> bool:
        """Whether it knows nothing of the newest owner who served, as it stands now. Blocks. Raises UNREADABLE."""
        served = self._served
        newest = newest_token_in(self._url, self._domain, answer_s=self._patience_s) if served else 0
        return self.is_behind(newest, served)

    def is_behind(self, newest: int, served: int | None = None) -> bool:
        """Whether a store whose newest owner has the token `newest` knows nothing of the one who served."""
        served = self._served if served is None else served
        self._unanswered, self.is_silent = 0, False
        self.is_anothers = newest < served
        if not self.is_anothers:
            self._judged = served
        return self.is_anothers

    def must_be_looked_at(self) -> bool:
        """Whether to look before it is opened. A file may have gone since, and opening would make a new one; a server
        that held his store holds it still, or says by its newest token that it does not."""
        return self._served != self._judged or is_file(self._url)

    def _tells(self) -> None:
        if self._is_told:
            self._is_told = False
            log.info("the store can be used again: this engine could take over by it")

    def _tells_nothing(self, why: str, looks: int = 1) -> None:
        self._unanswered += looks
        self.is_silent = self._unanswered >= MOST_SILENT
        if self.is_silent and not self._is_told:
            self._is_told = True
            log.error("the store cannot be used: this engine could not take over", reason=why, remedy=LET_IN)
