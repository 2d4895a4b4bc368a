"""Can a spreadsheet read what came of a campaign, without running any of it?"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest

from cti.store import results_csv
from cti.store.database import Store, open_store
from cti.store.lead_loading import LeadNumber, NewLead, add_portion, begin_list, finish_list
from cti.store.results_csv import csv_of

pytestmark = pytest.mark.unit

NOW = 1_700_000_000.0


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    store = open_store(store_url)
    made = begin_list(store, "spring", "spring.csv", "eva", NOW)
    names = ("=cmd()", "李雷")
    rows = [
        NewLead(row, (LeadNumber(f"+493000{row}", ("Europe/Berlin",)),), name, data='{"shop, no": "+49", "b": "-1"}')
        for row, name in enumerate(names, 1)
    ]
    add_portion(store, made, rows, NOW)
    finish_list(store, made, 2, 2, {("Europe/Berlin", 5)}, NOW)
    yield store
    store.close()


def read(pieces: Iterator[str]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO("".join(pieces))))


def test_each_lead_is_a_line_with_the_columns_of_its_list(store: Store) -> None:
    rows = read(csv_of(store, "spring", dict))
    assert [row["name"] for row in rows] == ["'=cmd()", "李雷"]
    assert rows[0]["number"] == "+4930001" and rows[0]["shop, no"] == "+49" and rows[0]["b"] == "'-1"
    assert rows[0]["last_at"] == "" and rows[0]["state"] == "due"


def test_numbers_are_as_they_may_be_seen_and_pieces_are_small(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results_csv, "LINES", 1)
    pieces = list(csv_of(store, "spring", lambda row: row | {"number": "•••"}))
    assert len(pieces) == 3 and "4930001" not in "".join(pieces)
    assert len(read(iter(pieces))) == 2


def test_a_campaign_without_leads_has_a_header(store: Store) -> None:
    assert read(csv_of(store, "winter", dict)) == []
    assert next(csv_of(store, "winter", dict)).startswith("lead,list,row,state")
