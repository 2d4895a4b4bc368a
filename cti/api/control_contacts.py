"""What may be asked for one contact? Another queue, seconds of waiting, the end of its wait; to hear its talk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import msgspec
from aiohttp import web

from cti.api.asking import BY, add, body, known_or_not, note, refusal, unknown, whose
from cti.api.http import answer
from cti.api.view import View
from cti.model.events import ContactRequest, SpyRequest
from cti.model.words import ContactAction, ContactId, QueueName, RefusedReason, SpyMode
from cti.ports import Desk

MAX_SECONDS = 86_400


class Move(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    queue: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{1,40}\Z")]
    by: Annotated[str, msgspec.Meta(pattern=BY)] = ""


class Prioritise(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Seconds of waiting given to a contact; less than 0 takes away."""

    seconds: Annotated[float, msgspec.Meta(ge=-MAX_SECONDS, le=MAX_SECONDS)]
    by: Annotated[str, msgspec.Meta(pattern=BY)] = ""


class Withdraw(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`reason` is one word, for the audit trail: no room for a number or a name."""

    reason: Annotated[str, msgspec.Meta(pattern=r"^[a-z_]{0,40}\Z")] = ""
    by: Annotated[str, msgspec.Meta(pattern=BY)] = ""


class Spy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The phone of the one who asks: 1009, or PJSIP/1009. No number can be dialled by it."""

    phone: Annotated[str, msgspec.Meta(pattern=r"^([A-Za-z0-9]{1,20}/)?[A-Za-z0-9_-]{1,60}\Z")]
    by: Annotated[str, msgspec.Meta(pattern=BY)] = ""


_BODIES: dict[ContactAction, type[Move | Prioritise | Withdraw]] = {
    ContactAction.MOVE: Move,
    ContactAction.PRIORITISE: Prioritise,
    ContactAction.WITHDRAW: Withdraw,
}


def add_routes(app: web.Application, desk: Desk, view: View, clock: Callable[[], float]) -> None:
    """The id of a contact has a "/" in it: the path is read from its end."""

    async def ask(request: web.Request) -> web.Response:
        contact, word = request.match_info["contact"], request.match_info["action"]
        if word in set(SpyMode):
            return await _spy(request, desk, view, clock())
        if word not in set(ContactAction):
            return unknown("unknown_action", word, [known.value for known in (*ContactAction, *SpyMode)])
        action = ContactAction(word)
        before = view.snapshot(clock())
        named = known_or_not(contact, {row.get("contact") for row in before["calls"]})
        note(request, f"contact.{action}", named)
        asked = await body(request, _BODIES[action])
        detail = {key: value for key, value in msgspec.structs.asdict(asked).items() if key != "by" and value != ""}
        by = whose(request, asked.by)
        queue, seconds = detail.get("queue"), detail.get("seconds", 0.0)
        if queue is not None:
            detail["queue"] = known_or_not(queue, {row["name"] for row in before["queues"]})
        note(request, f"contact.{action}", named, detail, by)
        to = QueueName(queue) if queue is not None else None
        refused = desk.ask(ContactRequest(ContactId(contact), action, to, seconds, by=by))
        if refused is None or refused.reason is not RefusedReason.UNKNOWN_CONTACT:
            note(request, f"contact.{action}", contact, detail, by)  # the view lists not all of them
        snapshot = view.snapshot(clock())
        if refused is None:
            return answer({"ok": True, "contact": _row(snapshot, contact)})
        if refused.reason is RefusedReason.UNKNOWN_QUEUE:
            return unknown(refused.reason.value, queue or "", [row["name"] for row in snapshot["queues"]])
        return refusal(refused)

    add(app, "POST", "/contacts/{contact:.+}/{action}", ask)


async def _spy(request: web.Request, desk: Desk, view: View, now: float) -> web.Response:
    """His own phone rings, and he hears the talk."""
    contact, mode = request.match_info["contact"], SpyMode(request.match_info["action"])
    named = known_or_not(contact, {row.get("contact") for row in view.snapshot(now)["calls"]})
    note(request, f"contact.{mode}", named)
    asked = await body(request, Spy)
    by = whose(request, asked.by)
    phone = asked.phone if "/" in asked.phone else f"PJSIP/{asked.phone}"
    refused = desk.ask(SpyRequest(ContactId(contact), mode, phone, by=by))
    if refused is None or refused.reason is not RefusedReason.UNKNOWN_CONTACT:
        named = contact  # the view lists not all of them
    note(request, f"contact.{mode}", named, {"phone": phone}, by)
    if refused is None:
        return answer({"ok": True, "contact": _row(view.snapshot(now), contact)})
    return refusal(refused)


def _row(snapshot: dict[str, Any], contact: str) -> dict[str, Any] | None:
    """How it stands now; None where it has gone, or beyond what the view lists."""
    return next((row for row in snapshot["calls"] if row.get("contact") == contact), None)
