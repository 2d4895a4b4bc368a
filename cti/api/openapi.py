"""How does the API describe itself? OpenAPI 3.1 made from the table of operations and the types of the bodies. PURE.

The shapes of answers are those of api/answers.py. No field of theirs is required here, and more may come: figures grow.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from cti.api import (
    control_agents,
    control_callbacks,
    control_campaigns,
    control_contacts,
    control_flows,
    control_follow_ups,
    control_hooks,
    control_policy,
    control_previews,
    web_oidc,
    web_people,
    web_sign_in,
)
from cti.api.answers import ANSWERS
from cti.api.operation import Access, Operation
from cti.api.operations import OPERATIONS, PREFIX
from cti.api.responses import PROBLEM
from cti.api.web_guard import CSRF_HEADER
from cti.model.dialling import CampaignAction
from cti.model.words import AgentAction, CallbackAction, ContactAction
from cti.people.rights import RIGHTS, Right

VERSION = "1"
REF = "#/components/schemas/{name}"
JSON = "application/json"
FREE = dict  # keys of the configuration: what is good is told by the answer

Bodies = Mapping[tuple[str, str], Any]

# `by` of a body is for the control socket: on the web whoever has signed in asks.
BODIES: Bodies = {
    ("POST", "/sign-in"): web_sign_in.Credentials,
    ("POST", "/me/password"): web_sign_in.NewPassword,
    ("POST", "/me/totp"): web_sign_in.Codes,
    ("DELETE", "/me/totp"): web_sign_in.OwnPassword,
    ("POST", "/me/totp/recovery"): web_sign_in.OwnPassword,
    ("POST", "/users"): web_people.NewUser,
    ("PATCH", "/users/{name}"): web_people.UserChange,
    ("POST", "/tokens"): web_people.NewToken,
    ("POST", "/agents/{agent}/{action}"): control_agents.AgentAsked,
    ("POST", "/agents/{agent}/preview/{decision}"): control_previews.PreviewAsked,
    ("POST", "/contacts/{contact}/{action}"): (
        control_contacts.Move,
        control_contacts.Prioritise,
        control_contacts.Withdraw,
        control_contacts.Spy,
    ),
    ("PATCH", "/queues/{queue}"): FREE,
    ("PUT", "/agents/{agent}/queues/{queue}"): FREE,
    ("POST", "/reload"): control_policy.Reload,
    ("POST", "/flows/reload"): control_flows.FlowReload,
    ("POST", "/flows/rollback"): control_flows.RollBack,
    ("POST", "/campaigns/{name}/{action}"): control_campaigns.CampaignAsked,
    ("POST", "/callbacks"): control_callbacks.Schedule,
    ("POST", "/callbacks/{number}/{action}"): control_callbacks.CallbackAsked,
    ("POST", "/follow-ups/{number}/done"): control_follow_ups.FollowUpDone,
    ("POST", "/follow-ups/{number}/call"): control_follow_ups.FollowUpCall,
    ("POST", "/hooks/{hook}/test"): control_hooks.HookAsked,
    ("POST", "/hooks/{hook}/retry"): control_hooks.HookAsked,
}
ACTIONS: Mapping[str, list[str]] = {
    "/agents/{agent}/{action}": [word.value for word in AgentAction],
    "/contacts/{contact}/{action}": [word.value for word in ContactAction],
    "/campaigns/{name}/{action}": [word.value for word in CampaignAction],
    "/callbacks/{number}/{action}": [word.value for word in CallbackAction],
    "/users/{name}/{action}": [word.value for word in web_people.UserAction],
}
LEAD_ELSEWHERE = (web_oidc.BEGIN, web_oidc.BACK)
PROBLEMS = {
    400: "cannot be read",
    401: "nobody has signed in, or with the wrong words",
    403: "no right, or not from one of our pages",
    404: "not there, or not in your part of the centre",
    405: "no such method",
    408: "took too long; an answer that changes something says in the audit trail what came of it",
    409: "cannot be now; `refused` says why",
    413: "too large",
    415: "no JSON",
    422: "this Idempotency-Key was used for something else",
    429: "too many tries; see Retry-After",
    503: "not now; see Retry-After",
}


class Problem(msgspec.Struct):
    """RFC 9457. With some come `refused` (a reason), `exists` (the names there are), `errors` (every one), `field` (of
    the body, which is wrong)."""

    type: str
    title: str
    status: int
    detail: str
    refused: str | msgspec.UnsetType = msgspec.UNSET
    exists: list[str] | msgspec.UnsetType = msgspec.UNSET
    errors: list[str] | msgspec.UnsetType = msgspec.UNSET
    field: str | msgspec.UnsetType = msgspec.UNSET


def describe(origin: str) -> dict[str, Any]:
    """Return the description of the API that is reached at `origin`."""
    each_kind = {kind for kinds in BODIES.values() for kind in (kinds if isinstance(kinds, tuple) else (kinds,))}
    kinds = sorted(each_kind - {FREE}, key=lambda kind: f"{kind.__module__}.{kind.__name__}")
    schemas, components = msgspec.json.schema_components([*kinds, Problem], ref_template=REF)
    known = {FREE: {"type": "object"}, **dict(zip(kinds, schemas, strict=False))}
    answers, shapes = _answers()
    paths: dict[str, dict[str, Any]] = {}
    for each in OPERATIONS:
        kind = BODIES.get((each.method, each.path), FREE)
        body = {"anyOf": [known[one] for one in kind]} if isinstance(kind, tuple) else known[kind]
        described = _operation(each, body, answers.get((each.method, each.path)) or _by_name(each))
        paths.setdefault(PREFIX + each.path, {})[each.method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {"title": "cti", "version": VERSION, "description": "See docs/api.md. Times are epoch seconds."},
        "servers": [{"url": origin}],
        "security": [{"session": []}, {"token": []}],
        "paths": paths,
        "components": {
            "schemas": shapes | _without_by(components),
            "responses": {str(status): _problem(text) for status, text in PROBLEMS.items()},
            "securitySchemes": {
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "__Host-cti",
                    "description": f"set by /sign-in (on plain http: cti); changes need {CSRF_HEADER} and our Origin",
                },
                "token": {"type": "http", "scheme": "bearer", "description": "cti token add"},
            },
        },
    }


def _operation(operation: Operation, body: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    names = re.findall(r"{(\w+)}", operation.path)
    found: dict[str, Any] = {
        "operationId": _id(operation),
        "summary": operation.summary,
        "description": rights_of(operation),
        "tags": [operation.path.split("/")[1]],
        "parameters": [_in_path(operation, name) for name in names]
        + [
            {"name": name, "in": "query", "description": text, "schema": {"type": "string"}}
            for name, text in operation.query.items()
        ],
        "responses": {
            "200": {"description": "done", "content": {JSON: {"schema": {"type": "object", "properties": told}}}}
        }
        | {str(status): {"$ref": f"#/components/responses/{status}"} for status in PROBLEMS},
    }
    if operation.path in LEAD_ELSEWHERE:
        found["responses"]["302"] = {"description": "go there"}
    if operation.right is Access.ANYBODY:
        found["security"] = []
    if (operation.method, operation.path) in BODIES:
        found["requestBody"] = {"content": {JSON: {"schema": body}}}
    if operation.changes:
        found["parameters"].append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "description": "the same key again within a day gets the same answer, and nothing is done twice",
                "schema": {"type": "string", "maxLength": 200},
            }
        )
    return found


def rights_of(operation: Operation) -> str:
    """Return in words who may."""
    if isinstance(operation.right, Access):
        words = {Access.ANYBODY: "Anybody.", Access.SIGNED_IN: "Whoever has signed in, or shows a token."}
        return words.get(operation.right, "A person who has signed in: no token.")
    rights = {"": operation.right} if isinstance(operation.right, Right) else operation.right
    lines = []
    for action, right in rights.items():
        roles = ", ".join(role for role, rights_of_role in RIGHTS.items() if right in rights_of_role)
        lines.append(f"{action + ': ' if action else ''}right `{right}` ({roles}).")
    if operation.own is not None:
        lines.append(f"Of oneself: right `{operation.own}`.")
    if operation.whole:
        lines.append("Not for somebody whose scope is a part of the centre.")
    return " ".join(lines)


def _id(operation: Operation) -> str:
    words = re.findall(r"\w+", operation.path)
    return "_".join((operation.method.lower(), *words)).replace("-", "_")


def _in_path(operation: Operation, name: str) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string", "minLength": 1}
    if name == "action" and operation.path in ACTIONS:
        schema = {"type": "string", "enum": list(ACTIONS[operation.path])}
    elif name == "decision":
        schema = {"type": "string", "enum": [str(action) for action in control_previews.DECISIONS]}
    elif name == "number":
        schema = {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _answers() -> tuple[dict[tuple[str, str], dict[str, Any]], dict[str, Any]]:
    """Return the properties of the answers whose shape is known, and the components that these name."""
    places = [(route, name, kind) for route, fields in ANSWERS.items() for name, kind in fields.items()]
    schemas, components = msgspec.json.schema_components([kind for *_, kind in places], ref_template=REF)
    told: dict[tuple[str, str], dict[str, Any]] = {}
    for (route, name, _), schema in zip(places, schemas, strict=True):
        told.setdefault(route, {})[name] = schema
    return told, {name: {k: v for k, v in each.items() if k != "required"} for name, each in components.items()}


def _by_name(operation: Operation) -> dict[str, Any]:
    """Of rows whose shape is not written down."""
    rows = {"type": "array", "items": {"type": "object"}}
    return {
        name: {"type": ["object", "null"]} if operation.method != "GET" or name == kind else rows
        for name, kind in operation.rows.items()
    }


def _problem(text: str) -> dict[str, Any]:
    return {"description": text, "content": {PROBLEM: {"schema": {"$ref": REF.format(name="Problem")}}}}


def _without_by(components: dict[str, Any]) -> dict[str, Any]:
    """Whom a request names counts on the control socket alone."""
    for schema in components.values():
        schema.get("properties", {}).pop("by", None)
    return components
