"""Which requests are there, and which right does each need? The one table behind the rights check, the OpenAPI
description and the tests; a route without a line here is refused at start.

A line says what a request is about; how it is answered is the route's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cti.api.asking import PREFIXES
from cti.api.operation import Access, Operation, Row
from cti.people.rights import Right

PREFIX = PREFIXES[0]
QUEUE, AGENT, CONTACT, CAMPAIGN = Row.QUEUE, Row.AGENT, Row.CONTACT, Row.CAMPAIGN
CALLBACK, FOLLOW_UP = Row.CALLBACK, Row.FOLLOW_UP
_STATUS = {"status": Row.STATUS}
_LIMIT = {"limit": "at most so many rows"}
_PAGE = {**_LIMIT, "cursor": "`next` of the answer before"}
_SUPERVISION = {
    "move": Right.CONTACTS_MOVE,
    "prioritise": Right.CONTACTS_MOVE,
    "withdraw": Right.CONTACTS_MOVE,
    "listen": Right.CALLS_LISTEN,
    "whisper": Right.CALLS_WHISPER,
    "barge": Right.CALLS_BARGE,
}

_PEOPLE = (
    Operation("POST", "/sign-in", "Sign in: the answer sets the cookie of a session", Access.ANYBODY, once=True),
    Operation("GET", "/sign-in", "Which ways there are to sign in", Access.ANYBODY),
    Operation("GET", "/sign-in/oidc", "Sign in at the OpenID Connect provider: leads there", Access.ANYBODY),
    Operation(
        "GET",
        "/sign-in/oidc/back",
        "Where the provider leads back to",
        Access.ANYBODY,
        query={"code": "of the provider", "state": "of the beginning"},
        more_query=True,  # RFC 6749, 4.1.2: unrecognized response parameters are ignored
    ),
    Operation("POST", "/sign-out", "End this session", Access.SESSION),
    Operation("GET", "/me", "Who has signed in, and what he may do", Access.SIGNED_IN),
    Operation("POST", "/me/password", "Change one's own password; all other sessions end", Access.SESSION, once=True),
    Operation("POST", "/me/totp/new", "A secret for an authenticator; nothing holds yet", Access.SESSION, once=True),
    Operation(
        "POST",
        "/me/totp",
        "Ask for the codes of an authenticator from now on; tells ten recovery codes once",
        Access.SESSION,
        once=True,
    ),
    Operation("POST", "/me/totp/recovery", "Ten other recovery codes, told once", Access.SESSION, once=True),
    Operation("DELETE", "/me/totp", "Ask for no code any more", Access.SESSION),
    Operation("GET", "/users", "Who may sign in", Right.USERS_CHANGE, whole=True),
    Operation("POST", "/users", "Add somebody; tells his password once", Right.USERS_CHANGE, whole=True, once=True),
    Operation("PATCH", "/users/{name}", "Another role, scope, agent or phone", Right.USERS_CHANGE, whole=True),
    Operation("DELETE", "/users/{name}", "Remove somebody, with his sessions", Right.USERS_CHANGE, whole=True),
    Operation(
        "POST",
        "/users/{name}/{action}",
        "A new password (told once), lock, unlock, without-totp (his authenticator is lost)",
        Right.USERS_CHANGE,
        whole=True,
        once=True,
    ),
    Operation("GET", "/tokens", "Which programs may ask", Right.USERS_CHANGE, whole=True),
    Operation("POST", "/tokens", "Add a program; tells its token once", Right.USERS_CHANGE, whole=True, once=True),
    Operation("DELETE", "/tokens/{number}", "Let a token be worth nothing", Right.USERS_CHANGE, whole=True),
)
_LIVE = (
    Operation("GET", "/queues", "The queues, their figures, and who waits", Right.QUEUES_READ, rows={"queues": QUEUE}),
    Operation("GET", "/agents", "The agents and what they do", Right.AGENTS_READ, rows={"agents": AGENT}),
    Operation("GET", "/calls", "The calls in the engine's hands", Right.CALLS_READ, rows={"calls": CONTACT}),
    Operation("GET", "/decisions", "Who got which call, and why", Right.CALLS_READ, rows={"decisions": CONTACT}),
    Operation("GET", "/nodes", "The Asterisk nodes, and how many calls each has", Right.STATUS_READ),
    Operation("GET", "/status", "How the engine and its Asterisk nodes are", Right.STATUS_READ, rows=_STATUS),
    Operation(
        "POST",
        "/agents/{agent}/{action}",
        "Log an agent in or out, begin or end a break, end or extend a wrap-up, note a disposition",
        Right.AGENTS_CHANGE,
        own=Right.SELF_CHANGE,
        about={"agent": AGENT},
        rows={"agent": AGENT},
    ),
    Operation(
        "POST",
        "/contacts/{contact}/{action}",
        "Move, prioritise or withdraw a contact; listen to it, whisper, barge in",
        _SUPERVISION,
        dials=True,
        about={"contact": CONTACT, "queue": QUEUE},
        rows={"contact": CONTACT},
    ),
)
_PREVIEWS = (
    Operation(
        "GET",
        "/agents/{agent}/preview",
        "The lead that an agent looks at before he calls it",
        Right.NUMBERS_SEE,
        own=Right.SELF_CHANGE,
        about={"agent": AGENT},
    ),
    Operation(
        "POST",
        "/agents/{agent}/preview/{decision}",
        "Call the lead (accept) or leave it (skip)",
        Right.AGENTS_CHANGE,
        own=Right.SELF_CHANGE,
        dials=True,
        about={"agent": AGENT},
    ),
)
_OWN_DESK = (
    Operation(
        "GET",
        "/agents/{agent}/desk",
        "Whom an agent has before him, with what is known of him, and what may come of the talk",
        Right.NUMBERS_SEE,
        own=Right.SELF_CHANGE,
        about={"agent": AGENT},
    ),
    Operation(
        "GET",
        "/agents/{agent}/work",
        "The callbacks that an agent is to keep himself, and the follow-ups that are his",
        Right.NUMBERS_SEE,
        own=Right.SELF_CHANGE,
        about={"agent": AGENT},
    ),
    Operation(
        "POST",
        "/agents/{agent}/callbacks/{number}/now",
        "Keep a promise of his now",
        Right.CALLBACKS_CHANGE,
        own=Right.SELF_CHANGE,
        dials=True,
        about={"agent": AGENT},
    ),
    Operation(
        "POST",
        "/agents/{agent}/follow-ups/{number}/done",
        "Close a follow-up of his",
        Right.FOLLOW_UPS_CHANGE,
        own=Right.SELF_CHANGE,
        about={"agent": AGENT},
    ),
)
_SOCKET = (
    Operation("POST", "/live/tickets", "A ticket for the live WebSocket, good once", Access.SIGNED_IN, once=True),
    Operation(
        "GET",
        "/live",
        "The live WebSocket: a snapshot of the rows, then what changes (docs/live-socket.md)",
        Access.ANYBODY,
        query={
            "ticket": "of POST /live/tickets",
            "topics": "queues, agents, calls, listening, decisions, campaigns, teams, flows, status",
            "boot": "of the newest message seen before",
            "seq": "of the newest message seen before",
        },
    ),
)
_PAST = (
    Operation("GET", "/contacts", "The newest contacts", Right.CONTACTS_READ, query=_PAGE, rows={"contacts": CONTACT}),
    Operation(
        "GET",
        "/contacts/{id}/timeline",
        "Everything that happened to a contact",
        Right.CONTACTS_READ,
        rows={"contact": CONTACT},
    ),
    Operation(
        "GET",
        "/contacts/{id}/decisions",
        "Every look for an agent for it, and why it ended so",
        Right.CONTACTS_READ,
        rows={"contact": CONTACT},
    ),
    Operation(
        "GET",
        "/agents/{id}/explain",
        "Why an agent gets no call, or which he did not get",
        Right.AGENTS_READ,
        about={"id": AGENT},
    ),
)
_POLICY = (
    Operation(
        "PATCH",
        "/queues/{queue}",
        "Set keys of a queue, live",
        Right.QUEUES_CHANGE,
        about={"queue": QUEUE},
        reaches=True,
    ),
    Operation(
        "DELETE",
        "/queues/{queue}/live",
        "Take live changes of a queue back",
        Right.QUEUES_CHANGE,
        query={"field": "only this key; may be given several times"},
        about={"queue": QUEUE},
        reaches=True,
    ),
    Operation(
        "PUT",
        "/agents/{agent}/queues/{queue}",
        "Let an agent serve a queue, live",
        Right.MEMBERSHIPS_CHANGE,
        about={"agent": AGENT, "queue": QUEUE},
    ),
    Operation(
        "DELETE",
        "/agents/{agent}/queues/{queue}",
        "Let an agent serve a queue no longer, live",
        Right.MEMBERSHIPS_CHANGE,
        about={"agent": AGENT, "queue": QUEUE},
    ),
    Operation(
        "GET",
        "/live-changes",
        "What differs from the file",
        Right.POLICY_READ,
        rows={"live_changes": Row.LIVE_CHANGE},
    ),
    Operation("POST", "/reload", "Read the configuration file again", Right.POLICY_CHANGE, whole=True),
    Operation(
        "POST",
        "/nodes/{node}/{action}",
        "Drain a node, resume it, weigh it",
        dict.fromkeys(("drain", "resume", "weight"), Right.POLICY_CHANGE),
        whole=True,
    ),
    Operation("POST", "/drain", "Let a standby take over; alone: finish, and end", Right.POLICY_CHANGE, whole=True),
    Operation("GET", "/flows", "The versions of the flows", Right.FLOWS_READ),
    Operation(
        "GET",
        "/flows/{flow}/drawing",
        "A flow as a picture (SVG)",
        Right.FLOWS_READ,
        query={"version": "as it was then", "language": "of its texts", "theme": "light (default), or dark"},
    ),
    Operation(
        "GET",
        "/reports/{report}",
        "A report of the past: queues, agents, intervals, campaigns, flows, numbers, abandonment",
        Right.REPORTS_READ,
        query={
            "from": "a day, a moment, today, yesterday, -7d; default: today",
            "to": "until when; a day is meant whole",
            "step": "15m, 30m, hour, day, week, month or all",
            **dict.fromkeys(
                ("queue", "agent", "campaign", "flow", "number", "survey"), "only these, with commas between"
            ),
            "format": "csv: for a spreadsheet",
        },
        our_numbers=True,
    ),
    Operation("GET", "/definitions", "What each figure means", Access.SIGNED_IN),
    Operation("POST", "/flows/reload", "Read the flows again", Right.FLOWS_CHANGE, whole=True),
    Operation("POST", "/flows/rollback", "Let older flows hold again", Right.FLOWS_CHANGE, whole=True),
)
_OUTBOUND = (
    Operation("GET", "/campaigns", "The campaigns", Right.CAMPAIGNS_READ, rows={"campaigns": CAMPAIGN}),
    Operation(
        "GET",
        "/campaigns/{name}/amd",
        "What the detection of answering machines came to, and what would be better",
        Right.CAMPAIGNS_READ,
        about={"name": CAMPAIGN},
    ),
    Operation(
        "GET",
        "/campaigns/{name}/plan",
        "Whom a campaign may dial, and why not the others",
        Right.CAMPAIGNS_READ,
        query={"hours": "how far ahead, at most 24"},
        about={"name": CAMPAIGN},
    ),
    Operation(
        "GET",
        "/campaigns/{name}/results",
        "What came of each lead of a campaign",
        Right.LEADS_READ,
        query={"format": "csv: all of them as CSV", **_PAGE},
        about={"name": CAMPAIGN},
    ),
    Operation("GET", "/campaigns/{name}/lists", "Its lists", Right.LEADS_READ, about={"name": CAMPAIGN}),
    Operation(
        "POST",
        "/campaigns/{name}/uploads",
        "Upload a list (the body is the file) and look at it; nothing is taken over yet",
        Right.CAMPAIGNS_RUN,
        query={"file": "the file's name"},
        about={"name": CAMPAIGN},
    ),
    Operation(
        "GET",
        "/campaigns/{name}/uploads/{upload}",
        "How an uploaded list stands",
        Right.CAMPAIGNS_RUN,
        about={"name": CAMPAIGN},
    ),
    Operation(
        "DELETE",
        "/campaigns/{name}/uploads/{upload}",
        "Take an uploaded list back; a trial or an import that is under way is stopped, and nothing of it stays",
        Right.CAMPAIGNS_RUN,
        about={"name": CAMPAIGN},
    ),
    Operation(
        "GET",
        "/campaigns/{name}/uploads/{upload}/rejected",
        "The rows that were refused, as CSV",
        Right.CAMPAIGNS_RUN,
        about={"name": CAMPAIGN},
    ),
    Operation(
        "POST",
        "/campaigns/{name}/uploads/{upload}/{step}",
        "Look at an uploaded list in another way, try it, or take it over",
        Right.CAMPAIGNS_RUN,
        about={"name": CAMPAIGN},
    ),
    Operation(
        "POST",
        "/campaigns/{name}/{action}",
        "Start, pause, resume, drain or stop a campaign",
        Right.CAMPAIGNS_RUN,
        dials=True,
        about={"name": CAMPAIGN},
        rows={"campaign": CAMPAIGN},
    ),
    Operation(
        "GET",
        "/callbacks",
        "Promised callbacks",
        Right.CALLBACKS_READ,
        query={"all": "1: those that are over, too", **_PAGE},
        rows={"callbacks": CALLBACK},
    ),
    Operation(
        "POST",
        "/callbacks",
        "Promise a call at a time, by an agent or by anybody of a queue",
        Right.CALLBACKS_CHANGE,
        dials=True,
        about={"queue": QUEUE, "agent": AGENT},
        rows={"callback": CALLBACK},
    ),
    Operation("GET", "/callbacks/{number}", "One of them", Right.CALLBACKS_READ, rows={"callback": CALLBACK}),
    Operation(
        "POST",
        "/callbacks/{number}/{action}",
        "Keep a promise now, or take it back",
        Right.CALLBACKS_CHANGE,
        dials=True,
        about={"number": CALLBACK},
        rows={"callback": CALLBACK},
    ),
    Operation(
        "GET",
        "/follow-ups",
        "What is to be looked into because a caller said that it was bad",
        Right.FOLLOW_UPS_READ,
        query={"owner": "only his", "done": "1: the newest that are done", **_PAGE},
        rows={"follow_ups": FOLLOW_UP},
    ),
    Operation(
        "POST",
        "/follow-ups/{number}/call",
        "Promise a call for one of them, by its owner where that is an agent",
        Right.CALLBACKS_CHANGE,
        dials=True,
        about={"number": FOLLOW_UP},
        rows={"callback": CALLBACK},
    ),
    Operation(
        "POST",
        "/follow-ups/{number}/done",
        "Close one of them",
        Right.FOLLOW_UPS_CHANGE,
        about={"number": FOLLOW_UP},
    ),
    Operation("GET", "/hooks", "Who is told what happens, and how his messages stand", Right.HOOKS_CHANGE, whole=True),
    Operation("POST", "/hooks/{hook}/test", "Send a message that tells of nothing", Right.HOOKS_CHANGE, whole=True),
    Operation("POST", "/hooks/{hook}/retry", "Send again what was given up", Right.HOOKS_CHANGE, whole=True),
    Operation("GET", "/audit", "Who asked for what, and what came of it", Right.AUDIT_READ, query=_PAGE, whole=True),
)

OPERATIONS: tuple[Operation, ...] = _PEOPLE + _LIVE + _PREVIEWS + _OWN_DESK + _SOCKET + _PAST + _POLICY + _OUTBOUND
BY_ROUTE: Mapping[tuple[str, str], Operation] = {(each.method, each.path): each for each in OPERATIONS}


def operation_of(method: str, canonical: str) -> Operation | None:
    """Return the line of a route; `canonical` is its path as aiohttp writes it, under any prefix. HEAD is GET."""
    prefix = next((each for each in PREFIXES if canonical.startswith(f"{each}/")), None)
    return None if prefix is None else BY_ROUTE.get(("GET" if method == "HEAD" else method, canonical[len(prefix) :]))


def without_a_line(routes: Iterable[tuple[str, str]]) -> list[str]:
    """Return which of `routes` (method, canonical path) have no line: nobody may ask them."""
    return sorted(f"{method} {path}" for method, path in routes if operation_of(method, path) is None)
