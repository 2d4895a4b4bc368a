"""Which role may do what? One table; nothing else in the program compares roles. PURE."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a person or a token is here for."""

    AGENT = "agent"  # himself, and the queues he serves
    SUPERVISOR = "supervisor"  # his queues and teams, live
    ADMIN = "admin"  # everything
    AUDITOR = "auditor"  # looks at everything, numbers masked, and changes nothing
    WALL = "wall"  # a screen on a wall: figures, no person's number
    API = "api"  # a program: reads, and takes care of callbacks and statuses


class Right(StrEnum):
    """What may be allowed. `*.read` looks; everything else changes or listens."""

    STATUS_READ = "status.read"
    QUEUES_READ = "queues.read"
    QUEUES_CHANGE = "queues.change"  # keys of a queue, live
    AGENTS_READ = "agents.read"
    AGENTS_CHANGE = "agents.change"  # log in and out, breaks, of others
    SELF_CHANGE = "self.change"  # the same, of himself
    MEMBERSHIPS_CHANGE = "memberships.change"
    CALLS_READ = "calls.read"
    CALLS_LISTEN = "calls.listen"
    CALLS_WHISPER = "calls.whisper"
    CALLS_BARGE = "calls.barge"
    CONTACTS_READ = "contacts.read"
    CONTACTS_MOVE = "contacts.move"  # another queue, seconds of waiting, the end of a wait
    NUMBERS_SEE = "numbers.see"  # without it: masked
    CAMPAIGNS_READ = "campaigns.read"
    LEADS_READ = "leads.read"  # who is on a list, and what came of him
    CAMPAIGNS_RUN = "campaigns.run"
    CALLBACKS_READ = "callbacks.read"
    CALLBACKS_CHANGE = "callbacks.change"
    FOLLOW_UPS_READ = "follow_ups.read"
    FOLLOW_UPS_CHANGE = "follow_ups.change"
    FLOWS_READ = "flows.read"
    FLOWS_CHANGE = "flows.change"
    POLICY_READ = "policy.read"
    POLICY_CHANGE = "policy.change"  # the file
    REPORTS_READ = "reports.read"
    HOOKS_CHANGE = "hooks.change"
    USERS_CHANGE = "users.change"  # people and tokens
    AUDIT_READ = "audit.read"


_FIGURES = {Right.STATUS_READ, Right.QUEUES_READ, Right.AGENTS_READ, Right.CAMPAIGNS_READ}
_LOOKS = {right for right in Right if right.endswith(".read")}
_SUPERVISES = {
    Right.QUEUES_CHANGE,
    Right.AGENTS_CHANGE,
    Right.MEMBERSHIPS_CHANGE,
    Right.CALLS_LISTEN,
    Right.CALLS_WHISPER,
    Right.CALLS_BARGE,
    Right.CONTACTS_MOVE,
    Right.NUMBERS_SEE,
    Right.CAMPAIGNS_RUN,
    Right.CALLBACKS_CHANGE,
    Right.FOLLOW_UPS_CHANGE,
}

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.AGENT: frozenset({Right.STATUS_READ, Right.QUEUES_READ, Right.AGENTS_READ, Right.SELF_CHANGE}),
    Role.SUPERVISOR: frozenset(_LOOKS - {Right.AUDIT_READ} | _SUPERVISES | {Right.SELF_CHANGE}),
    Role.ADMIN: frozenset(Right),
    Role.AUDITOR: frozenset(_LOOKS),
    Role.WALL: frozenset(_FIGURES),
    Role.API: frozenset(
        _LOOKS - {Right.AUDIT_READ, Right.POLICY_READ}
        | {Right.NUMBERS_SEE, Right.AGENTS_CHANGE, Right.CALLBACKS_CHANGE, Right.FOLLOW_UPS_CHANGE}
    ),
}

SIGNS_IN = (Role.AGENT, Role.SUPERVISOR, Role.ADMIN, Role.AUDITOR)
"""Roles of people; the others are of tokens alone."""
