"""Is an uploaded list looked at, tried and taken over as the command line does it, in bounds, and then forgotten?"""

from __future__ import annotations

import asyncio
import csv
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from cti.keepers import list_desk
from cti.keepers.list_desk import ListDesk, Upload
from cti.model.policy import Center
from cti.model.uploads import Refusal, Wishes
from cti.store.campaign_results import results
from cti.store.database import Store, open_store
from cti.store.lead_loading import begin_list
from tests.waiting import PATIENCE_S, until

pytestmark = pytest.mark.unit

OUTBOUND = {"trunks": {"t": {"dial": "PJSIP/{number}@t"}}, "caller_ids": {"m": {"numbers": ["+4930123"]}}}
SPRING = {"mode": "progressive", "queue": "sales", "caller_ids": "m"}
POLICY = {"queues": {"sales": {}}, "outbound": OUTBOUND, "campaigns": {"spring": SPRING}}
LIST = "Mobile;Kunde;shop\n+442079460018;Ann;7\n+442079460018;Twin;8\n12;Bob;9\n".encode("utf-16")


class Desk:
    def __init__(self, folder: Path) -> None:
        self.now, self.folder = 1_700_000_000.0, folder / "uploads"
        self.store = open_store(f"sqlite:///{folder}/cti.db")
        self.it = ListDesk(self.store, lambda: Center.model_validate(POLICY), self.folder, lambda: self.now)

    async def take(self, data: bytes = LIST, file: str = "a.csv", by: str = "") -> Upload:
        async def pieces() -> AsyncIterator[bytes]:
            for at in range(0, len(data), 7):
                yield data[at : at + 7]

        return await self.it.take("spring", file, pieces(), by)

    async def through(self, upload: Upload, wishes: Wishes, *, dry_run: bool) -> str:
        self.it.begin(upload, wishes, dry_run=dry_run)
        async with asyncio.timeout(PATIENCE_S):
            while upload.is_busy:  # noqa: ASYNC110  (a thread, that tells by its state as the page asks it)
                await asyncio.sleep(0)
        return upload.state


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.it.close()
    desk.store.close()


def leads(store: Store) -> list[str]:
    return [row["name"] for row in results(store, "spring", 0, 10)]


async def test_a_file_is_looked_at_tried_and_taken_over(desk: Desk) -> None:
    upload = await desk.take()
    look = upload.row()["look"]
    assert (look["encoding"], look["delimiter"], look["columns"]) == (
        "utf-16",
        ";",
        {"phone": ["Mobile"], "name": ["Kunde"]},
    )
    assert [row["verdict"] for row in look["rows"]] == ["valid", "valid", "invalid"], "of one row alone"
    assert await desk.through(upload, Wishes(), dry_run=True) == "tried" and leads(desk.store) == []
    row = upload.row()
    assert (row["rows"], row["verdicts"]["valid"], row["verdicts"]["duplicate_in_list"]) == (3, 1, 1)
    with upload.rejected.open(encoding="utf-8-sig", newline="") as file:
        assert [line["verdict"] for line in csv.DictReader(file)] == ["duplicate_in_list", "invalid"]
    assert await desk.through(upload, Wishes(by="eva"), dry_run=False) == "done" and leads(desk.store) == ["Ann"]
    (kept,) = desk.it.lists("spring")
    assert (kept["name"], kept["by"], kept["leads"]) == ("a.csv", "eva", 1)


async def test_what_cannot_be_read_so_says_why_and_which_columns_there_are(desk: Desk) -> None:
    upload = await desk.take(b"kunde,wert\nAnn,x\n")
    row = upload.row()
    assert "no column has numbers" in row["problems"][0] and str(desk.folder) not in str(row)
    assert row["look"]["names"] == ["kunde", "wert"] and row["look"]["columns"] == {}
    await desk.it.look(upload, Wishes(columns={"phone": ["wert"]}))
    assert upload.row()["problems"] == [] and upload.row()["look"]["columns"]["phone"] == ["wert"]


@pytest.mark.parametrize(
    "wishes", [Wishes(region="XX"), Wishes(delimiter="ab"), Wishes(columns={"telephone": ["Mobile"]})]
)
async def test_wishes_that_cannot_be_are_refused(desk: Desk, wishes: Wishes) -> None:
    upload = await desk.take()
    with pytest.raises(Refusal):
        await desk.it.look(upload, wishes)
    with pytest.raises(Refusal):
        desk.it.begin(upload, wishes, dry_run=True)


