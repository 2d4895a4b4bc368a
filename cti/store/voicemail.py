"""How does a message become something that an agent gets? A row among the promised calls, with its recording.

Knows no sound: the file lies where Asterisk has put it.
"""

from __future__ import annotations

import re

import msgspec
from sqlalchemy import insert, select

from cti.model.promise import Asker
from cti.store.callback_request import of_asker
from cti.store.database import Store
from cti.store.tables import callback_request

KIND = "voicemail"
_NUMBER = re.compile(r"[+0-9*#]{1,20}")
_MAX_PATH = 300


class Voicemail(msgspec.Struct, frozen=True):
    """One message. `at` is epoch seconds; `number` is personal data, "" where he hides it.

    `recording`: the path on the Asterisk's machine without its ending (.wav). `connect`: who has heard it is connected
    with the caller, where he has a number.
    """

    id: str
    at: float
    number: str
    queue: str
    call: str
    recording: str
    seconds: float
    connect: bool = True


def keep(store: Store, message: Voicemail, asker: Asker | None = None) -> bool:
    """Commit `message` (of `asker`) durably; False if it was there before. Raises SQLAlchemyError."""
    table = callback_request
    number = message.number if _NUMBER.fullmatch(message.number) else ""
    with store.durable.begin() as connection:
        if connection.execute(select(table.c.id).where(table.c.id == message.id)).first() is not None:
            return False
        row = {
            "id": message.id,
            "at": message.at,
            "caller": _caller(message, asker),
            "number": number,
            "queue": message.queue,
        }
        row |= {"linkedid": "", "uniqueid": message.call[:150], "state": "new", "taken_at": message.at}
        row |= {"kind": KIND, "recording": message.recording[:_MAX_PATH], "message_s": message.seconds}
        row |= of_asker(asker)
        connection.execute(insert(table).values(**row, connect=int(message.connect and bool(number))))
    return True


def _caller(message: Voicemail, asker: Asker | None) -> str:
    """As his own calls show him, also where he has typed another number."""
    own = message.number if asker is None else asker.caller
    return own if _NUMBER.fullmatch(own) else ""
