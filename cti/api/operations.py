"""Which requests are there, and which right does each need? The one table behind the rights check, the OpenAPI
description and the tests; a route without a line here is refused at start.

A line says what a request is about; how it is answered is the route's own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum

import msgspec
from aiohttp import web

from cti.api.asking import PREFIXES
from cti.model.errors import ConfigError
from cti.people.rights import Right

PREFIX = PREFIXES[0]


class Access(StrEnum):
    """Who may, where no right decides."""

    ANYBODY = "anybody"  # also who has not signed in
    SIGNED_IN = "signed_in"
    SESSION = "session"  # a person with a session: no token


class Operation(msgspec.Struct, frozen=True):
    """One request. `path` is as aiohttp writes it, without the prefix; `right` may depend on the word of `{action}`.

    `own`: who lacks the right may do it to himself, with that right. `whole`: not for somebody whose scope is a part
    of the centre. `once`: the answer holds a secret that is told once. `dials`: a phone may ring by it.
    `rows`: which fields of the answer hold rows, and of what (api/scoping.py).
    """

    method: str
    path: str
    summary: str
    right: Right | Access | Mapping[str, Right]
    query: Mapping[str, str] = {}
    own: Right | None = None
    whole: bool = False
    once: bool = False
    dials: bool = False
    rows: Mapping[str, str] = {}

    @property
    def changes(self) -> bool:
        """Whether it is more than a look."""
        return self.method not in ("GET", "HEAD")

    def needs(self, request: web.Request) -> Right | Access | None:
        """Return the right that `request` needs; None: it names an action that there is not."""
        if isinstance(self.right, Mapping):
            return self.right.get(request.match_info.get("action", ""))
        return self.right


_LIMIT = {"limit": "at most so many rows"}
_BY = {"by": "ignored: who asks is who has signed in"}

OPERATIONS: tuple[Operation, ...] = (
    # --- who asks -----------------------------------------------------------------------------------------------------
    Operation("POST", "/sign-in", "Sign in; the answer sets the cookie of the session.", Access.ANYBODY, once=True),
    Operation("POST", "/sign-out", "End this session.", Access.SESSION),
    Operation("GET", "/me", "Who has signed in, and what he may do.", Access.SIGNED_IN),
    Operation("POST", "/me/password", "Change one's own password; all other sessions end.", Access.SESSION, once=True),
    # --- live ---------------------------------------------------------------------------------------------------------
    Operation("GET", "/queues", "All queues with their figures and who waits.", Right.QUEUES_READ, rows={"queues": "queue"}),
    Operation("GET", "/agents", "All agents and what they do.", Right.AGENTS_READ, rows={"agents": "agent"}),
    Operation("GET", "/calls", "All calls in our hands.", Right.CALLS_READ, rows={"calls": "contact"}),
    Operation("GET", "/decisions", "Who got which call, lately, and why.", Right.CALLS_READ, rows={"decisions": "contact"}),
    Operation("GET", "/status", "How the engine and its Asterisk nodes are.", Right.STATUS_READ),
)
