"""What may an administrator ask about people and tokens? List, add, change, lock, remove; a secret is told once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Annotated, Any

import msgspec
from aiohttp import web

from cti.api.asking import NOT_OURS, OURS, BadRequest, add, body, note, number_in, unknown
from cti.api.responses import answer, problem
from cti.api.web_guard import person_of
from cti.model.policy import Center
from cti.people.register import CHANGEABLE, Register, Wrong, token_row, user_row
from cti.people.rights import Role

Word = Annotated[str, msgspec.Meta(max_length=64)]
Words = Annotated[list[Word], msgspec.Meta(max_length=200)]
Days = Annotated[float, msgspec.Meta(gt=0, le=3650)]


class UserAction(StrEnum):
    """What can be done with a person besides changing him."""

    PASSWORD = "password"  # a new one, generated
    LOCK = "lock"
    UNLOCK = "unlock"
    WITHOUT_TOTP = "without-totp"  # his authenticator is lost


class NewUser(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person; his password is generated. Without queues and teams: the whole centre."""

    name: Word
    role: Role
    queues: Words = []
    teams: Words = []
    agent: Word | None = None
    phone: Word | None = None
    language: Annotated[str, msgspec.Meta(max_length=16)] = ""


class UserChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be different."""

    role: Role | msgspec.UnsetType = msgspec.UNSET
    queues: Words | msgspec.UnsetType = msgspec.UNSET
    teams: Words | msgspec.UnsetType = msgspec.UNSET
    agent: Word | msgspec.UnsetType | None = msgspec.UNSET
    phone: Word | msgspec.UnsetType | None = msgspec.UNSET
    language: Annotated[str, msgspec.Meta(max_length=16)] | msgspec.UnsetType = msgspec.UNSET


class NewToken(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A program, or a screen on a wall; without `days` for ever."""

    name: Annotated[str, msgspec.Meta(max_length=40)]
    role: Role
    queues: Words = []
    teams: Words = []
    days: Days | None = None


def add_routes(
    app: web.Application, register: Register, center: Callable[[], Center], clock: Callable[[], float]
) -> None:
    """Add /users and /tokens."""
    routes = _Routes(register, center, clock)
    add(app, "GET", "/users", routes.users)
    add(app, "POST", "/users", routes.add_user)
    add(app, "PATCH", "/users/{name}", routes.change_user)
    add(app, "DELETE", "/users/{name}", routes.remove_user)
    add(app, "POST", "/users/{name}/{action}", routes.act)
    add(app, "GET", "/tokens", routes.tokens)
    add(app, "POST", "/tokens", routes.add_token)
    add(app, "DELETE", "/tokens/{number}", routes.remove_token)


class _Routes:
    def __init__(self, register: Register, center: Callable[[], Center], clock: Callable[[], float]) -> None:
        self._register, self._center, self._clock = register, center, clock

    async def users(self, _request: web.Request) -> web.Response:
        found = await asyncio.to_thread(self._register.users)
        return answer({"at": self._clock(), "users": [user_row(user) for user in found]})

    async def add_user(self, request: web.Request) -> web.Response:
        note(request, "user.add", "")
        asked = await body(request, NewUser)
        note(request, "user.add", _name(asked.name), {"role": asked.role}, done=_done(asked))
        more = {key: getattr(asked, key) for key in CHANGEABLE if key != "role"}
        given = (asked.name, asked.role, self._clock(), self._center())
        made = await _tried(self._register.add_user, *given, **more)
        return made if isinstance(made, web.Response) else answer({"user": user_row(made[0]), "password": made[1]})

    async def change_user(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        note(request, "user.change", _name(name))
        asked = await body(request, UserChange)
        fields = {key: value for key in CHANGEABLE if (value := getattr(asked, key)) is not msgspec.UNSET}
        note(request, "user.change", _name(name), {"keys": sorted(fields)}, done=fields)
        changed = await _tried(self._register.change_user, name, self._center(), **fields)
        return changed if isinstance(changed, web.Response) else answer({"user": user_row(changed)})

    async def remove_user(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        note(request, "user.remove", _name(name))
        found = await _tried(self._register.remove_user, name)
        return found if isinstance(found, web.Response) else answer({"ok": True})

    async def act(self, request: web.Request) -> web.Response:
        name, word = request.match_info["name"], request.match_info["action"]
        if word not in set(UserAction):
            return unknown("unknown_action", word, [known.value for known in UserAction])
        note(request, f"user.{word}", _name(name))
        if word == UserAction.PASSWORD:
            password = await _tried(self._register.set_password, name)
            return password if isinstance(password, web.Response) else answer({"name": name, "password": password})
        if word == UserAction.WITHOUT_TOTP:
            user = await _tried(self._register.without_codes, name)
        else:
            user = await _tried(self._register.lock, name, locked=word == UserAction.LOCK)
        return user if isinstance(user, web.Response) else answer({"user": user_row(user)})

    async def tokens(self, _request: web.Request) -> web.Response:
        found = await asyncio.to_thread(self._register.tokens)
        return answer({"at": self._clock(), "tokens": [token_row(token) for token in found]})

    async def add_token(self, request: web.Request) -> web.Response:
        note(request, "token.add", "")
        asked = await body(request, NewToken)
        note(request, "token.add", _name(asked.name), {"role": asked.role}, done=_done(asked))
        given = (asked.name, asked.role, person_of(request).name, self._clock(), self._center())
        more = {"days": asked.days, "queues": asked.queues, "teams": asked.teams}
        made = await _tried(self._register.add_token, *given, **more)
        return made if isinstance(made, web.Response) else answer({"token": made[1], **token_row(made[0])})

    async def remove_token(self, request: web.Request) -> web.Response:
        number = number_in(request.match_info["number"])
        if number is None:
            raise BadRequest("a token is named by its id")
        note(request, "token.remove", "", {"id": number})
        found = await _tried(self._register.remove_token, number)
        return found if isinstance(found, web.Response) else answer({"ok": True})


async def _tried(ask: Callable[..., Any], *given: Any, **more: Any) -> Any:
    """What came of it, off the loop; or the refusal."""
    try:
        return await asyncio.to_thread(ask, *given, **more)
    except Wrong as wrong:
        missing = wrong.reason in ("unknown_user", "unknown_token")
        status = 404 if missing else 409 if wrong.reason in ("already", "last_admin") else 400
        more = {"field": wrong.field} if wrong.field else {}
        return problem(status, wrong.reason, str(wrong), **more)


def _name(word: str) -> str:
    """A name as it may be written down: what cannot be one might be anything."""
    return word if OURS.fullmatch(word) else NOT_OURS


def _done(asked: NewUser | NewToken) -> dict[str, Any]:
    said: Iterable[tuple[str, Any]] = msgspec.structs.asdict(asked).items()
    return {key: value for key, value in said if key not in ("name", "phone") and value}
