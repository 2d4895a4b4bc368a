"""What may a person change of the policy while the engine runs? Keys of a queue, who is in it, and the file anew.

Asks ports.PolicyDesk; knows neither the file nor what a key means.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from aiohttp import web

from cti.api.asking import (
    BY,
    BadRequest,
    add,
    body,
    known_among,
    known_or_not,
    note,
    refusal,
    unknown,
    whose,
)
from cti.api.responses import answer
from cti.model.policy import Membership, Queue
from cti.model.words import RefusedReason
from cti.ports import PolicyAnswer, PolicyDesk


class Reload(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    check: bool = False
    drop_live: bool = False
    by: Annotated[str, msgspec.Meta(pattern=BY)] = ""


def add_routes(app: web.Application, desk: PolicyDesk) -> None:
    """All answer 200 with the difference, 404 with the names there are, or 409 with the reason and every error."""
    routes = _Routes(desk)
    add(app, "PATCH", "/queues/{queue}", routes.set_queue)
    add(app, "DELETE", "/queues/{queue}/live", routes.reset_queue)
    add(app, "PUT", "/agents/{agent}/queues/{queue}", routes.join)
    add(app, "DELETE", "/agents/{agent}/queues/{queue}", routes.leave)
    add(app, "GET", "/live-changes", routes.live_changes)
    add(app, "POST", "/reload", routes.reload)


class _Routes:
    def __init__(self, desk: PolicyDesk) -> None:
        self._desk = desk

    async def set_queue(self, request: web.Request) -> web.Response:
        queue = request.match_info["queue"]
        named = known_or_not(queue, self._desk.center.queues)
        note(request, "queue.set", named)
        by, values = _whose(request, await body(request, dict[str, Any]))
        # what is judged good is no caller's number
        asked = note(request, "queue.set", named, {"keys": known_among(values, Queue.model_fields)}, by, done=values)
        if queue not in self._desk.center.queues:
            return unknown(RefusedReason.UNKNOWN_QUEUE.value, queue, self._desk.center.queues)
        if not values:
            raise BadRequest('the body names no key, as {"target_s": 30} would')
        if any("." in key for key in values):
            raise BadRequest("a key is one word: set the whole of it")
        changes = {f"queues.{queue}.{key}": value for key, value in values.items()}
        return told(await self._desk.change(changes, by=by, asked=asked))

    async def reset_queue(self, request: web.Request) -> web.Response:
        queue, keys = request.match_info["queue"], request.query.getall("field", [])
        changed = self._changed(queue)
        there = [*self._desk.center.queues, *([queue] if changed else [])]  # what rests may be of a queue that is gone
        detail = {"keys": known_among(keys, Queue.model_fields)} if keys else {}
        asked = note(request, "queue.reset", known_or_not(queue, there), detail)
        by = whose(request)
        if queue not in there:
            return unknown(RefusedReason.UNKNOWN_QUEUE.value, queue, there)
        for key in keys:
            if key not in changed:
                return unknown("unknown_field", key, changed)
        back = [changed[key] for key in keys or changed]
        return told(await self._desk.reset(back, by=by, asked=asked))

    def _changed(self, queue: str) -> dict[str, str]:
        """The paths of what was set for a queue, by key."""
        of_it = f"queues.{queue}."
        paths = [row["path"] for row in self._desk.live_changes()]
        return {path.removeprefix(of_it): path for path in paths if path.startswith(of_it)}

    async def join(self, request: web.Request) -> web.Response:
        agent, queue = request.match_info["agent"], request.match_info["queue"]
        named, there = self._names(agent, queue)
        note(request, "agent.join", named, {"queue": there})
        by, member = _whose(request, await body(request, dict[str, Any]))
        detail = {"queue": there, "keys": known_among(member, Membership.model_fields)}
        asked = note(request, "agent.join", named, detail, by, done={"queue": queue, **member})
        missing = self._missing(agent, queue)
        if missing is not None:
            return missing
        return told(await self._desk.change({f"agents.{agent}.queues.{queue}": member}, by=by, asked=asked))

    async def leave(self, request: web.Request) -> web.Response:
        agent, queue = request.match_info["agent"], request.match_info["queue"]
        named, there = self._names(agent, queue)
        asked = note(request, "agent.leave", named, {"queue": there})
        by = whose(request)
        missing = self._missing(agent, queue)
        if missing is not None:
            return missing
        changes = {f"agents.{agent}.queues.{queue}": None}
        return told(await self._desk.change(changes, by=by, asked=asked))

    async def live_changes(self, _request: web.Request) -> web.Response:
        found = {"live_changes": self._desk.live_changes(), "stored": self._desk.is_stored}
        return answer({"version": self._desk.version, **found})

    async def reload(self, request: web.Request) -> web.Response:
        note(request, "reload", "")
        asked = await body(request, Reload)
        wanted = {key: True for key in ("check", "drop_live") if getattr(asked, key)}
        by = whose(request, asked.by)
        noted = note(request, "reload.check" if asked.check else "reload", "", wanted, by)
        found = await self._desk.reload(by=by, check=asked.check, drop_live=asked.drop_live, asked=noted)
        return told(found)

    def _names(self, agent: str, queue: str) -> tuple[str, str]:
        """How they may be written down."""
        center = self._desk.center
        return known_or_not(agent, center.agents), known_or_not(queue, center.queues)

    def _missing(self, agent: str, queue: str) -> web.Response | None:
        if agent not in self._desk.center.agents:
            return unknown(RefusedReason.UNKNOWN_AGENT.value, agent, self._desk.center.agents)
        if queue not in self._desk.center.queues:
            return unknown(RefusedReason.UNKNOWN_QUEUE.value, queue, self._desk.center.queues)
        return None


def _whose(request: web.Request, given: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Take `by` out of a body whose other keys are the policy's."""
    try:
        by = whose(request, msgspec.convert(given.get("by", ""), Annotated[str, msgspec.Meta(pattern=BY)]))
    except msgspec.ValidationError as error:
        raise BadRequest(f"the body is not as expected: {error} - at `$.by`") from None
    return by, {key: value for key, value in given.items() if key != "by"}


def content_of(found: PolicyAnswer) -> dict[str, Any]:
    """Return what an answer tells, whether it was granted or refused."""
    content: dict[str, Any] = {
        "applied": found.applied,
        "version": found.version,
        "flows": found.flows,
        "difference": list(found.lines),
        "changes": list(found.changes),
        "warnings": list(found.warnings),
        "needs_restart": list(found.needs_restart),
        "dropped": list(found.dropped),
    }
    return content | {"errors": list(found.errors)} if found.errors else content


def told(found: PolicyAnswer) -> web.Response:
    """Answer 200 with what a change came to, or 409."""
    content = content_of(found)
    return answer({"ok": True, **content}) if found.refused is None else refusal(found.refused, (), **content)
