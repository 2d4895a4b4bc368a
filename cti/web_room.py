"""What does the web need in a running engine? People and their records, an address, pages; and a first administrator.

Puts the parts together for the composition root, as keepers/room.py does for calls that we begin.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import ssl
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import structlog
from aiohttp import web

from cti import machine
from cti.api.asking import number_in
from cti.api.control_callbacks import Callbacks
from cti.api.control_follow_ups import FollowUps
from cti.api.live import LiveSocket
from cti.api.live_hub import Boards, LiveHub
from cti.api.operation import Row
from cti.api.request_log import RequestLog
from cti.api.serving import bind_tcp, serve
from cti.api.store_away import StoreAway
from cti.api.view import View
from cti.api.web import make_web_app
from cti.api.web_guard import Entrance, Find
from cti.api.web_oidc import Provider
from cti.config.settings import Settings
from cti.config.web import LEAST_CHARS, Oidc, Tls, Web
from cti.model.errors import ConfigError
from cti.model.policy import Center
from cti.people import first, keys
from cti.people.passwords import Passwords
from cti.people.register import Register
from cti.people.sealing import Seal
from cti.people.sessions import Sessions
from cti.ports import AuditTrail, Clock, PolicyDesk
from cti.store.database import Store
from cti.store.kept_answers import KeptAnswers
from cti.store.people import PeopleRecords

BUILD = "build.txt"  # in the folder of the pages: what was built (tools/build_web.py)
PASSWORD_FILE = "first-admin-password"
SECRET_FILE = "web.key"  # what seals secrets of authenticators, where the configuration names none
MINUTE_S, HOUR_S = 60.0, 3600.0

log = structlog.get_logger(__name__)


class WebRoom:
    """The web of one engine. `address` is its first origin, once it is open."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        clock: Clock,
        audit: AuditTrail,
        center: Callable[[], Center],
        wall: Clock = time.time,
    ) -> None:
        """`clock` is the engine's, for what happens in it. `wall`: what everybody's telephone shows, for one-time codes
        and sessions; where a clock was ahead and is set back the engine's stays ahead for long, and nobody's code fits.
        """
        rules = self._rules = settings.web or Web()
        self._audit, self._center = audit, center
        self._clock, self._wall = clock, wall
        self._password_file = settings.state_dir / PASSWORD_FILE
        self.records, self.passwords = PeopleRecords(store), Passwords()
        self.answers = KeptAnswers(store)
        times = {"session_s": rules.session_hours * HOUR_S, "idle_s": rules.idle_minutes * MINUTE_S}
        given = None if rules.secret is None else rules.secret.get_secret_value()
        seal = Seal(given or _own_secret(settings.state_dir / SECRET_FILE))
        self.sessions = Sessions(self.records, self.passwords, seal, **times, on_new_password=self._forget_first)
        self.address = ""

    def live(self, boards: Boards, lag_s: Callable[[], float] = lambda: 0.0) -> LiveSocket:
        """Return the live WebSocket, for `open`."""
        build = ""
        with contextlib.suppress(OSError):  # pages are not built, or not by us
            build = (self._rules.pages / BUILD).read_text(encoding="utf-8").strip()
        hub = LiveHub(boards, self._clock, build=build, lag_s=lag_s)
        return LiveSocket(hub, self.sessions, self._center, self._wall)

    async def open(
        self,
        served: web.Application,
        find: Find,
        requests: RequestLog,
        store_away: StoreAway,
        stack: contextlib.AsyncExitStack,
        more: Callable[[web.Application, Entrance], None] = lambda _app, _entrance: None,
        may_act: Callable[[], bool] = lambda: True,
    ) -> None:
        """Answer from now on until `stack` ends. `served` has the control socket's routes. Raises ConfigError."""
        await asyncio.to_thread(self._make_first)
        await asyncio.to_thread(self.sessions.seal_all)
        rules, tls = self._rules, None if self._rules.tls is None else tls_context(self._rules.tls)
        try:
            sock = bind_tcp(rules.listen.host, rules.listen.port)
        except OSError as error:
            raise machine.cannot_listen("web.listen", rules.listen, error) from None
        stack.callback(sock.close)
        origins = rules.origins(sock.getsockname()[1])
        entrance = Entrance(origins, rules.trusted_proxies, rules.session_hours * HOUR_S)
        app = make_web_app(
            served,
            self.sessions,
            Register(self.records, self.passwords),
            entrance,
            center=self._center,
            clock=self._wall,
            audit=self._audit,
            find=find,
            answers=self.answers,
            store_away=store_away,
            provider=_provider(rules.oidc),
            pages=rules.pages,
            more=lambda app: more(app, entrance),
            may_act=may_act,
        )
        runner = await serve(app, sock, requests, tls)
        stack.push_async_callback(runner.cleanup)
        self.address = origins[0]
        log.info("web", address=self.address)

    async def tidy(self) -> None:
        """Delete answers kept for programs after their day, until cancelled. Raises SQLAlchemyError."""
        while True:
            await asyncio.to_thread(self.answers.forget_old, self._wall())
            await asyncio.sleep(MINUTE_S)

    def _make_first(self) -> None:
        """His password stands in a file that only the engine's user may read, never in a log."""
        password = first.first_admin(self.records, self.passwords, self._wall())
        if password is None:
            return
        self._forget_first(first.NAME)
        descriptor = os.open(self._password_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"{password}\n")
        log.warning("first administrator made; change his password", name=first.NAME, file=str(self._password_file))

    def _forget_first(self, name: str) -> None:
        if name == first.NAME:
            self._password_file.unlink(missing_ok=True)


