"""Does whoever brings leads to the core go on, whatever goes wrong for one campaign?"""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import pytest

from cti.keepers.campaign_keeper import CampaignKeeper
from cti.model.books import WantLeads
from cti.model.dialling import CampaignName
from cti.model.events import AnyEvent
from cti.model.policy import Center
from cti.store import campaigns
from cti.store.database import open_store
from tests.waiting import until

pytestmark = pytest.mark.unit

SPRING, SUMMER = CampaignName("spring"), CampaignName("summer")


async def test_a_bug_in_one_campaign_costs_no_other_its_leads_nor_itself_the_next_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store(f"sqlite:///{tmp_path}/cti.db")
    policy = Center.model_validate({"queues": {"sales": {}}})
    keeper, posted = CampaignKeeper(store, lambda: 5.0, lambda: policy), list[AnyEvent]()
    offer, broken = campaigns.offer, [True]

    def breaks(store: object, name: CampaignName, *args: object, **more: object) -> AnyEvent:
        if name == SPRING and broken:
            broken.pop()
            raise ValueError("a row of an older version")
        return offer(store, name, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(campaigns, "offer", breaks)
    keeper.wanted(WantLeads(SPRING, 5))
    keeper.wanted(WantLeads(SUMMER, 5))
    work = asyncio.create_task(keeper.run(posted.append))
    await until(lambda: len(posted) == 1)
    assert keeper.errors == 1
    keeper.wanted(WantLeads(SPRING, 5))
    await until(lambda: len(posted) == 2)
    work.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await work
    store.close()
