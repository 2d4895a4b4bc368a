"""Is everything there that came of a campaign's leads, page by page, on each database?"""

from __future__ import annotations

import pytest

from cti.model.books import SettleLead
from cti.model.dialling import CampaignName, LeadId, LeadOutcome
from cti.store import campaign_results, campaigns
from cti.store.attempts import Attempt, ended, intend
from cti.store.campaign_results import FIXED, all_results, columns_of, results
from cti.store.database import Store
from cti.store.lead_loading import LeadNumber, NewLead, add_portion, begin_list, finish_list
from cti.store.leads import forget_number

pytestmark = pytest.mark.unit

SPRING, NOW = CampaignName("spring"), 1_700_000_000.0
BERLIN = ("Europe/Berlin",)


def number(row: int) -> str:
    return f"+4930000{row:04d}"


def fill(store: Store, name: str = "spring.csv", campaign: str = SPRING, rows: int = 3) -> int:
    made = begin_list(store, campaign, name, "eva", NOW)
    leads = [
        NewLead(row, (LeadNumber(number(row), BERLIN),), f"Name {row}", data=f'{{"shop": "{name}{row}"}}')
        for row in range(1, rows + 1)
    ]
    add_portion(store, made, leads, NOW)
    finish_list(store, made, rows, rows, {(" ".join(BERLIN), 5)}, NOW)
    return made


def reach(store: Store, lead: int) -> None:
    attempt = Attempt(SPRING, lead, 1, 0, number(1))
    assert intend(store, attempt, NOW + 10).why_not is None
    ended(store, attempt.id, "human", NOW + 70, contact="node1/7.7")
    order = SettleLead(SPRING, LeadId(lead), NOW + 80, LeadOutcome.REACHED, 0.0, 0, "sold", "reached", attempt.id)
    campaigns.settle(store, [order])


def test_each_lead_has_its_state_its_newest_attempt_and_what_the_list_said(store: Store) -> None:
    fill(store)
    fill(store, "winter.csv", "winter", 1)
    first = results(store, SPRING, 0, 10)[0]["lead"]
    reach(store, first)
    rows = results(store, SPRING, 0, 10)
    assert [(row["row"], row["state"], row["attempts"]) for row in rows] == [
        (1, "reached", 1),
        (2, "due", 0),
        (3, "due", 0),
    ]
    done, open_one = rows[0], rows[1]
    assert (done["result"], done["last_result"], done["last_at"], done["contact"]) == (
        "sold",
        "sold",
        NOW + 70,
        "node1/7.7",
    )
    assert (done["number"], done["name"], done["columns"]) == (number(1), "Name 1", {"shop": "spring.csv1"})
    assert (open_one["last_at"], open_one["agent"], open_one["number"]) == (None, None, number(2))
    assert {*FIXED, "columns"} == set(done)


def test_pages_follow_one_another_over_all_lists(store: Store) -> None:
    fill(store, "a.csv", rows=2)
    made = begin_list(store, SPRING, "b.csv", "eva", NOW)
    add_portion(store, made, [NewLead(1, (LeadNumber(number(9), BERLIN),), data='{"other": "x"}')], NOW)
    finish_list(store, made, 1, 1, {(" ".join(BERLIN), 5)}, NOW)
    seen, after = [], 0
    while page := results(store, SPRING, after, 2):
        seen += page
        after = page[-1]["lead"]
    assert [row["list"] for row in seen] == ["a.csv", "a.csv", "b.csv"]
    assert seen == list(all_results(store, SPRING)) and columns_of(store, SPRING) == ["shop", "other"]
    assert results(store, "nobody", 0, 5) == []


def test_columns_outlive_an_erased_lead_and_an_empty_cell(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(campaign_results, "COLUMNS_PORTION", 2)
    made = begin_list(store, SPRING, "a.csv", "eva", NOW)
    data = ('{"shop": "a"}', '{"shop": "b"}', '{"shop": "c", "segment": "gold"}')
    leads = [NewLead(row, (LeadNumber(number(row), BERLIN),), data=text) for row, text in enumerate(data, 1)]
    add_portion(store, made, leads, NOW)
    assert columns_of(store, SPRING) == []  # of a list that is still being loaded nothing is shown
    finish_list(store, made, 3, 3, {(" ".join(BERLIN), 5)}, NOW)
    assert columns_of(store, SPRING) == ["shop", "segment"]
    assert forget_number(store, number(1)) == 1
    assert columns_of(store, SPRING) == ["shop", "segment"]
