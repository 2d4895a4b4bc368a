"""Does whoever brings leads to the core go on, whatever goes wrong for one campaign?"""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from cti.keepers import campaign_keeper
from cti.keepers.campaign_keeper import CampaignKeeper
from cti.model.books import WantLeads
from cti.model.dialling import CampaignName
from cti.model.events import AnyEvent, LeadsOffered
from cti.model.policy import Center
from cti.store import campaigns
from cti.store.database import open_store
from cti.store.lead_loading import LeadNumber, NewLead, add_portion, begin_list, finish_list
from tests.breaking import breaking
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


async def test_leads_whose_commit_was_not_answered_are_due_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(campaign_keeper, "RETRY_S", 0.0)
    store = open_store(f"sqlite:///{tmp_path}/cti.db")
    listed = begin_list(store, SPRING, "spring.csv", "eva", 1.0)
    add_portion(store, listed, [NewLead(1, (LeadNumber("+4930555", ("Europe/Berlin",)),))], 1.0)
    finish_list(store, listed, 1, 1, {("Europe/Berlin", 5)}, 1.0)
    policy = Center.model_validate(
        {"queues": {"sales": {}}, "campaigns": {"spring": {"mode": "preview", "queue": "sales"}}}
    )
    broken = breaking(store, Connection.commit)
    keeper, posted = CampaignKeeper(broken, lambda: 1_700_000_000.0, lambda: policy), list[AnyEvent]()
    give_back, tries = campaign_keeper.give_back, [0]

    def away_first(*args: Any) -> None:
        tries[0] += 1
        if tries[0] == 1:
            raise OperationalError("", None, Exception())
        give_back(*args)

    monkeypatch.setattr(campaign_keeper, "give_back", away_first)
    keeper.wanted(WantLeads(SPRING, 5))
    work = asyncio.create_task(keeper.run(posted.append))
    await until(lambda: tries[0] == 2 and campaigns.progress(store)[SPRING].states == {"due": 1})
    assert keeper.errors == 2 and not posted
    keeper.wanted(WantLeads(SPRING, 5))
    await until(lambda: len(posted) == 1)
    assert isinstance(posted[0], LeadsOffered) and len(posted[0].leads) == 1
    work.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await work
    store.close()
