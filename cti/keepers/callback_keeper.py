"""How does a callback that somebody asked for come to the core? From the store's requests, at the start and ever after.

A request (of a flow, or of the spool of a time without an engine) is on the disk before anybody hears of it. Here its
number becomes one that can be dialled, and its queue one that exists.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable

import structlog

from cti.keepers.zoned import zoned
from cti.lists.numbers import read_number
from cti.model.events import AnyEvent, CallbackPromised
from cti.model.policy import Center
from cti.model.promise import Promise, Tried
from cti.ports import Clock
from cti.store.callbacks import open_promises
from cti.store.database import Store
from cti.store.outbound_retention import counts_for_ever
from cti.store.owner import gravity
from cti.store.promising import Placed, take_requests
from cti.store.tried import history
from cti.store.unanswered import Unanswered

LOOK_EVERY_S = 2.0
RETRY_S = 5.0

log = structlog.get_logger(__name__)


class CallbackKeeper:
    """`errors`: looks into the store that failed; `unusable`: requests whose number or queue cannot be used.

    `unanswered`: of whoever makes promises; the core hears here of those whose commit was done, and not answered.
    """

    def __init__(self, store: Store, clock: Clock, policy: Callable[[], Center]) -> None:
        self.errors = self.unusable = 0
        self.unanswered = Unanswered(clock)
        self._store, self._clock, self._policy = store, clock, policy
        self._asked = asyncio.Event()

    def may_call(self, number: str) -> bool:
        """Whether a number as a caller gives it is one that can be called: asked before anything is promised."""
        return not isinstance(read_number(number, self._policy().outbound.region), str)

    def look(self) -> None:
        """Somebody has asked for a callback just now: do not wait for the next look."""
        self._asked.set()

    def resume(self, post: Callable[[AnyEvent], None]) -> int:
        """Hand over what an earlier process has promised; how many. Blocks. Raises SQLAlchemyError."""
        promises = open_promises(self._store)
        tries = self._history(promises)
        for promise in promises:
            post(CallbackPromised(promise, resumed=True, history=tries.get(promise.number.number, ())))
        return len(promises)

    async def run(self, post: Callable[[AnyEvent], None]) -> None:
        """Look again and again until cancelled."""
        while True:
            self._asked.clear()
            pause_s = LOOK_EVERY_S
            try:
                done = await asyncio.to_thread(self.unanswered.done, self._store)
                await self._hand_over(done.values(), post)
                self.unanswered.told(done)
                watched = self.unanswered.watched
                promises, unusable = await asyncio.to_thread(take_requests, self._store, self._place, watched)
                await self._hand_over(promises, post)
                self._tell(unusable)
            except Exception as error:  # whatever it is: promises must go on being taken
                self.errors += 1
                pause_s = RETRY_S
                log.log(gravity(error), "requests for callbacks cannot be read", error=type(error).__name__)
            try:
                await asyncio.wait_for(self._asked.wait(), pause_s)
            except TimeoutError:
                continue

    async def _hand_over(self, promises: Collection[Promise], post: Callable[[AnyEvent], None]) -> None:
        tries = await asyncio.to_thread(self._history, promises) if promises else {}
        for promise in promises:
            post(CallbackPromised(promise, history=tries.get(promise.number.number, ())))

    def _history(self, promises: Iterable[Promise]) -> dict[str, tuple[Tried, ...]]:
        """What was tried at their numbers before, by campaigns too: it counts for caps and gaps."""
        numbers = {promise.number.number for promise in promises}
        try:
            ever = bool(numbers) and counts_for_ever(self._policy())
            return history(self._store, numbers, self._clock(), ever=ever)
        except Exception as error:  # whatever it is: the promises are taken, and must not wait for the next start
            self.errors += 1
            log.log(gravity(error), "what was tried at numbers cannot be read", error=type(error).__name__)
            return {}

    def _tell(self, unusable: int) -> None:
        if unusable:
            self.unusable += unusable
            log.error(
                "callbacks were asked for that cannot be kept",
                requests=unusable,
                remedy="name outbound.region for numbers without a country, and outbound.callbacks.queue for promises "
                "that name no queue; the requests stay in the store as unusable",
            )

    def _place(self, number: str, queue: str) -> Placed | None:
        """Which number is called, and which queue it is for. Its zone, where none is known, is ours."""
        policy = self._policy()
        outbound = policy.outbound
        found = read_number(number, outbound.region)
        named = queue if queue in policy.queues else outbound.callbacks.queue
        if isinstance(found, str) or named is None or named not in policy.queues:
            return None
        return zoned(found.e164, found.zones, outbound), named
