"""Does an agent see whom he has and what he has promised, and may he work on what is his, and on nothing else?"""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from cti.api import asking, control_agent_desk
from cti.model.changes import Refused
from cti.model.desk import DeskContact, DeskNow
from cti.model.dialling import LeadId
from cti.model.events import CallbackRequest
from cti.model.promise import Promise, Wanted
from cti.model.words import CallbackAction, RefusedReason
from cti.ports import Part
from tests.api.doubles import FakeAudit, FakeDesk, FakeView

pytestmark = pytest.mark.contract

CALLER = DeskContact("n/1", "sales", "+493012345", "6001", {"tier": "gold"}, "", 5.0, False, {"sale": "Sale"}, True, "")


class Kept:
    """Callback 7 is anna's, with follow-up 3; follow-up 4 is ben's."""

    def __init__(self) -> None:
        self.done: list[tuple[int, str, str]] = []

    def of_agent(self, agent: str, limit: int) -> list[dict[str, Any]]:
        return [{"id": 7, "agent": agent, "number": "+4930"}] if agent == "anna" else []

    def of_follow_up(self, number: int) -> LeadId | None:
        return LeadId(7) if number == 3 else None

    def one(self, number: int, part: Part | None = None) -> dict[str, Any] | None:
        return {3: {"owner": "anna"}, 4: {"owner": "ben"}, 7: {"agent": "anna"}, 8: {"agent": ""}}.get(number)

    def load(self, **asked: Any) -> list[dict[str, Any]]:
        assert asked["done"] is False
        return [{"id": 3, "owner": asked["owner"]}]

    def finish(self, number: int, outcome: str, by: str, now: float) -> bool | None:
        self.done.append((number, outcome, by))
        return len(self.done) == 1

    def promise(self, wanted: Wanted, part: Part | None = None) -> tuple[Promise, str] | Refused:
        raise AssertionError("nothing is promised here")

    def for_follow_up(self, number: int, at: str, part: Part | None = None) -> tuple[Promise, str] | Refused:
        raise AssertionError("nothing is promised here")


class World:
    def __init__(self) -> None:
        self.desk, self.kept, self.audit = FakeDesk(), Kept(), FakeAudit()

    async def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        app = web.Application(middlewares=[asking.remembering(self.audit, lambda: 1.0), asking.bad_requests])
        seen = {"anna": DeskNow("talking", None, CALLER, None), "ben": DeskNow("idle", None, None, None)}
        kept: Any = self.kept
        control_agent_desk.add_routes(
            app, self.desk, lambda agent: seen.get(agent), kept, kept, FakeView(), lambda: 1.0
        )
        async with TestClient(TestServer(app)) as client, client.request(method, path, json=body) as answer:
            return answer.status, await answer.json()


async def test_whom_he_has_before_him() -> None:
    world = World()
    status, found = await world.ask("GET", "/api/v1/agents/anna/desk")
    assert (status, found["desk"]["contact"]["customer"], found["desk"]["activity"]) == (
        200,
        {"tier": "gold"},
        "talking",
    )
    assert found["desk"]["contact"]["dispositions"] == {"sale": "Sale"}
    assert (await world.ask("GET", "/api/v1/agents/ben/desk"))[1]["desk"]["contact"] is None
    assert (await world.ask("GET", "/api/v1/agents/carl/desk"))[0] == 404
    assert (await world.ask("GET", "/api/v1/agents/carl/work"))[0] == 404


async def test_what_he_has_promised_and_is_to_look_into() -> None:
    _, found = await World().ask("GET", "/api/v1/agents/anna/work")
    assert [row["id"] for row in found["callbacks"]] == [7]
    assert [row["id"] for row in found["follow_ups"]] == [3]


async def test_he_keeps_a_promise_of_his_now_and_no_others() -> None:
    world = World()
    assert (await world.ask("POST", "/api/v1/agents/anna/callbacks/7/now"))[0] == 200
    assert world.desk.asked == [CallbackRequest(LeadId(7), CallbackAction.NOW, "control")]
    for number in (8, 9):
        status, found = await world.ask("POST", f"/api/v1/agents/anna/callbacks/{number}/now")
        assert (status, found["refused"]) == (404, "unknown_callback")
    world.desk.refusal = Refused(RefusedReason.ALREADY)
    assert (await world.ask("POST", "/api/v1/agents/anna/callbacks/7/now"))[0] == 409
    assert (await world.ask("POST", "/api/v1/agents/anna/callbacks/x/now"))[0] == 400
    assert {entry.what for entry in world.audit.entries} == {"callback.now"}


async def test_he_closes_a_follow_up_of_his_and_the_call_for_it_is_taken_back() -> None:
    world = World()
    assert (await world.ask("POST", "/api/v1/agents/anna/follow-ups/3/done", {"outcome": "talked"}))[0] == 200
    assert world.kept.done == [(3, "talked", "control")]
    assert world.desk.asked == [CallbackRequest(LeadId(7), CallbackAction.WITHDRAW, "control")]
    assert (await world.ask("POST", "/api/v1/agents/anna/follow-ups/3/done"))[0] == 409
    assert (await world.ask("POST", "/api/v1/agents/anna/follow-ups/4/done"))[0] == 404, "ben's"
