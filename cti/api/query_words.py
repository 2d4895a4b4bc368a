"""Is a request asked in words that its operation knows? What a line of operations.py does not name behind the `?` is
refused, as an unknown key of a body is: who writes `limt` would get the first page for ever, and never know.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from aiohttp import web

from cti.api.asking import BadRequest
from cti.api.operations import operation_of
from cti.suggest import closest

OF_ALL = ("by",)  # who asks (asking.whose)
MAX_TOLD = 40  # characters


@web.middleware
async def known_words(request: web.Request, handler: Any) -> web.StreamResponse:
    """Goes behind asking.bad_requests, and behind whoever says who may ask."""
    resource = request.match_info.route.resource
    operation = None if resource is None else operation_of(request.method, resource.canonical)
    if operation is not None and not operation.more_query:
        for word in request.query:
            if word not in operation.query and word not in OF_ALL:
                raise BadRequest(f"there is no ?{word[:MAX_TOLD]}= here; {_meant(word, operation.query)}")
    response: web.StreamResponse = await handler(request)
    return response


def _meant(word: str, known: Iterable[str]) -> str:
    near = closest(word, known)
    return f"did you mean {near}?" if near else f"known: {', '.join(known) or 'none'}"
