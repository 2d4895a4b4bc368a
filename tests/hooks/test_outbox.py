"""Does what happened come into the outbox as each receiver wants it, also where the store is away for a while?"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from sqlalchemy.exc import IntegrityError, OperationalError
from structlog.testing import capture_logs

from cti.hooks import outbox as module
from cti.hooks.outbox import Outbox
from cti.model.books import SettleLead
from cti.model.changes import Changed, Kind
from cti.model.dialling import CampaignName, LeadId, LeadOutcome
from cti.model.hooks import Hook
from cti.store import hook_outbox, leads
from cti.store.database import Store, open_store
from tests.hooks.receivers import SECRET

pytestmark = pytest.mark.unit

NOW = 1_763_771_521.5


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = open_store(f"sqlite:///{tmp_path}/cti.db")
    yield found
    found.close()


def hook(**more: object) -> Hook:
    return Hook.model_validate({"url": "https://crm.example.com/cti", "secret": SECRET, **more})


def ended(name: str = "n/1") -> Changed:
    return Changed(Kind.CONTACT, name, "waiting", "ended", NOW, "x", caller="+493012345", contact=name)  # type: ignore[arg-type]


def messages(store: Store, name: str) -> list[dict[str, object]]:
    found, _ = hook_outbox.due(store, name, NOW + 1e6, 100)
    return [msgspec.json.decode(message.body) for message in found]


def test_each_receiver_gets_what_it_asked_for(store: Store) -> None:
    hooks = {"crm": hook(numbers=True), "board": hook(events=["campaign.state"]), "bi": hook(events=["contact.ended"])}
    woken = threading.Event()
    outbox = Outbox(store, hooks, woken.set)
    outbox.apply(ended())
    outbox.apply(Changed(Kind.CAMPAIGN, "spring", "", "running", NOW, "x", by="eva"))
    assert outbox.close() == 0 and woken.is_set() and (outbox.errors, outbox.lost) == (0, 0)
    crm, state = sorted(messages(store, "crm"), key=lambda each: str(each["type"]), reverse=True)
    (board,), (bi,) = messages(store, "board"), messages(store, "bi")
    assert crm["type"] == "contact.ended" and crm["timestamp"] == "2025-11-22T00:32:01.500Z"
    assert crm["data"]["number"] == "+493012345"  # type: ignore[index]
    assert "+493012345" not in str(bi) and board["data"] == state["data"]


def test_the_same_occasion_is_kept_once(store: Store) -> None:
    outbox = Outbox(store, {"crm": hook()}, lambda: None)
    outbox.apply(ended())
    outbox.apply(ended())
    outbox.close()
    assert len(messages(store, "crm")) == 1


def test_results_of_leads_carry_the_columns_that_are_asked_for(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    lead = leads.Lead(7, "spring", "due", (), data={"customer_id": "K-12", "secret": "x"})
    monkeypatch.setattr(leads, "load_leads", lambda _store, ids: [lead] if list(ids) == [7] else [])
    outbox = Outbox(store, {"crm": hook(columns=["customer_id", "shop"])}, lambda: None)
    outbox.order(SettleLead(CampaignName("spring"), LeadId(7), NOW, LeadOutcome.REACHED, 0.0, 0, "sold", "", "a-7-1"))
    outbox.close()
    assert sorted(str(each["type"]) for each in messages(store, "crm")) == ["attempt.ended", "lead.ended"]
    assert all(
        each["data"]["columns"] == {"customer_id": "K-12", "shop": None}  # type: ignore[index]
        for each in messages(store, "crm")
    )


def test_a_store_that_is_away_gets_them_later(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    away, add, there = [True, True], hook_outbox.add, threading.Event()

    def adding(*words: object) -> int:
        if away:
            away.pop()
            raise OperationalError("", None, Exception())
        return add(*words)  # type: ignore[arg-type]

    monkeypatch.setattr(hook_outbox, "add", adding)
    outbox = Outbox(store, {"crm": hook()}, there.set, retry_s=0.0)
    outbox.apply(ended())
    assert there.wait(5) and outbox.close() == 0 and outbox.errors == 2
    assert len(messages(store, "crm")) == 1


def test_what_waits_in_memory_is_bounded(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_PENDING", 0)
    outbox = Outbox(store, {"crm": hook()}, lambda: None)
    outbox.apply(ended())
    outbox.close()
    assert outbox.lost == 1 and messages(store, "crm") == []


def test_a_message_that_no_database_takes_blocks_no_other(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    add = hook_outbox.add

    def adding(store: Store, rows: list[dict[str, object]], keep_most: dict[str, int]) -> int:
        if any("n/2" in str(row["body"]) for row in rows):
            raise IntegrityError("", None, Exception("NOT NULL constraint failed"))
        return add(store, rows, keep_most)

    monkeypatch.setattr(hook_outbox, "add", adding)
    outbox = Outbox(store, {"crm": hook()}, lambda: None)
    with capture_logs() as logged:
        for number in range(4):
            outbox.apply(ended(f"n/{number}"))
        assert outbox.close(30.0) == 0
    assert len(messages(store, "crm")) == 3 and outbox.lost == 1
    assert [line["event"] for line in logged] == ["hooks_lost"]
