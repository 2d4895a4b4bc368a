"""Do the boards show campaigns as the core has them, with leads counted when something has moved, and not else?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cti.keepers import campaign_board
from cti.keepers.campaign_board import CampaignBoard
from cti.model.dialling import CampaignAction, CampaignName, CampaignState, Mode
from cti.model.lead import CampaignNow
from cti.store.campaigns import Progress
from cti.store.database import open_store
from cti.store.outbound_writer import OutboundWriter

pytestmark = pytest.mark.unit

SPRING = CampaignName("spring")
COUNTED = [{"name": "spring", "in_the_air": 2, "today": {"placed": 9}}, {"name": "callbacks", "in_the_air": 0}]


class World:
    def __init__(self, folder: Path) -> None:
        self.store = open_store(f"sqlite:///{folder}/cti.db")
        self.writer = OutboundWriter(self.store)
        self.board = CampaignBoard(self.store, self.writer)
        self.settled = 0
        self.board.begin(self.now)

    def now(self) -> list[CampaignNow]:
        may = (CampaignAction.PAUSE,)
        return [
            CampaignNow(SPRING, Mode.POWER, CampaignState.RUNNING, "sales", settled=self.settled, since=5.0, may=may)
        ]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.writer.close()
    made.store.close()


async def test_a_row_is_what_was_counted_how_it_stands_and_how_far_its_leads_are(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(campaign_board, "progress", lambda store: {SPRING: Progress(5, {"due": 2, "reached": 3})})
    assert world.board.rows(COUNTED)["spring"]["leads"] == 0, "not counted yet"
    await world.board.count()
    rows = world.board.rows(COUNTED)
    assert rows["callbacks"] == COUNTED[1], "no campaign of the configuration"
    row = rows["spring"]
    assert (row["in_the_air"], row["today"], row["state"], row["may"]) == (2, {"placed": 9}, "running", ("pause",))
    assert (row["leads"], row["leads_left"], row["states"]) == (5, 2, {"due": 2, "reached": 3})
    assert type(row["state"]) is str and "eta_s" not in row, "it would change all the time"


async def test_leads_are_counted_again_only_when_something_has_moved(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_due() -> bool:
        world.board.rows(COUNTED)
        return world.board._seen != world.board._counted

    assert is_due()
    await world.board.count()
    assert not is_due()
    world.settled += 1
    assert is_due()
    await world.board.count()
    world.board.moved()
    assert is_due(), "a list came in"

    def fails(_store: object) -> None:
        raise ValueError("a row of an older version")

    monkeypatch.setattr(campaign_board, "progress", fails)
    await world.board.count()
    assert is_due() and world.board.errors == 1
