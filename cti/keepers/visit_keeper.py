"""When are valued customers promised their regular call? A look through their lists every so often, a few at a time.

The promise is all that is made here: when it is kept, and how often that is tried, is as for every callback.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterator

import structlog

from cti.keepers.zoned import zoned
from cti.model.campaign import Visit
from cti.model.dialling import CallbackKind
from cti.model.events import AnyEvent, CallbackPromised
from cti.model.policy import Center
from cti.model.promise import Promise
from cti.outbound.lead import meant
from cti.ports import Clock
from cti.store.database import Store
from cti.store.owner import gravity
from cti.store.promising import Watch, promise_at_once
from cti.store.visits import Customer, due_page

LOOK_EVERY_S = 3600.0
FIRST_S = 10.0  # after the start: others have more to do then
DAY_S = 86_400.0

log = structlog.get_logger(__name__)


class VisitKeeper:
    """`errors`: looks into the store that failed."""

    def __init__(self, store: Store, clock: Clock, policy: Callable[[], Center], watch: Watch) -> None:
        self.errors = 0
        self._store, self._clock, self._policy, self._watch = store, clock, policy, watch

    async def run(self, post: Callable[[AnyEvent], None]) -> None:
        """Look again and again until cancelled."""
        pause_s = FIRST_S
        while True:
            await asyncio.sleep(pause_s)
            pause_s = LOOK_EVERY_S
            await self.look(post)

    async def look(self, post: Callable[[AnyEvent], None]) -> None:
        """Promise what is due now; each promise is on the disk before the core hears of it."""
        for name in self._policy().outbound.visits:
            made: list[Promise] = []
            try:
                await asyncio.to_thread(self._promise, name, made)
            except Exception as error:  # whatever it is: other visits, and the next look, must go on
                self.errors += 1
                log.log(gravity(error), "regular calls cannot be promised", visit=name, error=type(error).__name__)
            for promise in made:  # also those before the one that failed: they are on the disk
                post(CallbackPromised(promise))

    def _promise(self, name: str, made: list[Promise]) -> None:
        """Put into `made` what is promised, each as soon as it is. Raises SQLAlchemyError."""
        policy, now = self._policy(), self._clock()
        visit = policy.outbound.visits.get(name)
        if visit is None or visit.queue not in policy.queues:
            return
        promised = set[str]()  # a number may be in two lists
        for customer in self._due(name, visit, now):
            if customer.number not in promised:
                promise = self._make(name, visit, customer, policy, now)
                promised.add(customer.number)
                made += [promise] if promise is not None else []
            if len(made) >= visit.most_per_hour:
                return

    def _due(self, name: str, visit: Visit, now: float) -> Iterator[Customer]:
        after = 0
        while True:
            found, after = due_page(self._store, name, visit.leads_of, now - visit.every_days * DAY_S, now, after)
            yield from (customer for customer in found if meant(visit.when, dict(customer.data)))
            if not after:
                return

    def _make(self, name: str, visit: Visit, customer: Customer, policy: Center, now: float) -> Promise | None:
        agent = customer.data.get(visit.agent_column or "", "")
        known = hashlib.blake2b(f"{name} {customer.number}".encode(), digest_size=16).hexdigest()
        request = {
            "id": f"visit-{known}-{now:.0f}",
            "at": now,
            "number": customer.number,
            "queue": visit.queue,
            "kind": CallbackKind.VISIT.value,
            "due_at": now,
            "agent": agent if agent in policy.agents else "",
            "topic": name,
            "expires_at": now + visit.every_days * DAY_S,
        }
        number = zoned(customer.number, customer.zones, policy.outbound)
        return promise_at_once(self._store, request, (number, visit.queue), self._watch)
