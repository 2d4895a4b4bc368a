"""How do campaigns stand, for boards that are looked at all the time? The core is asked at each look, the store seldom.

`rows` is called on the loop and never blocks; how far the leads are is counted in a thread, when something has moved,
and never so often that the counting itself would be felt.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec
import structlog

from cti.model.lead import CampaignNow
from cti.store.campaigns import Progress, progress
from cti.store.database import Store
from cti.store.outbound_writer import OutboundWriter

LOOK_S = 0.5
EVERY_S = 2.0
SHARE = 0.05
"""Of the time may go into counting: a million leads take a second, and are counted every twenty."""
NOBODY = Progress(0, {})  # has been called yet, or is to be

_log = structlog.get_logger(__name__)


class CampaignBoard:
    """Rows of the topic `campaigns`. `begin` tells it whom to ask; `errors`: counts that failed, made again later."""

    def __init__(self, store: Store, writer: OutboundWriter) -> None:
        self.errors = 0
        self._store, self._writer = store, writer
        self._now: Callable[[], list[CampaignNow]] = list
        self._progress: Mapping[str, Progress] = {}
        self._seen: object = None  # what the newest rows were made of
        self._counted: object = ()

    def begin(self, now: Callable[[], list[CampaignNow]]) -> None:
        """Ask the core by `now` from here on."""
        self._now = now

    def moved(self) -> None:
        """Count anew, whatever the core says: a list has come in."""
        self._counted = ()

    def rows(self, counted: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
        """Return each row of `counted` (the figures of today and of the last minutes) with how its campaign stands.

        No ticking durations: when it will be ready follows from `since`, `settled` and `leads_left`.
        """
        found = self._now()
        self._seen = [(each.name, each.state, each.dialled, each.settled, each.at_hand) for each in found]
        far = self._progress
        stands = {each.name: msgspec.to_builtins(row_of(each, far.get(each.name, NOBODY))) for each in found}
        return {str(row["name"]): {**row, **stands.get(row["name"], {})} for row in counted}

    async def run(self) -> None:
        """Count the leads for as long as it runs."""
        while True:
            took_s = await self.count() if self._seen != self._counted else 0.0
            await asyncio.sleep(LOOK_S if not took_s else max(EVERY_S, took_s / SHARE))

    async def count(self) -> float:
        """Count them once, off the loop; returns how many seconds it took."""
        began, self._counted = time.monotonic(), self._seen
        try:
            self._progress = await asyncio.to_thread(self._load)
        except Exception as error:  # whatever it is: the next look must go on
            self.errors += 1
            self._counted = ()
            _log.warning("the leads of campaigns could not be counted", error=type(error).__name__)
        return time.monotonic() - began

    def _load(self) -> dict[str, Progress]:
        self._writer.flush()
        return progress(self._store)


def row_of(campaign: CampaignNow, far: Progress) -> dict[str, Any]:
    """Return how a campaign stands, and how far its leads are."""
    more = {"leads": far.leads, "leads_left": far.left, "states": far.states}
    return msgspec.structs.asdict(campaign) | more
