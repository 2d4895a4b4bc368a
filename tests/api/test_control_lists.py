"""Can a list be uploaded, tried and taken over by requests, and is who did it remembered?"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from cti.api import control_lists
from tests.api.test_control_results import POLICY
from tests.running import Running
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.contract

CAMPAIGN = "/v1/campaigns/spring"


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    made = Running(tmp_path)
    made.write(POLICY)
    async with made.start():
        yield made


async def upload(running: Running, data: bytes, query: str = "?file=a.csv&by=eva") -> tuple[int, Any]:
    connector = aiohttp.UnixConnector(path=str(running.app.settings.control))
    address = f"http://engine{CAMPAIGN}/uploads{query}"
    async with aiohttp.ClientSession(connector=connector) as session, session.post(address, data=data) as response:
        return response.status, json.loads(await response.text())


async def test_from_the_file_to_leads(running: Running) -> None:
    status, found = await upload(running, b"phone,name\n" + b"+442079460018,Ann\n" + b"x,Bob\n" * 3000)
    assert status == 200 and found["upload"]["bytes"] > 4096, "more than a body may be elsewhere"
    path = f"{CAMPAIGN}/uploads/{found['upload']['upload']}"
    for step, state in (("try", "tried"), ("import", "done")):
        assert (await running.ask("POST", f"{path}/{step}", {"region": "GB", "by": "eva"}))[0] == 200
        async with asyncio.timeout(PATIENCE_S):
            while (row := (await running.ask("GET", path))[1]["upload"])["state"] != state:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        assert (row["rows"], row["verdicts"]["valid"], row["verdicts"]["invalid"]) == (3001, 1, 3000)
    _, lists = await running.ask("GET", f"{CAMPAIGN}/lists")
    assert [(each["name"], each["leads"], each["by"]) for each in lists["lists"]] == [("a.csv", 1, "eva")]
    _, trail = await running.ask("GET", "/v1/audit")
    assert [(line["what"], line["by"]) for line in trail["audit"]] == [("list.import", "eva"), ("list.upload", "eva")]
    assert (await running.ask("DELETE", path))[0] == 200 and (await running.ask("GET", path))[0] == 404


async def test_what_is_wrong_is_said(running: Running) -> None:
    assert (await upload(running, b"x", "?file=../a.csv"))[0] == 400
    _, found = await upload(running, b"a,b\nx,y\n")
    path = f"{CAMPAIGN}/uploads/{found['upload']['upload']}"
    assert "no column has numbers" in found["upload"]["problems"][0]
    assert (await running.ask("POST", f"{path}/take"))[0] == 404
    assert (await running.ask("POST", f"{path}/look", {"region": "XX"}))[0] == 400
    assert (await running.ask("POST", "/v1/campaigns/winter/uploads"))[0] == 404
    assert (await running.ask("GET", "/v1/campaigns/winter/lists"))[0] == 404
    assert (await running.ask("POST", f"{CAMPAIGN}/pause"))[1].get("refused") == "campaign_state", "not an upload"


async def test_a_slow_line_is_not_cut_off_while_it_brings_something() -> None:
    class Slow:
        """A request whose body comes in two pieces."""

        def __init__(self) -> None:
            self.given, self.content = list[float | None](), self

        def get(self, _key: object) -> Slow:
            return self

        def reschedule(self, when: float | None) -> None:
            self.given.append(when)

        async def iter_chunked(self, _most: int) -> AsyncIterator[bytes]:
            for piece in (b"phone", b"+49"):
                yield piece

    slow, now = Slow(), asyncio.get_running_loop().time()
    assert [piece async for piece in control_lists._pieces(slow)] == [b"phone", b"+49"]  # type: ignore[arg-type]
    assert len(slow.given) == 2 and all(when is not None and when - now >= 60 for when in slow.given)
