"""What do all requests on the control socket share? How they name themselves, are read, refused, and remembered.

Every request that wants to change something says with `note` what it is; the middleware adds who asked and what came
of it. No caller's number gets there.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import socket
import struct
from collections.abc import Callable, Container, Coroutine, Iterable
from functools import partial
from typing import Any, NamedTuple, TypeVar

import msgspec
from aiohttp import web

from cti.api.responses import answer
from cti.model.audit import AuditEntry
from cti.model.changes import Refused
from cti.model.words import RefusedReason
from cti.ports import AuditTrail, PolicyAnswer
from cti.suggest import closest

BY = r"^[A-Za-z0-9@._-]{0,64}\Z"
NOBODY = "control"  # who did not say
MAX_KNOWN = 1000
PREFIXES = ("/api/v1", "/v1")  # the second is how it was called first: an alias for those who still write it
MAX_NOTED = 50
MAX_DIGITS = 9
OURS = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}(/[A-Za-z0-9_.-]{1,150})?")  # an agent, a queue, <node>/<Uniqueid>
NOT_OURS = "?"
UNKNOWN = (
    RefusedReason.UNKNOWN_AGENT,
    RefusedReason.UNKNOWN_CAMPAIGN,
    RefusedReason.UNKNOWN_CONTACT,
    RefusedReason.UNKNOWN_QUEUE,
    RefusedReason.UNKNOWN_VERSION,
    RefusedReason.UNKNOWN_FOLLOW_UP,
    RefusedReason.UNKNOWN_CALLBACK,
    RefusedReason.UNKNOWN_HOOK,
)

T = TypeVar("T")


class Noted:
    """A request as the audit trail will know it. A ports.Asked."""

    def __init__(self, uid: int | None) -> None:
        self.uid = uid
        self.what = self.on = self.by = ""
        self.user = ""  # who has signed in
        self.detail: dict[str, Any] = {}
        self.done: dict[str, Any] | None = None  # the detail where it was granted
        self.is_begun = False

    def begun(self) -> None:
        """See ports.Asked."""
        self.is_begun = True

    def entry(self, at: float, answer: PolicyAnswer | None) -> AuditEntry:
        """See ports.Asked."""
        if answer is None:
            return self.row(at, "failed")
        return self.row(at, "done") if answer.refused is None else self.row(at, "refused", answer.refused.reason.value)

    def row(self, at: float, result: str, reason: str = "") -> AuditEntry:
        """The line, with what came of it."""
        detail = self.done if result == "done" and self.done is not None else self.detail
        return AuditEntry(at, self.uid, self.by, self.what, self.on, detail, result, reason, self.user)


class _Trail(NamedTuple):
    audit: AuditTrail
    clock: Callable[[], float]

    def tell(self, said: Noted, result: str, reason: str) -> None:
        self.audit.add(said.row(self.clock(), result, reason))


_noted: web.RequestKey[Noted] = web.RequestKey("cti_noted", Noted)
_trail: web.RequestKey[_Trail] = web.RequestKey("cti_trail", _Trail)
_asker: web.RequestKey[str] = web.RequestKey("cti_asker", str)
REFUSED: web.ResponseKey[str] = web.ResponseKey("cti_refused", str)
"""Where an answer that leads elsewhere keeps why it is a refusal."""


class BadRequest(Exception):
    """The request cannot be read; the text says why."""


def add(app: web.Application, method: str, path: str, answering: Callable[[web.Request], Any]) -> None:
    """Serve `path` (such as /queues) of `app` under every prefix of the control socket."""
    for prefix in PREFIXES:
        if method == "GET":
            app.router.add_get(prefix + path, answering)  # and HEAD
        else:
            app.router.add_route(method, prefix + path, answering)


def name_asker(request: web.Request, name: str) -> None:
    """Say who it is that asks, whatever the request itself says in `by`."""
    request[_asker] = name


def note(
    request: web.Request,
    what: str,
    on: str,
    detail: dict[str, Any] | None = None,
    by: str = "",
    *,
    done: dict[str, Any] | None = None,
) -> Noted:
    """Say what is asked for, before it is done; again, when more is known of it. `done`: the detail if it is granted.

    What cannot be a name of ours is not written down, and the caller writes known names only (`known_or_not`).
    """
    if _noted not in request:
        request[_noted] = Noted(peer_uid(request))
    if not by:
        with contextlib.suppress(BadRequest):  # what cannot be read is noted, too
            by = whose(request)
    noted = request[_noted]
    noted.what, noted.on, noted.by = what, on if not on or OURS.fullmatch(on) else NOT_OURS, by or NOBODY
    noted.user = request.get(_asker, "")
    noted.detail, noted.done = {} if detail is None else detail, done
    return noted


async def body(request: web.Request, kind: type[T]) -> T:
    """Return the JSON body as `kind`; none is an empty one. Raises BadRequest."""
    try:
        asked = msgspec.json.decode(await request.read() or b"{}", type=kind)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise BadRequest(f"the body is not as expected: {error}") from None
    if _asker in request and isinstance(asked, msgspec.Struct) and hasattr(asked, "by"):
        return msgspec.structs.replace(asked, by=request[_asker])
    return asked


def whose(request: web.Request, said: str = "") -> str:
    """Return whom a request names: in its body (`said`), or else in its address (`?by=`). Raises BadRequest."""
    by = request.get(_asker, "") or said or request.query.get("by", "")
    if re.match(BY, by) is None:
        raise BadRequest("by names who asks: at most 64 of A-Z a-z 0-9 @ . _ -")
    return by or NOBODY


def number_in(word: str, most_digits: int = MAX_DIGITS) -> int | None:
    """Return the number that a word of an address is; None where it is none, or a longer one."""
    return int(word) if word.isascii() and word.isdecimal() and len(word) <= most_digits else None


def numbered(request: web.Request, what: str) -> int:
    """Return the `{number}` of the path. `what` is named by it: "a callback". Raises BadRequest."""
    number = number_in(request.match_info["number"])
    if number is None:
        raise BadRequest(f"{what} is named by its number")
    return number


def limit_of(request: web.Request, usual: int, most: int) -> int:
    """Return `?limit=`. Raises BadRequest."""
    limit = number_in(request.query.get("limit", str(usual)))
    if limit is None or not 1 <= limit <= most:
        raise BadRequest(f"limit must be a number from 1 to {most}")
    return limit


def known_or_not(word: str, known: Container[str]) -> str:
    """Return `word` if it is one of ours, else NOT_OURS: what we do not know might be a caller's number."""
    return word if word in known else NOT_OURS


