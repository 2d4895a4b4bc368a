"""How is a request answered? With JSON that nobody keeps; an error is told as application/problem+json (RFC 9457), with
what the answer said besides as further members.

`type` is urn:cti:<reason>: a program compares that, people read `title` and `detail`.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from aiohttp import web

JSON = "application/json; charset=utf-8"
PROBLEM = "application/problem+json"
MAX_TOLD = 100  # characters of a path
_REASONS = {
    400: "bad_request",
    401: "not_signed_in",
    403: "forbidden",
    404: "no_such_path",
    405: "no_such_method",
    408: "timed_out",
    413: "too_large",
    415: "no_json",
    429: "too_many_requests",
    500: "failed",
}


def answer(content: Any, status: int = 200) -> web.Response:
    """`content` as JSON."""
    return _json(content, status, JSON)


def problem(
    status: int, reason: str, detail: str = "", *, headers: dict[str, str] | None = None, **more: Any
) -> web.Response:
    """Return a refusal; `more` are further members."""
    content = {"type": f"urn:cti:{reason}", "title": reason.replace("_", " "), "status": status, "detail": detail}
    return _json({**content, **more}, status, PROBLEM, headers)


def as_problem(response: web.StreamResponse) -> web.StreamResponse:
    """Return an answer of 400 and more as a problem; any other one, and one that is a problem already, as it is."""
    if response.status < 400 or not isinstance(response, web.Response) or response.content_type == PROBLEM:
        return response
    content = content_of(response)
    said = content if isinstance(content, dict) else {}
    reason = str(said.get("refused") or _REASONS.get(response.status, "refused"))
    detail = str(said.pop("detail") if "detail" in said else said.get("error") or HTTPStatus(response.status).phrase)
    keep = {key: response.headers[key] for key in ("Allow", "Retry-After") if key in response.headers}
    return problem(response.status, reason, detail, headers=keep, **said)


def no_route(request: web.Request, error: web.HTTPException) -> str:
    """Return why aiohttp refuses a request, in words that name it."""
    if error.status == 404:
        return f"there is no {request.path[:MAX_TOLD]}"
    if error.status == 405:
        return f"{request.path[:MAX_TOLD]} takes {error.headers.get('Allow', 'no')}, not {request.method}"
    return error.reason


def content_of(response: web.Response) -> Any:
    """Return the JSON of an answer; None where it has none."""
    if not isinstance(response.body, bytes):
        return None
    with contextlib.suppress(msgspec.DecodeError):
        return msgspec.json.decode(response.body)
    return None


def _json(content: Any, status: int, kind: str, headers: Mapping[str, str] | None = None) -> web.Response:
    told = {"Content-Type": kind, "Cache-Control": "no-store", **(headers or {})}
    return web.Response(body=msgspec.json.encode(content), status=status, headers=told)


@web.middleware
async def problems(request: web.Request, handler: Any) -> web.StreamResponse:
    """The middleware that tells every error so."""
    return as_problem(await handler(request))
