"""Why did this contact go there, and why does this agent get nothing? The paths of the control app that answer it.

Live facts come from the running core, what was from the history; nothing is decided or worded here. Answers hold the
caller's number, as the rest of the control socket does; `stored` in them: whether all that happened is there already.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from typing import Any, Protocol

from aiohttp import web

from cti.api.asking import add
from cti.api.paging import Word, page_of
from cti.api.responses import answer
from cti.api.web_guard import part_of
from cti.model.changes import Changed
from cti.model.explanation import AgentNow, Look, Passed
from cti.model.words import AgentId, ContactId
from cti.ports import Explainer, Part
from cti.suggest import closest

MAX_LISTED = 200
LISTED = 20
NOT_STORED = "what happened last is not stored yet: ask again"
PATHS = ("/contacts", "/contacts/{id}/timeline", "/contacts/{id}/decisions", "/agents/{id}/explain")

Handler = Callable[[web.Request], Any]


class Past(Protocol):
    """The history, as this file needs it. Every method blocks for the disk."""

    def catch_up(self) -> bool: ...
    def contacts(
        self, limit: int = LISTED, after: tuple[float, str] | None = None, part: Part | None = None
    ) -> list[dict[str, Any]]: ...
    def find(self, asked: str) -> list[dict[str, Any]]: ...
    def facts(self, contact: str) -> list[Changed]: ...
    def looks(self, contact: str) -> list[Look]: ...
    def passed(self, contact: str) -> list[Passed]: ...
    def lost(self, agent: AgentId, limit: int = LISTED) -> Sequence[Any]: ...


def add_explaining(
    app: web.Application,
    explainer: Explainer,
    past: Past,
    clock: Callable[[], float],
    agents: Callable[[], Collection[str]],
) -> None:
    """Add PATHS to `app`, under each prefix. `agents` returns the names that exist, `clock` epoch seconds."""
    add(app, "GET", "/contacts", _contacts(past, clock))
    # The id of a contact holds a slash: <node>/<Uniqueid>.
    add(app, "GET", "/contacts/{id:.+}/timeline", _contact(explainer, past, clock, "facts"))
    add(app, "GET", "/contacts/{id:.+}/decisions", _contact(explainer, past, clock, "looks"))
    add(app, "GET", "/agents/{id}/explain", _agent(explainer, past, clock, agents))


def _contacts(past: Past, clock: Callable[[], float]) -> Handler:
    async def read(request: web.Request) -> web.Response:
        page = page_of(request, "contacts", tuple[float, Word], LISTED, MAX_LISTED)
        stored = await asyncio.to_thread(past.catch_up)
        found = await asyncio.to_thread(past.contacts, page.most, page.after, part_of(request))
        rows, more = page.shown(found, lambda row: (row["seen_at"], row["contact"]))
        return answer({"at": clock(), "contacts": rows, "next": more, "stored": stored})

    return read


def _contact(explainer: Explainer, past: Past, clock: Callable[[], float], part: str) -> Handler:
    def read_part(contact: str) -> dict[str, Any]:
        if part == "facts":
            return {"facts": past.facts(contact)}
        return {"looks": past.looks(contact), "passed": past.passed(contact)}

    async def read(request: web.Request) -> web.Response:
        stored = await asyncio.to_thread(past.catch_up)
        found = await asyncio.to_thread(past.find, request.match_info["id"])
        if not found:
            newest = await asyncio.to_thread(past.contacts, LISTED)
            exists = [row["contact"] for row in newest]
            detail = "these are the newest" if stored else f"these are the newest that are stored; {NOT_STORED}"
            return answer({"refused": "unknown_contact", "detail": detail, "exists": exists}, 404)
        if len(found) > 1:
            exists = [row["contact"] for row in found]
            return answer({"refused": "ambiguous", "detail": "several have it in their ids", "exists": exists}, 409)
        contact = found[0]["contact"]
        told = await asyncio.to_thread(read_part, contact)
        now = explainer.explain_contact(ContactId(contact))
        return answer({"at": clock(), "contact": found[0], **told, "now": now, "stored": stored})

    return read


def _agent(
    explainer: Explainer, past: Past, clock: Callable[[], float], agents: Callable[[], Collection[str]]
) -> Handler:
    async def read(request: web.Request) -> web.Response:
        name = AgentId(request.match_info["id"])
        now: AgentNow | None = explainer.explain_agent(name)
        if now is None:
            known = sorted(agents())
            close = closest(name, known)
            detail = f'did you mean "{close}"?' if close else ""
            return answer({"refused": "unknown_agent", "detail": detail, "exists": known[:1000]}, 404)
        stored = await asyncio.to_thread(past.catch_up)
        lost = [each._asdict() for each in await asyncio.to_thread(past.lost, name)]
        return answer({"at": clock(), "now": now, "lost": lost, "stored": stored})

    return read
