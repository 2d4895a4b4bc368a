"""Do the machines get true answers?"""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestClient, TestServer

from cti.api.http import make_http_app, missing_for_ready

pytestmark = pytest.mark.contract


class Scene:
    def __init__(self) -> None:
        self.missing: list[str] = []
        self.lag_s = 0.0
        self.owns = True
        told = (lambda: b"cti_bugs_total 0.0\n", lambda: self.missing, lambda: self.lag_s)
        self.client = TestClient(TestServer(make_http_app(*told, owns=lambda: self.owns)))


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    scene = Scene()
    await scene.client.start_server()
    yield scene
    await scene.client.close()


async def test_metrics(scene: Scene) -> None:
    response = await scene.client.get("/metrics")
    assert (response.status, await response.text()) == (200, "cti_bugs_total 0.0\n")
    assert response.headers["Content-Type"].startswith("text/plain; version=0.0.4")


async def test_healthz_tells_a_loop_that_stands_still(scene: Scene) -> None:
    assert (await scene.client.get("/healthz")).status == 200
    scene.lag_s = 3.0
    response = await scene.client.get("/healthz")
    assert (response.status, await response.json()) == (503, {"ok": False, "loop_lag_s": 3.0})


async def test_readyz_gives_its_reasons(scene: Scene) -> None:
    scene.missing = ["FastAGI does not listen"]
    response = await scene.client.get("/readyz")
    assert (response.status, await response.json()) == (503, {"ready": False, "reasons": ["FastAGI does not listen"]})
    scene.missing = []
    response = await scene.client.get("/readyz")
    assert (response.status, await response.json()) == (200, {"ready": True, "reasons": []})


async def test_who_owns_the_centre_does_so_whether_he_lets_callers_in_or_not(scene: Scene) -> None:
    scene.missing = ["new callers are turned away: it is drained"]
    response = await scene.client.get("/ownz")
    assert (response.status, await response.json()) == (200, {"owns": True})
    scene.owns = False
    response = await scene.client.get("/ownz")
    assert (response.status, await response.json()) == (503, {"owns": False})
    assert (await scene.client.get("/healthz")).status == (await scene.client.get("/metrics")).status == 200


async def test_who_loses_the_centre_while_he_is_asked_says_one_thing() -> None:
    """The second question would be answered otherwise."""
    answers = iter([True, False])
    async with TestClient(TestServer(make_http_app(bytes, list, float, owns=lambda: next(answers)))) as client:
        response = await client.get("/ownz")
        assert (response.status, await response.json()) == (200, {"owns": True})


async def test_nothing_else_is_there(scene: Scene) -> None:
    assert (await scene.client.get("/v1/calls")).status == 404
    assert (await scene.client.post("/metrics")).status == 405


def test_an_engine_that_turns_callers_away_is_not_ready() -> None:
    (reason,) = missing_for_ready({"node1": "up"}, fastagi_listens=True, turns_away="100 calls")
    assert "turned away: 100 calls" in reason


def test_missing_for_ready() -> None:
    assert missing_for_ready({"node1": "up", "node2": "down"}, fastagi_listens=True) == []
    assert missing_for_ready({"node1": "down"}, fastagi_listens=False) == [
        "no Asterisk node is connected (node1)",
        "FastAGI does not listen",
    ]
    assert missing_for_ready({}, fastagi_listens=True) == ["no Asterisk node is connected (none seen yet)"]
