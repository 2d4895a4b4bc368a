"""What is remembered of a request that wants to change something? Must not hold personal data: ids only."""

from __future__ import annotations

from typing import Any

import msgspec


class AuditEntry(msgspec.Struct, frozen=True):
    """One request. `uid` is the kernel's word (None: nobody connected to the socket), `by` the asker's own.

    `user` is who has signed in on the web, "" on the socket.
    """

    at: float  # epoch seconds
    uid: int | None
    by: str
    what: str  # agent.login, contact.move, queue.set, reload ...
    on: str  # the agent, contact or queue; "" for the whole centre
    detail: dict[str, Any]
    result: str  # done, refused, failed
    reason: str = ""
    user: str = ""
