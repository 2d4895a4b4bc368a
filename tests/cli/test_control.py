"""The command line and a real HTTP server on a real unix socket."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import web

from cti.api.standing_by import make_standing_by_app
from cti.api.store_away import StoreAway
from cti.cli import control as cli_control
from cti.cli.control import EngineRefused, NotRunning
from cti.joined.door import Whereabouts

pytestmark = pytest.mark.contract


@pytest.fixture
async def control(tmp_path: Path) -> AsyncIterator[Path]:
    async def queues(_request: web.Request) -> web.Response:
        return web.json_response({"at": 1, "queues": [{"name": "sales"}]})

    async def act(request: web.Request) -> web.Response:
        body = await request.json()
        if body["reason"] == "nap":
            return web.json_response({"refused": "unknown_reason", "detail": "breaks: lunch"}, status=409)
        return web.json_response({"ok": True})

    async def odd(_request: web.Request) -> web.Response:
        return web.Response(text="<html>", content_type="text/html")

    async def broken(_request: web.Request) -> web.Response:
        return web.Response(text="oops", status=500)

    async def away(_request: web.Request) -> web.Response:
        raise OSError("the store")

    async def slow(_request: web.Request) -> web.Response:
        await asyncio.sleep(10)
        return web.Response()

    app = web.Application(middlewares=[StoreAway(lambda error: str(error), lambda: 7.0).middleware()])
    app.router.add_get("/away", away)
    app.router.add_get("/api/v1/queues", queues)
    app.router.add_post("/api/v1/agents/{id}/{action}", act)
    app.router.add_get("/odd", odd)
    app.router.add_get("/broken", broken)
    app.router.add_get("/slow", slow)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    path = tmp_path / "c"
    await web.UnixSite(runner, str(path)).start()
    yield path
    await runner.cleanup()


async def ask(*words: object) -> object:
    return await asyncio.to_thread(cli_control.ask, *words)  # type: ignore[arg-type]


async def test_answers_and_refusals_arrive(control: Path) -> None:
    answer = await ask(control, "GET", "/api/v1/queues")
    assert cli_control.rows(answer, "queues") == [{"name": "sales"}]
    assert await ask(control, "POST", "/api/v1/agents/anna/pause", {"reason": "lunch"}) == {"ok": True}
    with pytest.raises(EngineRefused) as caught:
        await ask(control, "POST", "/api/v1/agents/anna/pause", {"reason": "nap"})
    assert (caught.value.status, caught.value.body["detail"]) == (409, "breaks: lunch")


async def test_a_store_that_is_away_is_one_line(control: Path) -> None:
    with pytest.raises(NotRunning, match="the store cannot be used now; calls go on"):
        await ask(control, "GET", "/away")


async def test_strange_answers_are_no_traceback(control: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotRunning, match="no engine answers"):
        await ask(control, "GET", "/odd")
    with pytest.raises(EngineRefused, match="500"):
        await ask(control, "GET", "/broken")
    monkeypatch.setattr(cli_control, "ANSWER_TIMEOUT_S", 0.2)
    with pytest.raises(NotRunning, match=r"no answer within 0\.2 s"):
        await ask(control, "GET", "/slow")


async def test_a_dead_or_foreign_socket_is_one_clear_line(tmp_path: Path) -> None:
    dead = tmp_path / "dead"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(dead))
    with pytest.raises(NotRunning, match="no engine answers"):
        await ask(dead, "GET", "/api/v1/queues")
    with pytest.raises(NotRunning, match="there is no such socket"):
        await ask(tmp_path / "none", "GET", "/api/v1/queues")
    if os.geteuid() != 0:
        dead.chmod(0)
        with pytest.raises(NotRunning, match="another user"):
            await ask(dead, "GET", "/api/v1/queues")


def test_rows_take_a_list_or_its_key_and_nothing_else() -> None:
    assert cli_control.rows([{"a": 1}, 2], "x") == [{"a": 1}]
    assert cli_control.rows({"x": [{"a": 1}]}, "x") == [{"a": 1}]
    assert cli_control.rows("odd", "x") == cli_control.rows({}, "x") == []


def test_what_is_installed_goes_before_the_example_of_a_checkout() -> None:
    places = cli_control.CONFIG_PLACES
    assert places.index("/etc/cti/center.yaml") < places.index("config/center.yaml")


@pytest.mark.parametrize(
    ("owner", "told"),
    [
        (
            Whereabouts("one", "10.0.0.5:4573", "10.0.0.5:8470", "https://one.example.org"),
            r"stands by; 10\.0\.0\.5:8470 owns the centre: ask it there$",
        ),
        (None, "stands by; nobody owns the centre now: try again in some seconds$"),
    ],
)
async def test_an_engine_that_stands_by_names_the_owners_machine(
    tmp_path: Path, owner: Whereabouts | None, told: str
) -> None:
    runner = web.AppRunner(make_standing_by_app(lambda: owner, pages=False))
    await runner.setup()
    await web.UnixSite(runner, str(tmp_path / "c")).start()
    with pytest.raises(NotRunning, match=told):
        await ask(tmp_path / "c", "GET", "/api/v1/status")
    await runner.cleanup()
