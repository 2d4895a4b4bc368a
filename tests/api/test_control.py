"""Can a person look and ask, and is everything else refused in words he understands?"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from cti.api.asking import PREFIXES
from cti.api.control import MAX_BODY_BYTES, make_control_app
from cti.api.explain import PATHS
from cti.model.changes import Refused
from cti.model.events import AgentRequest
from cti.model.words import AgentAction, AgentId, RefusedReason

from .doubles import FakeAudit, FakeDesk, FakePolicy, FakeView

pytestmark = pytest.mark.contract

NO_PAST: Any = (None, None)  # nobody is asked


class Scene:
    def __init__(self) -> None:
        self.desk = FakeDesk()
        app = make_control_app(self.desk, FakeView(), lambda: 7.0, definitions=lambda: {"version": 2, "figures": {}})
        self.client = TestClient(TestServer(app))

    async def get(self, path: str) -> tuple[int, Any]:
        response = await self.client.get(path)
        return response.status, await response.json()

    async def post(self, path: str, **more: Any) -> tuple[int, Any]:
        response = await self.client.post(path, **more)
        return response.status, await response.json()


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    scene = Scene()
    await scene.client.start_server()
    yield scene
    await scene.client.close()


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("part", ["queues", "agents", "calls", "decisions", "nodes", "status"])
async def test_every_part_of_the_view_is_there(scene: Scene, part: str, prefix: str) -> None:
    assert await scene.get(f"{prefix}/{part}") == (200, {"at": 7.0, part: FakeView().snapshot(7.0, part)[part]})


async def test_what_figures_mean_is_told(scene: Scene) -> None:
    assert await scene.get("/api/v1/definitions") == (200, {"version": 2, "figures": {}})


async def test_unknown_stays_null(scene: Scene) -> None:
    _, answer = await scene.get("/v1/queues")
    assert answer["queues"][0]["longest_wait_s"] is None


@pytest.mark.parametrize("action", list(AgentAction))
async def test_every_action_reaches_the_desk(scene: Scene, action: AgentAction) -> None:
    body = {"reason": "lunch", "by": "cli"}
    assert await scene.post(f"/v1/agents/anna/{action}", json=body) == (200, {"ok": True, "agent": {"id": "anna"}})
    assert scene.desk.asked == [AgentRequest(AgentId("anna"), action, "lunch", "cli")]


async def test_the_body_may_be_left_out(scene: Scene) -> None:
    assert await scene.post("/v1/agents/anna/login") == (200, {"ok": True, "agent": {"id": "anna"}})
    assert scene.desk.asked == [AgentRequest(AgentId("anna"), AgentAction.LOGIN, "", "control")]


async def test_a_refusal_is_a_409_with_its_reason(scene: Scene) -> None:
    scene.desk.refusal = Refused(RefusedReason.ALREADY, "anna is on break")
    problem = {"type": "urn:cti:already", "title": "already", "status": 409}
    told = {"refused": "already", "detail": "anna is on break"}
    assert await scene.post("/v1/agents/anna/pause") == (409, problem | told)


async def test_an_unknown_agent_is_a_404_with_the_names_that_exist(scene: Scene) -> None:
    status, answer = await scene.post("/v1/agents/ana/pause")
    told = {"refused": "unknown_agent", "detail": 'did you mean "anna"?', "exists": ["anna", "ben"]}
    assert (status, {key: answer[key] for key in told}) == (404, told)
    assert answer["type"] == "urn:cti:unknown_agent"
    assert (await scene.post("/v1/agents/zzz/pause"))[1]["detail"] == ""
    assert scene.desk.asked == []


async def test_an_unknown_action_is_a_404_with_the_actions_that_exist(scene: Scene) -> None:
    status, answer = await scene.post("/v1/agents/anna/paus")
    assert (status, answer["refused"], answer["detail"]) == (404, "unknown_action", 'did you mean "pause"?')


async def test_an_unknown_path_says_what_exists(scene: Scene) -> None:
    status, answer = await scene.get("/v1/quues")
    assert status == 404
    assert "/api/v1/queues" in answer["exists"] and "/v1/queues" not in answer["exists"]


def test_every_path_is_there_under_both_prefixes() -> None:
    """A new path is added with asking.add, so that programs may write what the documentation says."""
    app = make_control_app(FakeDesk(), FakeView(), lambda: 7.0, policy=FakePolicy(), audit=FakeAudit(), why=NO_PAST)
    routes = [(route.method, route.resource.canonical) for route in app.router.routes() if route.resource]
    real, alias = ({(method, path.removeprefix(p)) for method, path in routes if path.startswith(p)} for p in PREFIXES)
    assert real == alias and len(routes) == 2 * len(real) > 20
    assert {path for method, path in real if method == "GET"} >= set(PATHS)


@pytest.mark.parametrize(
    "data",
    [
        b"{",
        b"[]",
        b"\xff",
        b"null",
        b'{"reason": 1}',
        b'{"raeson": "lunch"}',
        b'{"by": "a\\nb"}',
        b'{"reason": "a|b"}',
        b"[" * 4000,
    ],
)
async def test_a_bad_body_is_a_400(scene: Scene, data: bytes) -> None:
    status, answer = await scene.post("/v1/agents/anna/pause", data=data)
    assert status == 400
    assert "the body is not as expected" in answer["error"]
    assert scene.desk.asked == []


async def test_a_large_body_is_refused(scene: Scene) -> None:
    status, _ = await scene.post("/v1/agents/anna/pause", data=b" " * (MAX_BODY_BYTES + 1))
    assert status == 413
    assert scene.desk.asked == []


async def test_the_wrong_method_is_a_405(scene: Scene) -> None:
    assert (await scene.get("/v1/agents/anna/pause"))[0] == 405
