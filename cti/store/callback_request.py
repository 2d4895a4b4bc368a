"""What is a callback request, as Asterisk's fallback spools it, and as the store keeps it?

Judges and stores one request; knows no file (callback_spool.py). What it says is untrusted text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

import msgspec
from sqlalchemy import delete, insert, select

from cti.model.promise import Asker
from cti.store.database import Store
from cti.store.tables import callback_request

_MAX_CHARS = {"caller": 80, "queue": 40, "linkedid": 150, "uniqueid": 150}


class CallbackRequest(msgspec.Struct, frozen=True):
    """One promise to call back. `at` is epoch seconds; `caller` and `number` are personal data."""

    id: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}\Z")]
    at: Annotated[float, msgspec.Meta(ge=0, le=1e11)]
    number: Annotated[str, msgspec.Meta(pattern=r"^[+0-9*#]{1,20}\Z")]
    caller: str = ""
    queue: str = ""
    linkedid: str = ""
    uniqueid: str = ""


_decoder = msgspec.json.Decoder(CallbackRequest)


def decode_request(raw: bytes) -> CallbackRequest | None:
    """The request in `raw` (JSON), or None where it is none: nothing of it may reach a message.

    Strict where the promise needs it (id, time, number); an odd name elsewhere is cut to what the table takes, because
    it must not cost a caller his callback.
    """
    try:
        request = _decoder.decode(raw)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    return msgspec.structs.replace(
        request, **{name: _plain(getattr(request, name), n) for name, n in _MAX_CHARS.items()}
    )


def _plain(text: str, max_chars: int) -> str:
    return "".join(char if char.isprintable() else "_" for char in text[:max_chars])


class NotWanted(Exception):
    """He has been told that nobody will call him."""


class ConflictingRequest(Exception):
    """Another request with the same id is stored already."""


def take_over(
    store: Store,
    request: CallbackRequest,
    now: float,
    asker: Asker | None = None,
    wanted: Callable[[], bool] = lambda: True,
) -> bool:
    """Commit `request` durably; False if it was taken over before. Raises ConflictingRequest, SQLAlchemyError.

    `asker`: who asks for it, where that is a live call. `wanted` is asked last: whoever has been told no by then must
    not be called; then NotWanted is raised, and nothing is kept.
    """
    table, values = callback_request, msgspec.structs.asdict(request) | of_asker(asker)
    with store.durable.begin() as connection:
        known = connection.execute(select(table.c.at, table.c.number).where(table.c.id == request.id)).first()
        if known is not None:
            if (known.at, known.number) != (request.at, request.number):
                raise ConflictingRequest
            return False
        connection.execute(insert(table).values(**values, state="new", taken_at=now))
        if not wanted():
            raise NotWanted
    return True


def of_asker(asker: Asker | None) -> dict[str, Any]:
    """Return what he has as columns of the request."""
    if asker is None:
        return {}
    known = {"requires": _json(asker.requires), "customer": _json(asker.customer)}
    return known | {"since": asker.since, "head_start_s": asker.head_start_s}


def _json(words: Mapping[str, Any]) -> str:
    return msgspec.json.encode(words).decode()


def drop(store: Store, request: str) -> None:
    """Forget a promise that nobody has begun to keep. Raises SQLAlchemyError."""
    table = callback_request
    with store.durable.begin() as connection:
        connection.execute(delete(table).where(table.c.id == request, table.c.state == "new"))