async def test_uploads_are_bounded_private_and_gone_after_a_while(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_desk, "MAX_UPLOADS", 2)
    first, second = await desk.take(), await desk.take()
    assert oct(first.path.stat().st_mode & 0o777) == "0o600" and oct(desk.folder.stat().st_mode & 0o777) == "0o700"
    with pytest.raises(Refusal, match="2 files wait"):
        await desk.take()
    desk.it.drop(first)
    assert not first.path.exists() and desk.it.find("spring", first.id) is None
    assert desk.it.find("winter", second.id) is None and desk.it.find("spring", second.id) is second
    desk.now += list_desk.KEEP_S + 1
    assert desk.it.find("spring", second.id) is None and not second.path.exists()


async def test_of_one_person_the_oldest_file_gives_way_and_of_nobody_else(desk: Desk) -> None:
    bens = await desk.take(by="ben")
    first, second = await desk.take(by="eva"), await desk.take(by="eva")
    second.state = "importing"
    third = await desk.take(by="eva")
    assert desk.it.find("spring", first.id) is None and not first.path.exists()
    third.state = "trying"
    with pytest.raises(Refusal, match="of yours are worked on"):
        await desk.take(by="eva")
    assert all(desk.it.find("spring", each.id) is each for each in (bens, second, third))


async def test_a_file_that_is_too_large_leaves_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_desk, "MAX_BYTES", 20)
    with pytest.raises(Refusal) as refused:
        await desk.take()
    assert refused.value.reason == "too_large" and list(desk.folder.iterdir()) == []


async def test_what_is_worked_on_is_left_alone(desk: Desk) -> None:
    upload = await desk.take()
    desk.it.begin(upload, Wishes(), dry_run=True)
    with pytest.raises(Refusal):
        desk.it.begin(upload, Wishes(), dry_run=False)
    while upload.is_busy:  # noqa: ASYNC110
        await asyncio.sleep(0)


async def test_nothing_is_begun_or_deleted_while_it_is_looked_at(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    may_go, real = threading.Event(), list_desk.list_look.look

    def held(*asked: Any) -> Any:
        assert may_go.wait(30)
        return real(*asked)

    upload = await desk.take()
    monkeypatch.setattr(list_desk.list_look, "look", held)
    looking = asyncio.create_task(desk.it.look(upload, Wishes()))
    await asyncio.sleep(0)
    with pytest.raises(Refusal):
        desk.it.begin(upload, Wishes(), dry_run=True)
    desk.it.drop(upload)
    assert upload.path.exists()
    may_go.set()
    await looking
    assert not upload.path.exists() and desk.it.find("spring", upload.id) is None


async def test_what_nobody_came_back_for_goes_by_itself(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = await desk.take()
    died = begin_list(desk.store, "spring", "b.csv", "eva", desk.now)
    monkeypatch.setattr(list_desk, "TIDY_EVERY_S", 0.01)
    tidying = asyncio.create_task(desk.it.tidy())
    desk.now += 2 * list_desk.KEEP_S
    await until(lambda: not upload.path.exists() and not desk.it.lists("spring"))
    assert died and not tidying.done()
    tidying.cancel()


@pytest.mark.parametrize("dry_run", [True, False])
async def test_an_import_that_is_not_wanted_any_more_is_stopped_and_leaves_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, dry_run: bool
) -> None:
    may_go, real = threading.Event(), list_desk.import_list

    def held(*asked: Any, **more: Any) -> Any:
        assert may_go.wait(30)
        return real(*asked, **more)

    monkeypatch.setattr(list_desk, "import_list", held)
    upload = await desk.take()
    desk.it.begin(upload, Wishes(), dry_run=dry_run)
    desk.it.drop(upload)
    assert upload.is_busy and desk.it.find("spring", upload.id) is upload, "whoever asks is told how it ended"
    may_go.set()
    while upload.is_busy:  # noqa: ASYNC110
        await asyncio.sleep(0)
    assert upload.state == "stopped" and upload.row()["problems"] == []
    assert leads(desk.store) == [] and desk.it.lists("spring") == []
    assert await desk.through(upload, Wishes(), dry_run=False) == "done", "and may be begun again"


async def test_whoever_shows_campaigns_hears_of_a_list_that_came_in(desk: Desk) -> None:
    heard: list[str] = []
    desk.it._imported = lambda: heard.append("list")
    upload = await desk.take()
    await desk.through(upload, Wishes(), dry_run=True)
    assert heard == []
    await desk.through(upload, Wishes(), dry_run=False)
    assert heard == ["list"]