def known_among(words: Iterable[str], known: Container[str]) -> list[str]:
    """Return those that may be written down, each once."""
    return sorted({known_or_not(word, known) for word in words})[:MAX_NOTED]


def refusal(refused: Refused, exist: Iterable[str] = (), **more: Any) -> web.Response:
    """404 for what is not there, 409 for what cannot be."""
    content: dict[str, Any] = {"refused": refused.reason.value, "detail": refused.detail} | more
    if refused.reason in UNKNOWN:
        known = sorted(exist)[:MAX_KNOWN]
        return answer(content | ({"exists": known} if known else {}), 404)
    return answer(content, 409)


def unknown(reason: str, asked: str, exist: Iterable[str]) -> web.Response:
    """404 with the names that exist and the nearest of them."""
    known = list(exist)
    close = closest(asked, known)
    detail = f'did you mean "{close}"?' if close else ""
    return answer({"refused": reason, "detail": detail, "exists": sorted(known)[:MAX_KNOWN]}, 404)


@web.middleware
async def bad_requests(request: web.Request, handler: Any) -> web.StreamResponse:
    try:
        response: web.StreamResponse = await handler(request)
    except BadRequest as error:
        return answer({"error": str(error)}, 400)
    return response


def remembering(audit: AuditTrail, clock: Callable[[], float]) -> Any:
    """The middleware that tells `audit` of every request that has a note, however it ends, unless its work does."""

    @web.middleware
    async def remembered(request: web.Request, handler: Any) -> web.StreamResponse:
        result, reason = "failed", ""
        trail = request[_trail] = _Trail(audit, clock)
        try:
            response: web.StreamResponse = await handler(request)
            result, reason = _result(response)
            return response
        except web.HTTPException as error:
            result, reason = "refused", str(error.status)
            raise
        finally:
            said = request.get(_noted)
            if said is not None and not said.is_begun:
                trail.tell(said, result, reason)

    return remembered


async def to_its_end(request: web.Request, work: Coroutine[Any, Any, web.Response]) -> web.Response:
    """Answer with what `work` answers; once begun it goes on to its end, even where the asker has gone.

    For what is committed in a thread and told to the core afterwards. The audit trail then hears what came of it.
    """
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        request[_noted].begun()
        task.add_done_callback(partial(_told_late, request))
        raise


def _told_late(request: web.Request, task: asyncio.Future[web.Response]) -> None:
    if task.cancelled():  # the loop ends; the next engine reads from the store what was committed
        return
    error = task.exception()
    if error is not None:
        request.protocol.logger.exception("", exc_info=error)
    result = ("failed", "") if error is not None else _result(task.result())
    if _trail in request:
        request[_trail].tell(request[_noted], *result)


def _result(response: web.StreamResponse) -> tuple[str, str]:
    if REFUSED in response:
        return "refused", response[REFUSED]
    if response.status in (200, 302):
        return "done", ""
    content = {}
    if isinstance(response, web.Response) and isinstance(response.body, bytes):
        with contextlib.suppress(msgspec.DecodeError):
            content = msgspec.json.decode(response.body)
    reason = str(content.get("type", "")).removeprefix("urn:cti:")
    return "refused", str(content.get("refused") or reason or "bad_request")  # an error's text may repeat what was sent


def peer_uid(request: web.Request) -> int | None:
    """Return the user at the other end of a unix socket, as the kernel knows him: SO_PEERCRED, unix(7)."""
    sock = None if request.transport is None else request.transport.get_extra_info("socket")
    if sock is None or sock.family != socket.AF_UNIX:
        return None
    try:
        with socket.socket(fileno=os.dup(sock.fileno())) as own:  # uvloop's stand-in for a socket has no getsockopt
            credentials = own.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    except OSError:
        return None
    return int(struct.unpack("3i", credentials)[1])
