"""What may a person ask about campaigns? List them, look at one, start, pause, resume, drain or stop it, see its plan.

Answers hold no numbers: a lead is named by the number of its row.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated, Any, Protocol

import msgspec
from aiohttp import web

from cti.api.asking import BY, NOBODY, BadRequest, add, body, note, refusal, unknown
from cti.api.responses import answer
from cti.model.changes import Refused
from cti.model.dialling import CampaignAction, CampaignName
from cti.model.events import CampaignRequest
from cti.model.words import RefusedReason
from cti.ports import Desk

MOST_AHEAD_S, HOUR_S = 86_400.0, 3600.0


class Campaigns(Protocol):
    """Whoever knows how they stand. What `load` returns, `plan` and `amd` block: they are called off the loop."""

    def load(self) -> Callable[[], list[dict[str, Any]]]:
        """Return how to get all of them as they are now."""

    def plan(self, name: str, ahead_s: float) -> dict[str, Any] | None:
        """Return whom a campaign may dial, and why not whom; None where there is no such campaign."""

    def amd(self, name: str) -> dict[str, Any] | None:
        """Return how well machines were told from people; None where there is no such campaign."""


class CampaignAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    by: Annotated[str, msgspec.Meta(pattern=BY)] = NOBODY


def add_routes(app: web.Application, desk: Desk, campaigns: Campaigns, clock: Callable[[], float]) -> None:
    """Add GET /v1/campaigns, GET /v1/campaigns/{name}/plan (?hours=) and POST /v1/campaigns/{name}/{action}."""

    async def listed(_request: web.Request) -> web.Response:
        found = await asyncio.to_thread(campaigns.load())
        return answer({"at": clock(), "campaigns": found})

    async def plan(request: web.Request) -> web.Response:
        name = request.match_info["name"]
        found = await asyncio.to_thread(campaigns.plan, name, _ahead_s(request))
        if found is None:
            return refusal(Refused(RefusedReason.UNKNOWN_CAMPAIGN, await _known(campaigns)))
        return answer({"at": clock(), "plan": found})

    async def amd(request: web.Request) -> web.Response:
        found = await asyncio.to_thread(campaigns.amd, request.match_info["name"])
        if found is None:
            return refusal(Refused(RefusedReason.UNKNOWN_CAMPAIGN, await _known(campaigns)))
        return answer({"at": clock(), "amd": found})

    async def ask(request: web.Request) -> web.Response:
        name, word = request.match_info["name"], request.match_info["action"]
        if word not in set(CampaignAction):
            return unknown("unknown_action", word, [known.value for known in CampaignAction])
        what = f"campaign.{word}"
        note(request, what, name)
        asked = await body(request, CampaignAsked)
        note(request, what, name, {}, asked.by)
        refused = desk.ask(CampaignRequest(CampaignName(name), CampaignAction(word), asked.by))
        if refused is not None:
            return refusal(refused)
        rows = await asyncio.to_thread(campaigns.load())
        return answer({"ok": True, "campaign": next((row for row in rows if row["name"] == name), None)})

    add(app, "GET", "/campaigns", listed)
    add(app, "GET", "/campaigns/{name}/plan", plan)
    add(app, "GET", "/campaigns/{name}/amd", amd)
    add(app, "POST", "/campaigns/{name}/{action}", ask)


async def _known(campaigns: Campaigns) -> str:
    rows = await asyncio.to_thread(campaigns.load())
    return ", ".join(str(row["name"]) for row in rows)


def _ahead_s(request: web.Request) -> float:
    try:
        hours = float(request.query.get("hours", "1"))
    except ValueError:
        raise BadRequest("hours is a number such as 1 or 0.5") from None
    if not 0 < hours * HOUR_S <= MOST_AHEAD_S:
        raise BadRequest("hours is more than 0 and at most 24")
    return hours * HOUR_S
