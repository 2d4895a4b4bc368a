"""Can an agent see whom he would call, and take or skip him, and is that remembered?"""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from cti.api import asking, control_previews
from cti.model.audit import AuditEntry
from cti.model.changes import Refused
from cti.model.events import AgentRequest, AnyEvent
from cti.model.lead import PreviewNow
from cti.model.words import AgentAction, AgentId, RefusedReason

pytestmark = pytest.mark.contract

LEAD = PreviewNow("campaign/spring-1-1", "sales", "spring", "+493012345", {"name": "Ada"}, 60.0)


class Centre:
    """The core's desk, the view, and the audit trail."""

    def __init__(self, refusal: Refused | None = None) -> None:
        self.refusal, self.asked, self.entries = refusal, list[AnyEvent](), list[AuditEntry]()

    def post(self, event: AnyEvent) -> None:
        raise AssertionError("wishes are asked")

    def ask(self, event: AnyEvent) -> Refused | None:
        self.asked.append(event)
        return self.refusal

    queues, agents, contacts = (), ("anna", "bert"), ()

    def contact(self, contact: str, now: float) -> Any:
        raise AssertionError("nobody asks for a contact")

    def agent(self, agent: str, now: float) -> Any:
        raise AssertionError("nobody asks for his row")

    def snapshot(self, now: float, *parts: str) -> Any:
        raise AssertionError("no picture for the sake of one agent")

    def add(self, entry: AuditEntry) -> None:
        self.entries.append(entry)

    def newest(self, limit: int) -> list[dict[str, Any]]:
        return []

    async def request(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        app = web.Application(middlewares=[asking.remembering(self, lambda: 1.0), asking.bad_requests])
        control_previews.add_routes(app, self, lambda agent: LEAD if agent == "anna" else None, self, lambda: 1.0)
        async with TestClient(TestServer(app)) as client, client.request(method, path, json=body) as answer:
            return answer.status, await answer.json()


async def test_he_sees_the_lead_and_nobody_else_does() -> None:
    status, found = await Centre().request("GET", "/api/v1/agents/anna/preview")
    assert (status, found["preview"]["number"], found["preview"]["data"]) == (200, "+493012345", {"name": "Ada"})
    assert (await Centre().request("GET", "/api/v1/agents/bert/preview"))[1]["preview"] is None
    assert (await Centre().request("GET", "/api/v1/agents/carl/preview"))[0] == 404


async def test_he_takes_or_skips() -> None:
    centre = Centre()
    assert (await centre.request("POST", "/api/v1/agents/anna/preview/accept"))[0] == 200
    skip = {"reason": "spoke_yesterday", "by": "anna"}
    assert (await centre.request("POST", "/api/v1/agents/anna/preview/skip", skip))[0] == 200
    assert centre.asked == [
        AgentRequest(AgentId("anna"), AgentAction.ACCEPT, "", "control"),
        AgentRequest(AgentId("anna"), AgentAction.SKIP, "spoke_yesterday", "anna"),
    ]
    assert [(each.what, each.on, each.detail) for each in centre.entries] == [
        ("agent.accept", "anna", {}),
        ("agent.skip", "anna", {"reason": "spoke_yesterday"}),
    ]


async def test_what_cannot_be_is_refused() -> None:
    centre = Centre(Refused(RefusedReason.NO_PREVIEW))
    status, found = await centre.request("POST", "/api/v1/agents/anna/preview/skip")
    assert (status, found["refused"]) == (409, "no_preview")
    assert (await centre.request("POST", "/api/v1/agents/carl/preview/skip"))[0] == 404
    assert (await centre.request("POST", "/api/v1/agents/anna/preview/login"))[0] == 404
    assert (await centre.request("POST", "/api/v1/agents/anna/preview/skip", {"reason": "he said: no"}))[0] == 400
