"""What belongs to an owner from the moment when the lease is his? Its keeping, the store, and that both are given back.

The lease is taken in a thread, and whoever wanted it may be stopped meanwhile: so it belongs to the term, which ends
once, before or after it was taken.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading

from cti.clocks import lasting_clock
from cti.config.joined import Joined
from cti.joined.door import Door, RedisAway
from cti.joined.holding import Holding
from cti.store.database import Store
from cti.store.owner import newest_token


class Term:
    """One turn's time in office, taken at most once. To be made on the loop; `lost` is set there."""

    def __init__(self, rules: Joined, door: Door) -> None:
        self.holding: Holding | None = None  # from the moment when the lease was taken
        self.store: Store | None = None
        self.lost = asyncio.Event()
        self.is_first_of_store = False  # it has never had an owner, though Redis has counted some
        self._rules, self._door = rules, door
        self._loop = asyncio.get_running_loop()
        self._lock = threading.Lock()
        self._is_over = False

    def take(self, store: Store, newest: int) -> bool:
        """Take the lease by a token above `newest`, the store's newest one, keep it from now on, and `store` with it.

        False: it is not to be had. Blocks. Raises RedisAway.
        """
        with self._lock:
            if self._is_over:
                return False
            asked_at = lasting_clock()
            token = self._door.take(newest)
            if token is None:
                return False
            self.is_first_of_store = newest == 0 and token > 1
            self.store, self.holding = store, self._hold(store, token, asked_at)
            self.holding.begin()
        with contextlib.suppress(RedisAway):  # it runs out by itself; the lease is ours
            self._door.no_longer_by()
        return True

    def beat(self) -> None:
        """The loop is alive."""
        holding = self.holding
        if holding is not None:
            holding.beat()

    def end(self) -> None:
        """Give back what was taken; nothing is taken from now on. Blocks for a moment."""
        with self._lock:
            self._is_over = True
            holding, store, self.holding, self.store = self.holding, self.store, None, None
        if holding is not None:
            holding.give_back()
        if store is not None:
            store.close()

    def _hold(self, store: Store, token: int, asked_at: float) -> Holding:
        def newest() -> int:
            return newest_token(store, self._rules.domain)

        return Holding(self._door, token, newest, self._tell_lost, lease_s=self._rules.lease_s, asked_at=asked_at)

    def _tell_lost(self) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended meanwhile
            self._loop.call_soon_threadsafe(self.lost.set)
