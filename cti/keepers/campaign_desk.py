"""How do campaigns stand, and what awaits their leads? For people, from the running core and from the store.

`load` is called on the loop, what it returns and `plan` off it: both block for the disk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from cti.calendar.instants import day_begins
from cti.keepers.campaign_board import NOBODY, row_of
from cti.model.dialling import CampaignName, CampaignState
from cti.model.lead import CampaignNow
from cti.model.policy import Center
from cti.outbound import amd_advice
from cti.outbound.desk import Desk, Today
from cti.outbound.do_not_call import DoNotCall
from cti.outbound.plan import counted, project
from cti.ports import Clock
from cti.store import campaign_results, campaigns, results_csv
from cti.store.amd_verdicts import verdicts_of
from cti.store.database import Store
from cti.store.outbound_retention import counts_for_ever
from cti.store.outbound_writer import OutboundWriter

MOST_PLANNED = 5_000  # leads that one plan looks at
MOST_SHOWN = 20


class CampaignDesk:
    """An api Campaigns, and an api Results."""

    def __init__(
        self,
        store: Store,
        writer: OutboundWriter,
        clock: Clock,
        policy: Callable[[], Center],
        now: Callable[[], list[CampaignNow]],
    ) -> None:
        self._store, self._writer, self._clock, self._policy, self._now = store, writer, clock, policy, now

    def load(self) -> Callable[[], list[dict[str, Any]]]:
        """Look at the core now; the rows come from what is returned, off the loop. That raises SQLAlchemyError."""
        found, at = self._now(), self._clock()
        return lambda: self._rows(found, at)

    def known(self) -> list[str]:
        """The campaigns that there are."""
        return list(self._policy().campaigns)

    def results(self, campaign: str, after: int, most: int) -> list[dict[str, Any]]:
        """What came of its leads, page by page. Blocks. Raises SQLAlchemyError."""
        self._writer.flush()
        return campaign_results.results(self._store, campaign, after, most)

    def csv(self, campaign: str, seen: Callable[[dict[str, Any]], dict[str, Any]]) -> Iterator[str]:
        """All of it as CSV, piece by piece. Blocks. Raises SQLAlchemyError."""
        self._writer.flush()
        return results_csv.csv_of(self._store, campaign, seen)

    def _rows(self, found: Sequence[CampaignNow], at: float) -> list[dict[str, Any]]:
        self._writer.flush()
        known = campaigns.progress(self._store)
        far = [(each, known.get(each.name, NOBODY)) for each in found]
        return [row_of(each, leads) | {"eta_s": _eta_s(each, leads.left, at)} for each, leads in far]

    def plan(self, name: str, ahead_s: float) -> dict[str, Any] | None:
        """Whom the campaign may dial within `ahead_s`, and why not whom; None: no such campaign. Dials nobody."""
        policy, now = self._policy(), self._clock()
        written = policy.campaigns.get(name)
        if written is None:
            return None
        leads, history = campaigns.open_leads(self._store, name, MOST_PLANNED, now, ever=counts_for_ever(policy))
        outbound, zone = policy.outbound, ZoneInfo(policy.outbound.zone)
        hours = policy.hours.get(written.hours) if written.hours else None
        desk = Desk(CampaignName(name), written, outbound, hours, DoNotCall(outbound.do_not_call))
        today = Today(day_begins(zone, now), day_begins(zone, now, 1))
        prospects = list(project(desk, leads, history, now, today, ahead_s))
        shown = [msgspec.to_builtins(each) for each in prospects[:MOST_SHOWN]]
        return {"campaign": name, "leads": len(leads), "counts": counted(prospects), "first": shown}

    def amd(self, name: str) -> dict[str, Any] | None:
        """How well machines were told from people; None: no such campaign. Blocks. Raises SQLAlchemyError."""
        written = self._policy().campaigns.get(name)
        if written is None:
            return None
        self._writer.flush()
        found = msgspec.to_builtins(amd_advice.report(verdicts_of(self._store, name), written.machines))
        return {"campaign": name, **found, "amd": written.machines.amd.model_dump()}


def _eta_s(campaign: CampaignNow, left: int, at: float) -> float | None:
    """As fast as until now."""
    if campaign.state is not CampaignState.RUNNING or campaign.since is None or not campaign.settled:
        return None
    return left * max(0.0, at - campaign.since) / campaign.settled
