"""Do quotas know after a start how full they are?"""

from __future__ import annotations

import pytest

from cti.model.campaign import Campaign
from cti.store.attempts import Attempt, ended, intend
from cti.store.database import Store
from cti.store.lead_loading import LeadNumber, NewLead, add_portion, begin_list, finish_list
from cti.store.quota_counts import reached
from cti.store.tables import lead

pytestmark = pytest.mark.unit

NOW, TODAY = 1_700_000_000.0, 1_699_990_000.0
WRITTEN = Campaign.model_validate(
    {
        "mode": "progressive",
        "queue": "sales",
        "dispositions": {"later": {"means": "again"}, "sold": {"means": "reached"}},
        "quotas": [{"when": {"tier": "gold"}, "at_most": 5}, {"at_most": 9, "per": "day"}],
    }
)


@pytest.fixture
def filled(store: Store) -> Store:
    name = begin_list(store, "spring", "spring.csv", "eva", NOW)
    tiers = ("gold", "gold", "gold", "iron", "gold")
    rows = [
        NewLead(row, (LeadNumber(f"+4930{row:07d}", ("Europe/Berlin",)),), "N", data=f'{{"tier": "{tier}"}}')
        for row, tier in enumerate(tiers, 1)
    ]
    add_portion(store, name, rows, NOW)
    finish_list(store, name, 5, 5, {("Europe/Berlin", 5)}, NOW)
    with store.engine.connect() as connection:
        ids = connection.execute(lead.select().order_by(lead.c.id)).scalars().all()
    said = (("answered", TODAY - 50.0), ("sold", NOW), ("later", NOW), ("answered", NOW), ("no_answer", NOW))
    for number, (one, (result, at)) in enumerate(zip(ids, said, strict=True), 1):
        made = Attempt("spring", one, 1, 0, f"+4930{number:07d}")
        assert intend(store, made, at).why_not is None
        ended(store, made.id, result, at)
    return store


def test_who_was_reached_counts_ever_and_today(filled: Store) -> None:
    assert reached(filled, "spring", WRITTEN, TODAY) == ((2, 1), (3, 2))


def test_another_campaign_has_quotas_of_its_own(filled: Store) -> None:
    assert reached(filled, "autumn", WRITTEN, TODAY) == ((0, 0), (0, 0))
    assert reached(filled, "spring", WRITTEN.model_copy(update={"quotas": ()}), TODAY) == ()
