"""What is an operation of the API? One request that can be made: where, about what, by whom. A word, and no table."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from cti.people.rights import Right


class Access(StrEnum):
    """Who may, where no right decides."""

    ANYBODY = "anybody"  # also who has not signed in
    SIGNED_IN = "signed_in"
    SESSION = "session"  # a person with a session: no token


class Row(StrEnum):
    """What a row of an answer, or a word of a path, is about (api/scoping.py: whose scope it is in)."""

    QUEUE = "queue"
    AGENT = "agent"
    CONTACT = "contact"  # has the queue and the agent in it
    CAMPAIGN = "campaign"
    CALLBACK = "callback"
    FOLLOW_UP = "follow_up"
    LIVE_CHANGE = "live_change"
    STATUS = "status"  # of the engine: its health is everybody's, sums are for whoever has the whole centre


class Operation(msgspec.Struct, frozen=True):
    """One request. `path` is as aiohttp writes it, without the prefix; `right` may depend on the word of `{action}`.

    `own`: who lacks the right may do it to himself, with that right. `whole`: not for somebody whose scope is a part
    of the centre. `once`: the answer holds a secret that is told once. `dials`: a phone may ring by it. `about`: which
    words of the path, or keys of the body, name what. `rows`: which fields of the answer hold rows, and of what.
    `reaches`: what it sets, or sets back, may reach beyond what it is about (scoping.beyond).
    `our_numbers`: the numbers in the answer are the centre's own, and hidden from nobody.
    `more_query`: what `query` does not name is no mistake of who asks.
    """

    method: str
    path: str
    summary: str
    right: Right | Access | Mapping[str, Right]
    query: Mapping[str, str] = {}
    body: type | None = None
    answer: type | None = None
    own: Right | None = None
    whole: bool = False
    once: bool = False
    dials: bool = False
    our_numbers: bool = False
    reaches: bool = False
    more_query: bool = False
    about: Mapping[str, Row] = {}
    rows: Mapping[str, Row] = {}

    @property
    def changes(self) -> bool:
        """Whether it is more than a look."""
        return self.method != "GET"

    def needs(self, action: str) -> Right | Access | None:
        """Return what the request needs, given the word of `{action}`; None: there is no such action."""
        return self.right.get(action) if isinstance(self.right, Mapping) else self.right
