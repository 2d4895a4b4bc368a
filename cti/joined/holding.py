"""Who keeps an owner's lease, and tells the rest of the process whether it may act? A thread of its own.

A thread, so that a busy loop costs no lease: what has to be noticed is a process that is stopped, and that stops its
threads too. A loop that hangs for good is noticed by its own beat: then the lease is let go.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotInTime
from typing import Protocol

import structlog

from cti.joined.door import RedisAway
from cti.joined.tenure import Standing, Tenure

LOOKS = 4  # at the lease, within one lease
LOOP_HANGS_S = 15.0  # so long without a beat: this process serves nobody any more

log = structlog.get_logger(__name__)


def lasting_clock() -> float:
    """Seconds that go on while this process is stopped, and while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class Lease(Protocol):
    """What is asked of Redis; see Door."""

    def renew(self, token: int) -> bool: ...

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
        self.renewals = 0
        self.standbys = 0  # other engines that could take over, at the last look
        self._lease, self._newest, self._lost, self._clock = lease, newest, lost, clock
        self._tenure = Tenure(lease_s, asked_at + lease_s)
        self._lock = threading.Lock()
        self._ask_again_at = 0.0  # the loop is not held up by one question after the other
        self._ask_store_at = 0.0
        self._store = ThreadPoolExecutor(1, thread_name_prefix="cti-owner")
        self._told: Future[int] | None = None  # a question to the store that is under way
        self._told_away = False
        self._stop = threading.Event()
        self._beat = clock()
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
            standing = self._look()
        return standing is Standing.OURS

    def step_down(self) -> None:
        """Somebody else owns the domain, as a commit has found."""
        self._tenure.taken()
        self._lost()

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
        self._store.shutdown(wait=False, cancel_futures=True)
        if self._tenure.standing(self._clock()) is Standing.LOST:
            return
        try:
            self._lease.give_back(self.token)
        except RedisAway as away:
            log.warning("lease not given back: a standby waits until it has run out", reason=str(away))

    # --- the thread ---------------------------------------------------------------------------------------------------

    def _run(self) -> None:
        pause_s = self._tenure.lease_s / LOOKS
        while not self._stop.wait(pause_s):
            if self._clock() - self._beat > max(LOOP_HANGS_S, self._tenure.lease_s):
                log.error("the loop hangs: the lease is let go", for_s=round(self._clock() - self._beat, 1))
                self._tenure.taken()
                self._lost()
            if self._look() is Standing.LOST:
                return

    def _look(self) -> Standing:
        """Ask Redis, and where it gives no answer, or once a lease, the store."""
        with self._lock:
            asked_at = self._clock()
            if self._tenure.standing(asked_at) is Standing.LOST:
                return Standing.LOST
            try:
                held = self._lease.renew(self.token)
                self.standbys = len(self._lease.standbys())
            except RedisAway as away:
                self._without_redis(asked_at)
                if not self._told_away and (self.redis_away_s or 0.0) >= self._tenure.lease_s:  # one may be late
                    self._told_away = True
                    log.error("Redis gives no answer; this engine goes on, nobody takes over", reason=str(away))
            else:
                if held and self._is_newest(asked_at):
                    self._tenure.renewed(asked_at)
                    self.renewals += 1
                    if self._told_away:
                        self._told_away = False
                        log.info("Redis answers again; the lease is held")
                else:
                    self._tenure.taken()
            now = self._clock()
            self._ask_again_at = now + self._tenure.lease_s / LOOKS
            standing = self._tenure.standing(now)
        if standing is Standing.LOST:
            self._lost()
        return standing

    def _without_redis(self, asked_at: float) -> None:
        newest = self._ask_store()
        if newest is None:
            self._tenure.unanswered(asked_at)
        elif newest <= self.token:  # less: we have not claimed it yet
            self._tenure.confirmed(asked_at)
        else:
            self._tenure.taken()

    def _is_newest(self, now: float) -> bool:
        """Redis may not know of a newer owner: its replica did not hear of him, or only we reach this half of it. The
        store does; asked once a lease. Where it gives no answer Redis' word holds."""
        if now < self._ask_store_at:
            return True
        self._ask_store_at = now + self._tenure.lease_s
        newest = self._ask_store()
        return newest is None or newest <= self.token

    def _ask_store(self) -> int | None:
        """The newest token; None where the store gives no answer in time: neither thread nor loop may wait."""
        if self._told is None or self._told.done():
            try:
                self._told = self._store.submit(self._newest)
            except RuntimeError:  # shut down
                return None
        try:
            return self._told.result(timeout=self._tenure.lease_s / LOOKS)
        except NotInTime:
            return None
        except Exception as error:
            log.warning("the store does not say who owns the centre", error=type(error).__name__)
            return None
