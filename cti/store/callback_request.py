"""What is a callback request, as the survivability script spools it, and as the store keeps it?

Judges and stores one request; knows no file (callback_spool.py). What it says is untrusted text.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from sqlalchemy import delete, insert, select

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


class ConflictingRequest(Exception):
    """Another request with the same id is stored already."""


def take_over(store: Store, request: CallbackRequest, now: float) -> bool:
    """Commit `request` durably; False if it was taken over before. Raises ConflictingRequest, SQLAlchemyError."""
    table = callback_request
    with store.durable.begin() as connection:
        known = connection.execute(select(table.c.at, table.c.number).where(table.c.id == request.id)).first()
        if known is not None:
            if (known.at, known.number) != (request.at, request.number):
                raise ConflictingRequest
            return False
        connection.execute(insert(table).values(**msgspec.structs.asdict(request), state="new", taken_at=now))
    return True


def drop(store: Store, request: str) -> None:
    """Forget a promise that nobody has begun to keep. Raises SQLAlchemyError."""
    table = callback_request
    with store.durable.begin() as connection:
        connection.execute(delete(table).where(table.c.id == request, table.c.state == "new"))
