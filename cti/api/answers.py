"""What is in the answers of the API? For its description; rows of what goes on now: live_rows.py.

Words only: rows are made where the facts are (store/..., people/register.py), and tests hold them against these. A
number is masked, and a row of somebody else's left out, before an answer leaves; the shapes stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from cti.api.live_rows import AgentRow, CallRow, DecisionRow, NodeRow, QueueRow, Seconds, StatusRow
from cti.model.lead import CampaignNow

Moment = float | None  # epoch seconds


class CampaignRow(CampaignNow, frozen=True, kw_only=True):
    """A campaign; `states`: how many of its leads are in which."""

    leads: int
    leads_left: int
    states: dict[str, int]
    eta_s: Seconds


class ContactRow(msgspec.Struct, frozen=True):
    """A contact of the history. `caller`: personal data."""

    contact: str
    call: str
    caller: str
    queue: str
    since: float
    seen_at: float
    ended_at: Moment
    state: str
    outcome: str
    agent: str
    disposition: str


class TryRow(msgspec.Struct, frozen=True):
    """One try to keep a promise; `result` is "" while it goes on."""

    attempt_no: int
    at: float
    result: str
    disposition: str


class CallbackRow(msgspec.Struct, frozen=True):
    """A promised callback. `number`: personal data."""

    id: int
    state: str
    kind: str
    queue: str
    number: str
    zones: list[str]
    topic: str
    agent: str
    promised_at: float
    due_at: float
    since: Moment
    expires_at: Moment
    tries: list[TryRow]
    reason: str
    merged_into: int | None
    call: str
    recordings: list[str]
    node: str
    follow_up: int | None


class FollowUpRow(msgspec.Struct, frozen=True):
    """Something to be looked into. `number`: personal data."""

    id: int
    contact: str
    survey: str
    queue: str
    agent: str
    flow_version: int
    answer: str
    number: str
    owner: str
    opened_at: float
    due_at: float
    done_at: Moment
    done_by: str
    outcome: str
    recording: str
    callback: int | None


class UserRow(msgspec.Struct, frozen=True):
    """Somebody who may sign in."""

    name: str
    role: str
    created_at: float
    queues: list[str]
    teams: list[str]
    agent: str | None
    phone: str | None
    language: str
    totp: bool
    locked: bool
    may_use_password: bool


class TokenRow(msgspec.Struct, frozen=True):
    """A program that may ask."""

    id: int
    name: str
    role: str
    by: str
    created_at: float
    ends_at: Moment
    queues: list[str]
    teams: list[str]


class Me(msgspec.Struct, frozen=True):
    """Who has signed in."""

    name: str
    role: str
    queues: list[str]
    teams: list[str]
    rights: list[str]
    agent: str | None
    phone: str | None
    language: str


class AuditRow(msgspec.Struct, frozen=True):
    """A request that wanted to change something."""

    id: int
    at: float
    uid: int | None
    user: str
    by: str
    what: str
    on: str
    detail: dict[str, Any]
    result: str
    reason: str


class WeakFigure(msgspec.Struct, frozen=True):
    """A figure of a report that rests on too little."""

    row: int
    column: str


class CodesOn(msgspec.Struct, frozen=True):
    """How it is with the one-time codes of who asks."""

    on: bool
    recovery_left: int


Fields = Mapping[str, Any]
_NEXT = {"next": str | None}
_AT = {"at": float}
_DONE = {"ok": bool}
_ME = {"user": Me, "csrf": str, "codes": CodesOn}
_CODES = {**_DONE, "recovery_codes": list[str]}
_REPORT: Fields = {
    "report": str,
    "from": float,
    "to": float,
    "step": str,
    "zone": str,
    "definitions": dict[str, str],
    "units": dict[str, str],
    "columns": list[str],
    "rows": list[dict[str, Any]],
    "weak": list[WeakFigure],
}

ANSWERS: Mapping[tuple[str, str], Fields] = {
    ("POST", "/sign-in"): _ME,
    ("GET", "/me"): _ME,
    ("POST", "/me/password"): _ME,
    ("POST", "/me/totp"): _CODES,
    ("POST", "/me/totp/recovery"): _CODES,
    ("GET", "/users"): {**_AT, "users": list[UserRow]},
    ("POST", "/users"): {"user": UserRow, "password": str},
    ("PATCH", "/users/{name}"): {"user": UserRow},
    ("GET", "/tokens"): {**_AT, "tokens": list[TokenRow]},
    ("GET", "/queues"): {**_AT, "queues": list[QueueRow]},
    ("GET", "/agents"): {**_AT, "agents": list[AgentRow]},
    ("GET", "/calls"): {**_AT, "calls": list[CallRow]},
    ("GET", "/decisions"): {**_AT, "decisions": list[DecisionRow]},
    ("GET", "/nodes"): {**_AT, "nodes": list[NodeRow]},
    ("GET", "/status"): {**_AT, "status": StatusRow},
    ("POST", "/agents/{agent}/{action}"): {**_DONE, "agent": AgentRow | None},
    ("POST", "/contacts/{contact}/{action}"): {**_DONE, "contact": CallRow | None},
    ("GET", "/contacts"): {**_AT, "contacts": list[ContactRow], "stored": bool, **_NEXT},
    ("GET", "/reports/{report}"): _REPORT,
    ("GET", "/campaigns"): {**_AT, "campaigns": list[CampaignRow]},
    ("GET", "/callbacks"): {**_AT, "callbacks": list[CallbackRow], **_NEXT},
    ("POST", "/callbacks"): {**_DONE, "callback": CallbackRow | None, "moved": str},
    ("GET", "/callbacks/{number}"): {**_AT, "callback": CallbackRow},
    ("POST", "/callbacks/{number}/{action}"): {**_DONE, "callback": CallbackRow | None},
    ("GET", "/follow-ups"): {**_AT, "follow_ups": list[FollowUpRow], **_NEXT},
    ("POST", "/follow-ups/{number}/call"): {**_DONE, "callback": CallbackRow | None, "moved": str},
    ("POST", "/follow-ups/{number}/done"): _DONE,
    ("GET", "/audit"): {"audit": list[AuditRow], **_NEXT},
}
