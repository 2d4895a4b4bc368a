"""Which page of a list is asked for, and where does the next one begin? One kind of cursor for all lists.

A cursor is opaque to whoever asks; in it are the list's name and the sort key of the last row shown. The next page is
what is sorted behind that key: rows that are added meanwhile move no others.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from aiohttp import web

from cti.api.asking import BadRequest, limit_of

MAX_CURSOR = 1000

Number = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]  # an id as SQL knows it
Word = Annotated[str, msgspec.Meta(max_length=200, pattern=r"^[^\x00]*\Z")]
Key = TypeVar("Key", bound=tuple[Any, ...])


class Page(Generic[Key]):
    """At most `limit` rows behind the one with the sort key `after` (None: from the first)."""

    def __init__(self, name: str, limit: int, after: Key | None) -> None:
        self._name, self.limit, self.after = name, limit, after

    @property
    def most(self) -> int:
        """How many rows to look for: one more than is shown says whether there is a next page."""
        return self.limit + 1

    def shown(self, rows: Sequence[Any], key: Callable[[Any], Key]) -> tuple[Sequence[Any], str | None]:
        """Return the rows of this page, and the cursor of the next one, None if there is none."""
        kept = rows[: self.limit]
        return kept, cursor(self._name, key(kept[-1])) if len(rows) > self.limit else None


def page_of(request: web.Request, name: str, key: type[Key], usual: int, most: int) -> Page[Key]:
    """Return what `?limit=` and `?cursor=` of a list (`name`: one order of it) ask for. Raises BadRequest."""
    limit, asked = limit_of(request, usual, most), request.query.get("cursor")
    if asked is None:
        return Page(name, limit, None)
    try:
        found, after = _read(asked, key)
    except (msgspec.MsgspecError, binascii.Error, ValueError, RecursionError):
        raise BadRequest("cursor is what the answer before called next") from None
    if found != name:
        raise BadRequest("this cursor is of another list, or of another order of it")
    return Page(name, limit, after)


def cursor(name: str, key: tuple[Any, ...]) -> str:
    """Return what stands for `key` in the list `name`."""
    return base64.urlsafe_b64encode(msgspec.json.encode((name, key))).decode().rstrip("=")


def _read(asked: str, key: type[Key]) -> tuple[str, Key]:
    if len(asked) > MAX_CURSOR:
        raise ValueError
    filled = asked.encode("ascii") + b"=" * (-len(asked) % 4)
    return msgspec.json.decode(base64.b64decode(filled, altchars=b"-_", validate=True), type=tuple[str, key])  # type: ignore[valid-type]
