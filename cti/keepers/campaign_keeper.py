"""How do leads come to the campaigns that want them, and how does a campaign know where it stood? From the store.

Asks are answered off the loop, one after the other; a store that fails costs a campaign its next minute, no more.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterable
from functools import partial
from zoneinfo import ZoneInfo

import msgspec
import structlog

from cti.calendar.instants import day_begins
from cti.model.books import WantLeads
from cti.model.dialling import CampaignName
from cti.model.events import AnyEvent
from cti.model.policy import Center
from cti.model.promise import Number
from cti.outbound.do_not_call import DoNotCall
from cti.outbound.may_dial import Rules
from cti.ports import Clock
from cti.store import campaigns
from cti.store.database import Store
from cti.store.leads import give_back
from cti.store.outbound_retention import counts_for_ever
from cti.store.owner import gravity
from cti.store.quota_counts import reached

RETRY_S = 5.0

log = structlog.get_logger(__name__)


class CampaignKeeper:
    """`errors`: looks into the store that failed."""

    def __init__(self, store: Store, clock: Clock, policy: Callable[[], Center]) -> None:
        self.errors = 0
        self._store, self._clock, self._policy = store, clock, policy
        self._wanted: dict[CampaignName, int] = {}
        self._unsure: dict[CampaignName, list[int]] = {}  # leads that the store may hold, and no dialer has
        self._asked = asyncio.Event()

    def wanted(self, order: WantLeads) -> None:
        """A campaign wants leads. Returns at once."""
        self._wanted[order.campaign] = order.most
        self._asked.set()

    def resume(self, post: Callable[[AnyEvent], None]) -> None:
        """Hand over how campaigns stood, and what was being dialled. Blocks. Raises SQLAlchemyError."""
        left = campaigns.left_behind(self._store)
        for restored in campaigns.restored(self._store):
            post(msgspec.structs.replace(restored, reached=self._reached(restored.campaign)))
        for each in left:
            post(each)

    def _reached(self, name: CampaignName) -> tuple[tuple[int, int], ...]:
        """How full its quotas are."""
        policy = self._policy()
        written = policy.campaigns.get(name)
        if written is None:
            return ()
        return reached(self._store, name, written, day_begins(ZoneInfo(policy.outbound.zone), self._clock()))

    async def run(self, post: Callable[[AnyEvent], None]) -> None:
        """Answer until cancelled."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._asked.wait(), RETRY_S if self._unsure else None)
            self._asked.clear()
            await self._give_back()
            wanted, self._wanted = self._wanted, {}
            for name, most in wanted.items():
                if name in self._unsure:  # these first: what is given back must not be what was just handed out
                    continue
                taken = list[int]()
                try:
                    offered = await asyncio.to_thread(self._offer, name, most, taken)
                except Exception as error:  # whatever it is: other campaigns, and the next request, must go on
                    self.errors += 1
                    self._unsure |= {name: taken} if taken else {}
                    log.log(gravity(error), "leads cannot be read", campaign=name, error=type(error).__name__)
                else:
                    post(offered)

    async def _give_back(self) -> None:
        """What was taken and not handed on is due again: a commit may be done, and its answer lost."""
        for name, leads in list(self._unsure.items()):
            try:
                await asyncio.to_thread(give_back, self._store, leads)
            except Exception as error:  # whatever it is: it is tried again
                self.errors += 1
                log.log(gravity(error), "leads cannot be given back yet", campaign=name, error=type(error).__name__)
            else:
                del self._unsure[name]

    def _offer(self, name: CampaignName, most: int, taken: list[int]) -> AnyEvent:
        now, ever = self._clock(), counts_for_ever(self._policy())
        awake = partial(self._awake, name, now=now)
        return campaigns.offer(self._store, name, most, now, awake, ever=ever, taken=taken)

    def _awake(self, name: CampaignName, zones: Iterable[tuple[str, ...]], now: float) -> list[tuple[str, ...]]:
        """In which zones somebody may be called now; those of numbers without one are what the centre supposes."""
        policy = self._policy()
        written = policy.campaigns.get(name)
        if written is None:
            return []
        rules = Rules(name, written, policy.outbound, DoNotCall())
        found = []
        for each in zones:
            at = each or rules.zones(Number(""))
            if not at or rules.window.reason(at, now) is None:
                found.append(each)
        return found
