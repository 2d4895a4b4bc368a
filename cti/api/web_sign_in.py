"""How does somebody sign in and out on the web, and learn who he is?

Answers with a cookie; what a right password is, people/ says.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated

import msgspec
from aiohttp import web

from cti.api.asking import NOT_OURS, add, body, name_asker, note
from cti.api.responses import answer, problem
from cti.api.web_guard import Entrance, address_of, is_ours, person_of, remember_browser, set_cookie, who
from cti.people.codes import address_of as address_of_codes
from cti.people.codes import new_secret
from cti.people.passwords import MAX_CHARS
from cti.people.person import NAME
from cti.people.sessions import Denied, Sessions, SignedIn
from cti.people.throttle import Throttle

MOST_AT_ONCE = 16  # who want their passwords checked: each takes tens of milliseconds, one after the other
SOON_S = 2
BODY_LIMIT_S = 10.0  # for who has not signed in yet, and might be anybody

Found = SignedIn | Denied | str | list[str]

Name = Annotated[str, msgspec.Meta(pattern=NAME)]
Password = Annotated[str, msgspec.Meta(max_length=MAX_CHARS)]
Code = Annotated[str, msgspec.Meta(max_length=40)]


class Credentials(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a sign-in. `totp`: the one-time code of those who have an authenticator, or a recovery code."""

    name: Annotated[str, msgspec.Meta(max_length=64)]
    password: Password
    totp: Code = ""


