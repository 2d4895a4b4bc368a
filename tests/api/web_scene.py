"""The web app with stand-ins behind it, on a real TCP port of loopback: what a browser and a program would see."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from argon2 import PasswordHasher

from cti.api.asking import add
from cti.api.operation import Row
from cti.api.operations import OPERATIONS, PREFIX
from cti.api.responses import PROBLEM, answer
from cti.api.serving import bind_tcp, serve
from cti.api.store_away import StoreAway
from cti.api.web import make_web_app
from cti.api.web_guard import Entrance
from cti.api.web_oidc import Provider
from cti.people import keys
from cti.people.passwords import Passwords
from cti.people.records import Token, User
from cti.people.register import Register
from cti.people.rights import SIGNS_IN, Role
from cti.people.sealing import Seal
from cti.people.sessions import Sessions
from cti.store.away import why_away
from cti.store.database import Store, open_store
from cti.store.kept_answers import KeptAnswers
from cti.store.people import PeopleRecords

from .scene import Scene

HOST = "127.34.0.1"
PASSWORD = "an-apple-a-day-keeps"
CHEAP = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@cache
def hashed() -> str:
    return CHEAP.hash(PASSWORD)


@dataclass
class Answer:
    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def reason(self) -> str:
        """What a problem is about."""
        assert self.headers["Content-Type"].startswith(PROBLEM), self.body
        return str(self.body["type"]).removeprefix("urn:cti:")


class WebScene:
    """The stand-ins (`scene`), the records, a clock that tests set, and one person or token for each role."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.now = 1_000_000.0
        self.scene, self.store = Scene(folder / "none"), store
        self.store_away = StoreAway(why_away, lambda: self.now)
        self.records, self.answers = PeopleRecords(store), KeptAnswers(store)
        self.sessions = Sessions(self.records, CHEAP, Seal("only-for-the-tests-of-the-web"))
        self.rows: dict[Row, dict[str, dict[str, Any]]] = {}
        self.pages = folder / "dist"
        self.origin = ""
        self.tokens: dict[str, str] = {}

    def add(self, name: str, role: Role, **more: Any) -> None:
        assert self.records.add_user(User(name, role, hashed(), self.now, **more))

    def add_token(self, name: str, role: Role, **more: Any) -> str:
        secret = self.tokens[name] = keys.new_token()
        assert self.records.add_token(Token(0, name, keys.kept(secret), role, "test", self.now, **more))
        return secret

    def add_all_roles(self) -> None:
        for role in Role:
            if role in SIGNS_IN:
                self.add(role.value, role, agent="anna" if role is Role.AGENT else None)
            else:
                self.add_token(role.value, role)

    @asynccontextmanager
    async def open(
        self,
        more: Callable[[web.Application], None] = lambda _app: None,
        provider: Provider | None = None,
        **entrance: Any,
    ) -> AsyncIterator[WebScene]:
        sock = bind_tcp(HOST, 0)
        self.origin = f"http://{HOST}:{sock.getsockname()[1]}"

        async def found(kind: Row, word: str) -> dict[str, Any] | None:
            return self.rows.get(kind, {}).get(word)

        find = {kind: partial(found, kind) for kind in Row}
        app = make_web_app(
            self.scene.app(lambda: self.now),
            self.sessions,
            Register(self.records, CHEAP),
            Entrance((self.origin,), **entrance),
            center=lambda: self.scene.policy.center,
            clock=lambda: self.now,
            audit=self.scene.audit,
            find=find,
            answers=self.answers,
            store_away=self.store_away,
            provider=provider,
            pages=self.pages,
            may_act=lambda: self.scene.owns,
            more=lambda app: (more(app), _stand_in(app)),  # type: ignore[arg-type, func-returns-value]
        )
        runner = await serve(app, sock)
        try:
            yield self
        finally:
            await runner.cleanup()

    def browser(self) -> Browser:
        return Browser(self.origin)


@dataclass
class Browser:
    """Keeps cookies, and does what our pages do: Origin and the CSRF word with each change, unless told otherwise."""

    origin: str
    cookies: dict[str, str] = field(default_factory=dict)
    csrf: str = ""

    async def ask(
        self, method: str, path: str, body: Any = None, *, token: str = "", headers: Mapping[str, str] | None = None
    ) -> Answer:
        said = {"Content-Type": "application/json", "Origin": self.origin, "X-CSRF-Token": self.csrf}
        if token:
            said = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        said |= dict(headers or {})
        said = {name: value for name, value in said.items() if value}
        jar = aiohttp.DummyCookieJar()
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        cookies = {} if token else self.cookies
        async with (
            aiohttp.ClientSession(cookie_jar=jar, cookies=cookies) as session,
            session.request(
                method, self.origin + path, data=data, headers=said, cookies=cookies, allow_redirects=False
            ) as response,
        ):
            for name, morsel in response.cookies.items():
                self.cookies[name] = morsel.value
            text = await response.text()
            is_json = "json" in response.headers.get("Content-Type", "")
            return Answer(response.status, json.loads(text) if is_json and text else text, response.headers)

    async def sign_in(self, name: str, password: str = PASSWORD, **more: Any) -> Answer:
        found = await self.ask("POST", "/api/v1/sign-in", {"name": name, "password": password, **more})
        if found.status == 200:
            self.csrf = found.body["csrf"]
        return found


def open_records(folder: Path) -> Store:
    return open_store(f"sqlite:///{folder}/cti.db")


def _stand_in(app: web.Application) -> None:
    """Let every line of the table be answered: rights are asked of all, whoever answers."""

    async def answered(_request: web.Request) -> web.Response:
        return answer({"ok": True, "number": "+4930123"})

    there = {(route.method, route.resource.canonical) for route in app.router.routes() if route.resource is not None}
    for each in OPERATIONS:
        if (each.method, PREFIX + each.path) not in there:
            add(app, each.method, each.path, answered)
