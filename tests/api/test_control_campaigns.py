"""Can campaigns be listed, planned and told what to do, and is that remembered with who wanted it?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from cti.api import asking, control_campaigns
from cti.model.changes import Refused
from cti.model.events import AnyEvent, CampaignRequest
from cti.model.words import RefusedReason

pytestmark = pytest.mark.contract


class Known:
    """One campaign, spring."""

    def load(self) -> Callable[[], list[dict[str, Any]]]:
        return lambda: [{"name": "spring", "state": "running"}]

    def plan(self, name: str, ahead_s: float) -> dict[str, Any] | None:
        return {"campaign": name, "ahead_s": ahead_s} if name == "spring" else None

    def amd(self, name: str) -> dict[str, Any] | None:
        return {"campaign": name, "verdicts": 0} if name == "spring" else None


class Asked:
    """The core's desk."""

    def __init__(self, refusal: Refused | None = None) -> None:
        self.asked: list[AnyEvent] = []
        self.refusal = refusal

    def post(self, event: AnyEvent) -> None:
        raise AssertionError("wishes are asked")

    def ask(self, event: AnyEvent) -> Refused | None:
        self.asked.append(event)
        return self.refusal


async def ask(desk: Asked, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, Any]:
    app = web.Application(middlewares=[asking.bad_requests])
    control_campaigns.add_routes(app, desk, Known(), lambda: 1.0)
    async with TestClient(TestServer(app)) as client, client.request(method, path, json=body) as answer:
        return answer.status, await answer.json()


async def test_they_are_listed_and_planned() -> None:
    assert (await ask(Asked(), "GET", "/v1/campaigns"))[1]["campaigns"] == [{"name": "spring", "state": "running"}]
    status, found = await ask(Asked(), "GET", "/v1/campaigns/spring/plan?hours=2")
    assert (status, found["plan"]["ahead_s"]) == (200, 7200.0)
    assert (await ask(Asked(), "GET", "/v1/campaigns/spring/plan?hours=x"))[0] == 400
    status, found = await ask(Asked(), "GET", "/v1/campaigns/winter/plan")
    assert (status, found["refused"], found["detail"]) == (404, "unknown_campaign", "spring")


@pytest.mark.parametrize("action", ["start", "pause", "resume", "drain", "stop"])
async def test_what_is_asked_for_reaches_the_core(action: str) -> None:
    desk = Asked()
    status, found = await ask(desk, "POST", f"/v1/campaigns/spring/{action}", {"by": "eva"})
    assert (status, found["campaign"]["state"]) == (200, "running")
    [event] = desk.asked
    assert isinstance(event, CampaignRequest) and (event.campaign, event.action, event.by) == ("spring", action, "eva")


async def test_refusals_are_told() -> None:
    desk = Asked(Refused(RefusedReason.CAMPAIGN_STATE, "is running: start needs ready"))
    status, found = await ask(desk, "POST", "/v1/campaigns/spring/start", {})
    assert (status, found["refused"]) == (409, "campaign_state")
    assert (await ask(desk, "POST", "/v1/campaigns/spring/burn", {}))[0] == 404


async def test_how_well_machines_were_told_from_people() -> None:
    assert (await ask(Asked(), "GET", "/v1/campaigns/spring/amd"))[1]["amd"]["verdicts"] == 0
    assert (await ask(Asked(), "GET", "/v1/campaigns/winter/amd"))[0] == 404