class NewPassword(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a change of one's own password."""

    old: Password
    new: Password


class Codes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of an authenticator's begin: its secret, as /me/totp/new told it, and the code that it shows now."""

    password: Password
    secret: Annotated[str, msgspec.Meta(pattern=r"^[A-Z2-7]{26,64}\Z")]
    code: Code


class OwnPassword(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of an authenticator's end, and of a wish for other recovery codes."""

    password: Password


def add_routes(app: web.Application, sessions: Sessions, entrance: Entrance, clock: Callable[[], float]) -> None:
    """Add /sign-in, /sign-out, /me and /me/password."""
    routes = _Routes(sessions, entrance, clock)
    add(app, "POST", "/sign-in", routes.sign_in)
    add(app, "POST", "/sign-out", routes.sign_out)
    add(app, "GET", "/me", routes.me)
    add(app, "POST", "/me/password", routes.new_password)
    add(app, "POST", "/me/totp/new", routes.new_secret)
    add(app, "POST", "/me/totp", routes.begin_codes)
    add(app, "DELETE", "/me/totp", routes.end_codes)
    add(app, "POST", "/me/totp/recovery", routes.new_recovery)

    async def close(_app: web.Application) -> None:
        routes.hashing.shutdown(wait=False, cancel_futures=True)

    app.on_cleanup.append(close)


class _Routes:
    def __init__(self, sessions: Sessions, entrance: Entrance, clock: Callable[[], float]) -> None:
        self._sessions, self._entrance, self._clock = sessions, entrance, clock
        self._throttle = Throttle()
        self._waiting = 0
        # One thread of its own: whoever tries passwords takes one core at most, and nobody else's threads.
        self.hashing = ThreadPoolExecutor(1, thread_name_prefix="cti-sign-in")

    async def sign_in(self, request: web.Request) -> web.Response:
        if not is_ours(request, self._entrance):
            return problem(403, "wrong_origin", f"sign in at {self._entrance.origins[0]}; see web.origin")
        if request.content_type != "application/json":
            return problem(415, "no_json", "send JSON, as application/json")
        async with asyncio.timeout(BODY_LIMIT_S):  # a 408 otherwise
            asked = await body(request, Credentials)
        address, now = address_of(request, self._entrance), self._clock()
        where = {"address": address}
        note(request, "sign_in", "", where, NOT_OURS)
        cookie = request.cookies.get(self._entrance.known_cookie, "")
        browser = self._sessions.browser_of(cookie, asked.name, now)
        wait_s = SOON_S if self._waiting >= MOST_AT_ONCE else self._throttle.begin(asked.name, address, now, browser)
        if wait_s > 0:
            return _later(wait_s)
        former = request.cookies.get(self._entrance.cookie, "")
        found = await self._off_the_loop(self._sessions.sign_in, asked.name, asked.password, asked.totp, now, former)
        if not isinstance(found, SignedIn) and await asyncio.to_thread(self._sessions.knows, asked.name):
            note(request, "sign_in", asked.name, where, NOT_OURS)  # whose account is tried; else it may be a password
        if found is Denied.TOTP_NEEDED:  # no success yet: else whoever has the password could guess codes for ever
            return problem(401, found, "send the code of your authenticator as `totp`")
        if not isinstance(found, SignedIn):
            return problem(401, Denied.WRONG_CREDENTIALS, "name, password or code is wrong, or the name is locked")
        self._throttle.succeeded(asked.name, address, now, browser)
        name_asker(request, found.person.name)
        note(request, "sign_in", "", where | ({"recovery_code": True} if found.recovered else {}))
        response = self._signed_in(found)
        remember_browser(response, self._entrance, self._sessions.remember_browser(cookie, asked.name, now))
        return response

    async def sign_out(self, request: web.Request) -> web.Response:
        note(request, "sign_out", "")
        await asyncio.to_thread(self._sessions.sign_out, request[who].secret)
        response = answer({"ok": True})
        set_cookie(response, self._entrance, "")
        return response

    async def me(self, request: web.Request) -> web.Response:
        return answer(told(request[who]))

    async def new_password(self, request: web.Request) -> web.Response:
        note(request, "me.password", "")
        asked = await body(request, NewPassword)
        change, secret = self._sessions.change_password, request[who].secret
        found = await self._of_his_own(request, change, asked.old, asked.new, self._clock(), secret)
        if isinstance(found, web.Response):
            return found
        return self._signed_in(found) if isinstance(found, SignedIn) else problem(400, "weak_password", str(found))

    async def new_secret(self, request: web.Request) -> web.Response:
        secret = new_secret()
        return answer({"secret": secret, "address": address_of_codes(secret, person_of(request).name)})

    async def begin_codes(self, request: web.Request) -> web.Response:
        note(request, "me.totp", "")
        asked = await body(request, Codes)
        begin = self._sessions.begin_codes
        found = await self._of_his_own(request, begin, asked.password, asked.secret, asked.code, self._clock())
        return _recovery_codes(found, 400, "this is not the code of now")

    async def new_recovery(self, request: web.Request) -> web.Response:
        note(request, "me.recovery-codes", "")
        asked = await body(request, OwnPassword)
        found = await self._of_his_own(request, self._sessions.new_recovery, asked.password)
        return _recovery_codes(found, 409, "no authenticator's codes are asked for: begin with POST /me/totp")

    async def end_codes(self, request: web.Request) -> web.Response:
        note(request, "me.without-totp", "")
        asked = await body(request, OwnPassword)
        found = await self._of_his_own(request, self._sessions.end_codes, asked.password)
        return found if isinstance(found, web.Response) else answer({"ok": True})

    async def _of_his_own(
        self, request: web.Request, ask: Callable[..., Found], *given: object
    ) -> Found | web.Response:
        """Ask for what needs the password once more, as slow to guess as at the sign-in."""
        name, address, now = person_of(request).name, address_of(request, self._entrance), self._clock()
        browser = self._sessions.browser_of(request.cookies.get(self._entrance.known_cookie, ""), name, now)
        wait_s = SOON_S if self._waiting >= MOST_AT_ONCE else self._throttle.begin(name, address, now, browser)
        if wait_s > 0:
            return _later(wait_s)
        found = await self._off_the_loop(ask, name, *given)
        if found == Denied.WRONG_CREDENTIALS:
            return problem(403, Denied.WRONG_CREDENTIALS, "the password is wrong")
        self._throttle.succeeded(name, address, now, browser)
        return found

    async def _off_the_loop(self, ask: Callable[..., Found], *given: object) -> Found:
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self.hashing, ask, *given)
        finally:
            self._waiting -= 1

    def _signed_in(self, found: SignedIn) -> web.Response:
        response = answer(told(found))
        set_cookie(response, self._entrance, found.secret)
        return response


def told(found: SignedIn) -> dict[str, object]:
    """Return what a page is told of who uses it."""
    codes = {"on": found.codes, "recovery_left": found.recovery_left}
    return {"user": found.person.told(), "csrf": found.csrf, "codes": codes}


def _recovery_codes(found: object, status: int, otherwise: str) -> web.Response:
    """The codes, told this once; or the refusal, in the words `otherwise`."""
    if isinstance(found, web.Response):
        return found
    if isinstance(found, list):
        return answer({"ok": True, "recovery_codes": found})
    return problem(status, str(found), otherwise)


def _later(wait_s: float) -> web.Response:
    wait_s = math.ceil(wait_s)
    headers = {"Retry-After": str(wait_s)}
    return problem(429, "too_many_tries", f"too many tries; again in {wait_s} s", headers=headers, retry_after_s=wait_s)