def _own_secret(file: Path) -> str:
    """Made at the first start, for the engine's user only. Several engines of one store need one in `web.secret`."""
    try:
        with contextlib.suppress(FileExistsError):
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as made:
                made.write(f"{keys.new_session()}\n")
        found = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([f"web.secret: {file} cannot be read or made: {type(error).__name__}"]) from None
    if len(found) < LEAST_CHARS:
        raise ConfigError([f"web.secret: {file} is cut off: bring it back from a backup, or delete it"])
    return found


def _provider(rules: Oidc | None) -> Provider | None:
    if rules is None:
        return None
    secret = "" if rules.secret is None else rules.secret.get_secret_value()
    return Provider(rules.issuer, rules.client, secret, rules.scopes, rules.claim, rules.name)


def tls_context(files: Tls) -> ssl.SSLContext:
    """What speaks TLS with the certificate in `files`. Raises ConfigError."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(files.certificate, files.key)
    except (OSError, ssl.SSLError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "no PEM certificate with its key"
        raise ConfigError([f"web.tls: cannot use {files.certificate} with its key file: {reason}"]) from None
    return context


def finders(view: View, clock: Clock, callbacks: Callbacks, follow_ups: FollowUps, desk: PolicyDesk) -> Find:
    """Return how the guard looks up of which queue something is; and of a queue's live changes, what they reach."""

    async def contact(word: str) -> Mapping[str, Any] | None:
        return view.contact(word, clock())  # here, on the loop: it feeds the view

    async def callback(word: str) -> Mapping[str, Any] | None:
        number = number_in(word)
        return None if number is None else await asyncio.to_thread(callbacks.one, number)

    async def follow_up(word: str) -> Mapping[str, Any] | None:
        number = number_in(word)
        return None if number is None else await asyncio.to_thread(follow_ups.one, number)

    async def live_changes(queue: str) -> Mapping[str, Any] | None:
        of_it = f"queues.{queue}."
        rows = [row for row in desk.live_changes() if row["path"].startswith(of_it)]
        return {row["path"].removeprefix(of_it): [row["value"], row["file"]] for row in rows}

    return {Row.CONTACT: contact, Row.CALLBACK: callback, Row.FOLLOW_UP: follow_up, Row.LIVE_CHANGE: live_changes}
