"""How does an engine that stands by try to take the centre? The store first, since who cannot open it does not take it.

A store that hangs keeps a thread for minutes: so who stands by goes on looking, and can give a try up. One that was
given up takes nothing any more, however late its store opens. Knows the lease by the term alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from functools import partial

from sqlalchemy.exc import SQLAlchemyError

from cti import machine
from cti.background import in_thread_of_its_own
from cti.config.joined import Joined
from cti.config.settings import Settings
from cti.joined.door import RedisAway
from cti.joined.own_store import OTHER_STORE, REMEDY_OF_OTHER, OwnStore
from cti.joined.term import Term
from cti.model.errors import ConfigError
from cti.store.database import UNREADABLE, is_file, open_store, reason_and_remedy
from cti.store.owner import newest_token

MOST_GIVEN_UP = 4  # and not over yet: each keeps a thread, and a connection to a server that has enough to do
SLOW = "the store has not opened in time: it hangs, or is being migrated"


class CannotTake(Exception):
    """Nobody holds the lease, and something keeps us from taking it: what."""


class _Try:
    """One try. It goes for the lease, or is given up: never both, whichever of two threads is first."""

    def __init__(self, began_at: float) -> None:
        self.began_at = began_at
        self.has_ended = False  # its thread has
        self.is_slow = False
        self._lock = threading.Lock()
        self._is_given_up = self._goes_for_lease = False

    def may_go_for_lease(self) -> bool:
        """Asked by its thread when the store is open."""
        with self._lock:
            self._goes_for_lease = not self._is_given_up
            return self._goes_for_lease

    def give_up(self) -> bool:
        """False: too late, what it comes to counts. Does not block: nothing is asked under the lock."""
        with self._lock:
            self._is_given_up = not self._goes_for_lease
            return self._is_given_up


class Taking:
    """The tries of one engine to take over, one at a time: of all others each was given up, or is over."""

    def __init__(self, settings: Settings, rules: Joined, store: OwnStore, term: Term) -> None:
        self._settings, self._rules, self._store, self._term = settings, rules, store, term
        self._try: _Try | None = None
        self._comes: asyncio.Future[bool] | None = None  # what the try comes to
        self._given_up: list[_Try] = []

    @property
    def is_under_way(self) -> bool:
        """A try was begun, and it was neither given up nor is it known what it came to."""
        return self._try is not None

    def begin(self, now: float) -> bool:
        """Try to take over; False: too many hang."""
        assert self._try is None
        self.forget_ended()
        if len(self._given_up) >= MOST_GIVEN_UP:
            return False
        self._try = _Try(now)
        self._comes = in_thread_of_its_own(partial(self._run, self._try))
        return True

    async def is_ours(self, within_s: float) -> bool | None:
        """What the try came to; None: it is not over yet. Raises CannotTake."""
        comes = self._comes
        assert comes is not None
        done, _ = await asyncio.wait((comes,), timeout=within_s)
        if not done:
            return None
        self._try = self._comes = None
        return comes.result()

    def give_up(self) -> bool:
        """Wait no more for the try. False: it is at the lease, and may have taken it."""
        if self._try is None or not self._try.give_up():
            return False
        self._given_up.append(self._try)
        self._let_go()
        self._try = self._comes = None
        return True

    def is_too_slow(self, now: float) -> bool:
        """Whether the store has had as long as it is given for a claim; told once of each try, which ends a server's.

        Not one with a file: there is no network that swallows, a lock is waited for 5 s, and what takes longer is a
        migration, whose lock the next try would meet.
        """
        own = self._try
        if own is None or own.is_slow or now - own.began_at < self._rules.claim_s:
            return False
        own.is_slow = is_file(self._settings.store) or self.give_up()
        return own.is_slow

    def forget_ended(self) -> bool:
        """Whether one that was given up has ended since: the store does something again."""
        before = len(self._given_up)
        self._given_up = [each for each in self._given_up if not each.has_ended]
        return len(self._given_up) < before

    def close(self) -> None:
        """Try no more. What is at the lease is the term's to give back."""
        if self._try is not None:
            self._try.give_up()
            self._let_go()

    def _let_go(self) -> None:
        if self._comes is not None and not self._comes.cancel() and not self._comes.cancelled():
            self._comes.exception()  # it was over: nobody is to miss it

    # --- its thread ---------------------------------------------------------------------------------------------------

    def _run(self, own: _Try) -> bool:
        try:
            return self._take(own)
        finally:
            own.has_ended = True

    def _take(self, own: _Try) -> bool:
        """Open the store first: who cannot does not take over. Raises CannotTake."""
        others = CannotTake(f"{OTHER_STORE}; {REMEDY_OF_OTHER}")
        with contextlib.suppress(*UNREADABLE):  # opening it says why
            if self._store.must_be_looked_at() and self._store.lacks_owner():
                raise others
        try:
            machine.make_directory(self._settings.state_dir)
            store = open_store(self._settings.store, idle_s=self._rules.idle_s)
        except ConfigError as error:
            raise CannotTake(error.problems[0]) from None
        is_ours = False
        try:
            newest = newest_token(store, self._rules.domain)
            if self._store.is_behind(newest):
                raise others
            is_ours = own.may_go_for_lease() and self._term.take(store, newest)
        except SQLAlchemyError as error:
            raise CannotTake(f"store: {reason_and_remedy(error, store)}") from None
        except RedisAway as away:
            raise CannotTake(f"Redis: {away}") from None
        finally:
            if not is_ours:
                store.close()
        return is_ours
