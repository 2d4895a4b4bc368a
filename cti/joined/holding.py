"""Who keeps an owner's lease, and tells the rest of the process whether it may act? A thread of its own.

A thread, so that a busy loop costs no lease: what has to be noticed is a process that is stopped, and that stops its
threads too. A loop that hangs for good is noticed by its own beat, while this thread runs: then the lease is let go.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

import structlog

from cti.clocks import lasting_clock
from cti.joined.door import RedisAway
from cti.joined.question import NotInTime, Question
from cti.joined.tenure import Standing, Tenure

LOOKS = 4  # at the lease, within one lease
SHORTEST_PAUSE_S = 0.05
LOOP_HANGS_S = 15.0  # so long without a beat: this process serves nobody any more
STOPPED_LEASES = 0.75  # from one turn to the next: two answers that do not come in time take half a lease

log = structlog.get_logger(__name__)


class Lease(Protocol):
    """What is asked of Redis; see Door."""

    def renew(self, token: int, says: str) -> bool: ...

    def give_back(self, token: int) -> bool: ...

    def standbys(self) -> list[str]: ...


class Holding:
    """The office of ports.py: one owner's lease, from the moment when it was taken at `asked_at` by `clock`.

    `newest` asks the store for the newest token, and may raise anything. `lost` is called once, from any thread.
    """

    def __init__(
        self,
        lease: Lease,
        token: int,
        newest: Callable[[], int],
        lost: Callable[[], None],
        *,
        lease_s: float,
        asked_at: float,
        clock: Callable[[], float] = lasting_clock,
    ) -> None:
        self.token = token
        self.says = ""  # what those who stand by hear of the file that holds here
        self.standbys = 0  # other engines that could take over, at the last look
        self._lease, self._lost, self._clock = lease, lost, clock
        self._tenure = Tenure(lease_s, asked_at + lease_s)
        self._lock = threading.Lock()
        self._ask_again_at = 0.0  # the loop is not held up by one question after the other
        self._ask_store_at = 0.0
        self._renewed = Question(self._ask_redis, clock, "cti-renew")
        self._stored = Question(newest, clock, "cti-owner")
        self._told_away = self._told_lost = self._told_store = False
        self._stop = threading.Event()
        self._beat = self._turned_at = clock()
        self._thread = threading.Thread(target=self._run, name="cti-lease", daemon=True)

    def begin(self) -> None:
        """Keep the lease from now on."""
        self._thread.start()

    # --- what others ask ----------------------------------------------------------------------------------------------

    def may_act(self) -> bool:
        """Whether this engine still owns the centre. Costs nothing, but after a pause longer than the lease: then it is
        asked, here and now, before anything is done."""
        now = self._clock()
        standing = self._tenure.standing(now)
        if standing is Standing.UNSURE and now >= self._ask_again_at:
            log.warning("paused for longer than a lease: asking before anything is done")
            standing = self._look(only_if_unsure=True)
        return standing is Standing.OURS

    def step_down(self) -> None:
        """Somebody else owns the domain, as a commit has found."""
        self._tenure.taken()
        self._tell_lost()

    def beat(self) -> None:
        """The loop is alive."""
        self._beat = self._clock()

    @property
    def redis_away_s(self) -> float | None:
        """For how long Redis has given no answer; None: it answers."""
        since = self._tenure.away_since
        return None if since is None else self._clock() - since

    def give_back(self) -> None:
        """Stop keeping it, and let a standby take it at once. Blocks for an answer, for a moment."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        self._stored.close()
        self._renewed.close()
        if self._tenure.standing(self._clock()) is Standing.LOST:
            return
        given = Question(lambda: self._lease.give_back(self.token), self._clock, "cti-give-back")
        try:
            given.answer(self._tenure.lease_s)
        except (RedisAway, NotInTime) as away:
            log.warning("lease not given back: a standby waits until it has run out", reason=str(away) or "it hangs")
        finally:
            given.close()

    # --- the thread ---------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        usual_s = pause_s = self._tenure.lease_s / LOOKS
        self._turned_at = self._clock()
        while not self._stop.wait(pause_s):
            if self._turn() is Standing.LOST:
                return
            pause_s = max(SHORTEST_PAUSE_S, usual_s - (self._clock() - self._turned_at))  # who waited asks at once

    def _turn(self) -> Standing:
        """See whether the loop lives, and whether the lease is still ours."""
        began = self._clock()
        if began - self._turned_at > STOPPED_LEASES * self._tenure.lease_s:
            self._beat = began  # this thread was stopped as well: the clock went on, and the loop could not beat
        self._turned_at = began
        if began - self._beat > max(LOOP_HANGS_S, self._tenure.lease_s):
            log.error("the loop hangs: the lease is let go", for_s=round(began - self._beat, 1))
            self.step_down()
        return self._look()

    def _look(self, *, only_if_unsure: bool = False) -> Standing:
        """Ask Redis, and where it gives no answer, or once a lease, the store. `only_if_unsure`: while this waited for
        its turn the other thread may have got its answer."""
        with self._lock:
            now = self._clock()
            standing = self._tenure.standing(now)
            if standing is Standing.LOST or (only_if_unsure and standing is Standing.OURS):
                return standing
            try:
                asked_at, (held, standbys) = self._renewed.answer(self._patience_s)
            except (RedisAway, NotInTime) as away:
                self._without_redis(now, str(away) or "it hangs")
            else:
                self.standbys = standbys
                self._with_redis(asked_at, held)
            now = self._clock()
            self._ask_again_at = now + self._tenure.lease_s / LOOKS
            standing = self._tenure.standing(now)
        if standing is Standing.LOST:
            self._tell_lost()
        return standing

    @property
    def _patience_s(self) -> float:
        """So long one answer may take: a lease outlives one of Redis and one of the store."""
        return self._tenure.lease_s / LOOKS

    def _with_redis(self, asked_at: float, held: bool) -> None:
        if not held or not self._is_newest(asked_at):
            self._tenure.taken()
            return
        self._tenure.renewed(asked_at)
        if self._told_away:
            self._told_away = False
            log.info("Redis answers again; the lease is held")

    def _ask_redis(self) -> tuple[bool, int]:
        """Whether the lease is held on, and how many stand by: in a thread that may hang with it."""
        held = self._lease.renew(self.token, self.says)
        try:
            return held, len(self._lease.standbys())
        except RedisAway:  # the next renewal says so
            return held, 0

    def _without_redis(self, asked_at: float, reason: str) -> None:
        self.standbys = 0  # nobody can take over, whoever may be there
        self._tenure.unanswered(asked_at)  # before the store is asked: that may hang as well
        told = self._ask_store()
        if told is not None:
            confirmed_at, newest = told
            if newest <= self.token:  # less: we have not claimed it yet
                self._tenure.confirmed(confirmed_at)
            else:
                self._tenure.taken()
        if not self._told_away and (self.redis_away_s or 0.0) >= self._tenure.lease_s:  # one may be late
            self._told_away = True
            log.error("Redis gives no answer; this engine goes on, nobody takes over", reason=reason)

    def _is_newest(self, now: float) -> bool:
        """Redis may not know of a newer owner: its replica did not hear of him, or only we reach this half of it. The
        store does; asked once a lease. Where it gives no answer Redis' word holds."""
        if now < self._ask_store_at:
            return True
        self._ask_store_at = now + self._tenure.lease_s
        told = self._ask_store()
        return told is None or told[1] <= self.token

    def _ask_store(self) -> tuple[float, int] | None:
        """The newest token, and when it was asked for; None where the store gives no answer in time: neither thread nor
        loop may wait."""
        try:
            told = self._stored.answer(self._patience_s)
        except NotInTime:
            return None
        except Exception as error:
            if not self._told_store:
                log.warning("the store does not say who owns the centre", error=type(error).__name__)
            self._told_store = True
            return None
        self._told_store = False
        return told

    def _tell_lost(self) -> None:
        if not self._told_lost:
            self._told_lost = True
            self._lost()
