"""How can a program ask again without anything being done twice? By an Idempotency-Key with what changes or dials.

The same key with the same request gets the same answer for a day; with another request it is refused. What was begun
and not answered (the engine died, it took too long) is never done again by that key: the program has to look.
"""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any, Protocol

from aiohttp import web

from cti.api.asking import BadRequest
from cti.api.responses import problem

HEADER = "Idempotency-Key"
MAX_CHARS = 200
REPLAYED = {"Idempotency-Replayed": "true", "Cache-Control": "no-store"}


class Kept(Protocol):
    """What is known of a request that was begun before; `status` 0: not answered."""

    @property
    def digest(self) -> str: ...
    @property
    def status(self) -> int: ...
    @property
    def body(self) -> bytes: ...


class Answers(Protocol):
    """Whoever keeps them (store/kept_answers.py). Every method blocks for the disk."""

    def begin(self, asker: str, key: str, digest: str, now: float) -> Kept | None: ...
    def answered(self, asker: str, key: str, status: int, body: bytes) -> None: ...
    def forget(self, asker: str, key: str) -> None: ...


async def answered_once(
    request: web.Request, handler: Any, answers: Answers, asker: str, now: float, *, is_secret: bool
) -> web.StreamResponse:
    """Answer a request that has a key, by `handler` the first time only. `is_secret`: its answer is told once."""
    key = request.headers[HEADER]
    if not 1 <= len(key) <= MAX_CHARS or not key.isprintable():
        return problem(400, "bad_key", f"{HEADER} has 1 to {MAX_CHARS} printable characters")
    digest = await _digest(request)
    before = await asyncio.to_thread(answers.begin, asker, key, digest, now)
    if before is not None:
        return _again(before, digest)
    try:
        response: web.StreamResponse = await handler(request)
    except (BadRequest, web.HTTPClientError):  # it could not be read: nothing was begun
        await asyncio.to_thread(answers.forget, asker, key)
        raise
    body = response.body if isinstance(response, web.Response) and isinstance(response.body, bytes) else b""
    if response.status < 400:
        await asyncio.to_thread(answers.answered, asker, key, response.status, b"" if is_secret else body)
    elif response.status < 500:
        await asyncio.to_thread(answers.forget, asker, key)
    return response


def _again(before: Kept, digest: str) -> web.Response:
    if before.digest != digest:
        return problem(422, "key_used", f"this {HEADER} was used for another request within a day; take a new one")
    if before.status == 0:
        text = "this request was begun and is not answered: look whether it was done; this key does nothing more"
        return problem(409, "outcome_unknown", text)
    if not before.body:
        return problem(
            409,
            "done_already",
            "this was done; its answer held a secret, which is told once, or a number that was erased",
        )
    headers = {"Content-Type": "application/json; charset=utf-8", **REPLAYED}
    return web.Response(body=before.body, status=before.status, headers=headers)


async def _digest(request: web.Request) -> str:
    said = f"{request.method} {request.path_qs}\n".encode() + await request.read()
    return hashlib.sha256(said).hexdigest()
