"""Does the control app answer why, for the live and for the ended, over the real core and the real history?"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer
from kit import Scene, center, member

from cti.api.control import make_control_app
from cti.model.explanation import AgentNow, ContactNow
from cti.model.words import AgentId, ContactId
from cti.store.database import open_store
from cti.store.history import History
from cti.store.history_writer import HistoryWriter

from .doubles import FakeDesk

pytestmark = pytest.mark.contract


class Center:
    """A scene as ports.Explainer and as a live view."""

    def __init__(self) -> None:
        self.scene = Scene(center(agents={"anna": member("sales"), "ben": member("sales")}))

    def explain_contact(self, contact: ContactId) -> ContactNow | None:
        return self.scene.center.explain_contact(contact, self.scene.now)

    def explain_agent(self, agent: AgentId) -> AgentNow | None:
        return self.scene.center.explain_agent(agent, self.scene.now)

    @property
    def agents(self) -> list[str]:
        return list(self.scene.policy.agents)


class Asking:
    def __init__(self, client: TestClient[Any, Any], center: Center, writer: HistoryWriter) -> None:
        self.client, self.center, self.writer = client, center, writer
        self.told = 0

    async def get(self, path: str) -> tuple[int, Any]:
        changes = self.center.scene.changes()
        for changed in changes[self.told :]:
            self.writer.apply(changed)
        self.told = len(changes)
        response = await self.client.get(path)
        return response.status, await response.json()


@pytest.fixture
async def asking(tmp_path: Path) -> AsyncIterator[Asking]:
    store = open_store(f"sqlite:///{tmp_path}/cti.db")
    core = Center()
    scene = core.scene
    writer = HistoryWriter(store, scene.policy, "v1", now=scene.now, keep_s=1e9, gather_s=0.0)
    history = History(store, scene.policy, "v1", lambda: writer.flush(30.0))
    app = make_control_app(FakeDesk(), core, lambda: scene.now, why=(core, history))
    client = TestClient(TestServer(app))
    await client.start_server()
    yield Asking(client, core, writer)
    await client.close()
    writer.close()
    store.close()


async def test_a_contact_that_waits_is_explained_now_and_then(asking: Asking) -> None:
    scene = asking.center.scene
    scene.arrive("c1")
    scene.wait(8)
    status, told = await asking.get("/v1/contacts/node1/c1/timeline")
    assert (status, told["contact"]["state"], told["now"]["state"]) == (200, "waiting", "waiting")
    assert [fact["kind"] for fact in told["facts"]] == ["contact", "contact", "visit"]
    assert "caller" not in told["facts"][0]
    now = {each["agent"]: each["reason"] for each in told["now"]["look"]["standings"]}
    assert now == {"anna": "logged_out", "ben": "logged_out"}
    status, decided = await asking.get("/v1/contacts/c1/decisions")
    assert (status, [look.get("rule", "") for look in decided["looks"]]) == (200, [""])


async def test_a_contact_that_is_over_is_explained_from_the_history(asking: Asking) -> None:
    scene = asking.center.scene
    scene.login("anna")
    scene.wait(1)
    scene.login("ben")
    scene.arrive("c1")
    scene.talk("anna", 5)
    status, decided = await asking.get("/v1/contacts/c1/decisions")
    (look,) = decided["looks"]
    assert (status, decided["now"], look["rule"]) == (200, None, "longest_idle")
    assert [(each["agent"], each.get("chosen", False), each.get("lost_by")) for each in look["standings"]] == [
        ("anna", True, None),
        ("ben", False, "figure"),
    ]
    status, why = await asking.get("/v1/agents/ben/explain")
    assert (status, why["now"]["standing"]["reason"], why["now"]["queues"][0]["free_agents"]) == (200, "free", 2)
    assert [(each["winner"]["agent"], each["his"]["lost_by"]) for each in why["lost"]] == [("anna", "figure")]


async def test_whoever_does_not_exist_is_answered_with_those_who_do(asking: Asking) -> None:
    for name in ("c1", "c2", "d1"):
        asking.center.scene.arrive(name)
        asking.center.scene.wait(1)
    for part in ("timeline", "decisions"):
        status, told = await asking.get(f"/v1/contacts/zzz/{part}")
        assert (status, told["refused"], told["exists"]) == (
            404,
            "unknown_contact",
            ["node1/d1", "node1/c2", "node1/c1"],
        )
        status, told = await asking.get(f"/v1/contacts/c/{part}")
        assert (status, told["refused"], told["exists"]) == (409, "ambiguous", ["node1/c2", "node1/c1"])
    status, told = await asking.get("/v1/agents/ana/explain")
    assert (status, told["detail"], told["exists"]) == (404, 'did you mean "anna"?', ["anna", "ben"])


@pytest.mark.parametrize("limit", ["0", "-1", "201", "x", "9999999999999999", ""])
async def test_a_limit_out_of_bounds_is_a_400(asking: Asking, limit: str) -> None:
    assert (await asking.get(f"/v1/contacts?limit={limit}"))[0] == 400


async def test_the_newest_contacts_are_listed(asking: Asking) -> None:
    for number in range(3):
        asking.center.scene.arrive(f"c{number}")
        asking.center.scene.wait(1)
    status, told = await asking.get("/v1/contacts?limit=2")
    assert (status, [row["contact"] for row in told["contacts"]]) == (200, ["node1/c2", "node1/c1"])
    asking.center.scene.arrive("c3")
    status, told = await asking.get(f"/v1/contacts?limit=2&cursor={told['next']}")
    assert (status, [row["contact"] for row in told["contacts"]], told["next"]) == (200, ["node1/c0"], None)
