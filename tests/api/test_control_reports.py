"""Are reports answered as JSON and CSV, of one's own part of the centre, and is a wrong word explained?"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from cti.api import asking, control_reports
from cti.api.scoping import WHOLE, Scope
from cti.api.web_guard import scope
from tests.running import Running

pytestmark = pytest.mark.contract


class Told:
    columns = ("queue", "offered")

    def as_object(self) -> dict[str, Any]:
        return {"rows": []}

    def as_csv(self) -> str:
        return "queue,offered\n"


class FakeReports:
    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str]]] = []

    def run(self, name: str, asked: Mapping[str, str]) -> Told:
        self.asked.append((name, dict(asked)))
        if name == "queus":
            raise ValueError('there is no report "queus" (did you mean "queues"?)')
        return Told()


async def ask(path: str, its: Scope = WHOLE) -> tuple[int, str, list[tuple[str, dict[str, str]]]]:
    reports = FakeReports()

    @web.middleware
    async def of_somebody(request: web.Request, handler: Any) -> Any:
        request[scope] = its
        return await handler(request)

    app = web.Application(middlewares=[asking.bad_requests, of_somebody])
    control_reports.add_routes(app, reports)
    async with TestClient(TestServer(app)) as client, client.get(f"/api/v1{path}") as response:
        return response.status, await response.text(), reports.asked


async def test_what_is_asked_is_passed_on() -> None:
    status, _, asked = await ask("/reports/queues?from=-7d&step=day&queue=sales&queue=support&other=x")
    assert (status, asked) == (200, [("queues", {"from": "-7d", "step": "day", "queue": "sales,support"})])
    assert (await ask("/reports/queues?format=csv"))[1] == "queue,offered\n"
    status, text, _ = await ask("/reports/queus")
    assert status == 400 and "did you mean" in text


@pytest.mark.parametrize(
    ("path", "queue"),
    [("queues", "sales"), ("queues?queue=support", "-"), ("intervals?queue=sales,support", "sales")],
)
async def test_somebody_gets_the_report_of_his_part(path: str, queue: str) -> None:
    his = Scope(frozenset({"sales"}), frozenset({"anna"}), frozenset())
    status, _, [(_, asked)] = await ask(f"/reports/{path}", his)
    assert (status, asked["queue"]) == (200, queue)


async def test_what_is_of_the_whole_centre_is_refused_to_him() -> None:
    his = Scope(frozenset({"sales"}), frozenset({"anna"}), frozenset())
    assert (await ask("/reports/numbers", his))[0] == 403
    assert (await ask("/reports/agents", his))[2][0][1]["agent"] == "anna"
    assert (await ask("/reports/campaigns", his))[2][0][1]["campaign"] == "-"


async def test_a_running_engine_has_them(tmp_path: Path) -> None:
    running = Running(tmp_path)
    running.write({"queues": {"sales": {}}, "entries": {"6001": {"queue": "sales"}}})
    async with running.start():
        status, found = await running.ask("GET", "/v1/reports/queues")
        assert status == 200 and found["columns"] and found["definitions"]["offered"]
        status, found = await running.ask("GET", "/v1/definitions")
        assert found["figures"]["offered"]["definition"]
        assert (await running.ask("GET", "/v1/reports/queus"))[0] == 400
