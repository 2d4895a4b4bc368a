"""What may be asked for one contact? Another queue, seconds of waiting, the end of its wait; to hear its talk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import msgspec
from aiohttp import web

from cti.api.asking import BY, add, body, known_or_not, note, refusal, unknown, whose
from cti.api.responses import answer
from cti.api.view import View
from cti.api.web_guard import scope, who
from cti.model.events import ContactRequest, SpyRequest
from cti.model.policy import Center
from cti.model.words import ContactAction, ContactId, QueueName, RefusedReason, SpyMode
from cti.people import phones
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
    """The phone of the one who asks: 1009, or PJSIP/1009 (on the web: his own without). It dials no number."""

    phone: Annotated[str, msgspec.Meta(max_length=100)] = ""
    by: Annotated[str, msgspec.Meta(pattern=BY)] = ""


_BODIES: dict[ContactAction, type[Move | Prioritise | Withdraw]] = {
    ContactAction.MOVE: Move,
    ContactAction.PRIORITISE: Prioritise,
    ContactAction.WITHDRAW: Withdraw,
}


def add_routes(
    app: web.Application,
    desk: Desk,
    view: View,
    clock: Callable[[], float],
    center: Callable[[], Center],
) -> None:
    """The id of a contact has a "/" in it: the path is read from its end."""

    async def ask(request: web.Request) -> web.Response:
        contact, word = request.match_info["contact"], request.match_info["action"]
        if word in set(SpyMode):
            return await _spy(request, desk, view, clock, center())
        if word not in set(ContactAction):
            return unknown("unknown_action", word, [known.value for known in (*ContactAction, *SpyMode)])
        action = ContactAction(word)
        named = known_or_not(contact, view.contacts)
        note(request, f"contact.{action}", named)
        asked = await body(request, _BODIES[action])
        detail = {key: value for key, value in msgspec.structs.asdict(asked).items() if key != "by" and value != ""}
        by = whose(request, asked.by)
        queue, seconds = detail.get("queue"), detail.get("seconds", 0.0)
        if queue is not None:
            detail["queue"] = known_or_not(queue, view.queues)
        note(request, f"contact.{action}", named, detail, by)
        to = QueueName(queue) if queue is not None else None
        refused = desk.ask(ContactRequest(ContactId(contact), action, to, seconds, by=by))
        if refused is None or refused.reason is not RefusedReason.UNKNOWN_CONTACT:
            note(request, f"contact.{action}", contact, detail, by)  # it may have come while the body was read
        if refused is None:
            return answer({"ok": True, "contact": view.contact(contact, clock())})
        if refused.reason is RefusedReason.UNKNOWN_QUEUE:
            return unknown(refused.reason.value, queue or "", list(view.queues))
        return refusal(refused)

    add(app, "POST", "/contacts/{contact:.+}/{action}", ask)


async def _spy(
    request: web.Request, desk: Desk, view: View, clock: Callable[[], float], center: Center
) -> web.Response:
    """His own phone rings, and he hears the talk."""
    contact, mode = request.match_info["contact"], SpyMode(request.match_info["action"])
    named = known_or_not(contact, view.contacts)
    note(request, f"contact.{mode}", named)
    asked = await body(request, Spy)
    by = whose(request, asked.by)
    phone = phones.whole(asked.phone)
    if who in request:
        phone = phone or phones.own(request[who].person, center)
    if (wrong := _wrong(request, phone, center)) is not None:
        return wrong
    refused = desk.ask(SpyRequest(ContactId(contact), mode, phone, by=by))
    if refused is None or refused.reason is not RefusedReason.UNKNOWN_CONTACT:
        named = contact  # it may have come while the body was read
    note(request, f"contact.{mode}", named, {"phone": phone}, by)
    if refused is None:
        return answer({"ok": True, "contact": view.contact(contact, clock())})
    return refusal(refused)


def _wrong(request: web.Request, phone: str, center: Center) -> web.Response | None:
    """Why that phone is not rung; who has signed in has his own, and those of the agents whom he sees."""
    if not phone:
        return answer({"refused": "no_phone", "detail": "say which phone is to ring, or let an admin note yours"}, 400)
    if fault := phones.fault_of(phone, center):
        return answer({"refused": "bad_phone", "detail": fault}, 400)
    if who in request and not phones.may_ring(request[who].person, phone, center, request[scope].agents):
        return answer({"refused": "not_your_phone", "detail": "only yours rings, or one of your agents' phones"}, 403)
    return None
