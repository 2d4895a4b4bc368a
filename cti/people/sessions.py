"""Who signs in, and who is it that asks? Passwords, one-time codes, sessions, tokens; whatever keeps the records.

Every method blocks (disk, hashes): to be called off the loop. Time is an argument: epoch seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

import msgspec
import structlog

from cti.people import browsers, keys, recovery
from cti.people.codes import code_step
from cti.people.passwords import Passwords, fault_of
from cti.people.person import Person
from cti.people.records import Records, Session, User
from cti.people.sealing import Seal, is_sealed

TOUCH_S = 30.0  # so often it is written down that a session is in use
HOUR_S = 3600.0

_log = structlog.get_logger(__name__)


class Denied(StrEnum):
    """Why somebody is not signed in. It never says whether there is such a name."""

    WRONG_CREDENTIALS = "wrong_credentials"
    TOTP_NEEDED = "totp_needed"  # only said to who knows the password
    NOT_SIGNED_IN = "not_signed_in"


class SignedIn(msgspec.Struct, frozen=True):
    """Somebody who has a session. `secret` is for his cookie and nowhere else; a program with a token has none."""

    person: Person
    secret: str = ""
    codes: bool = False  # whether his one-time codes are asked for
    recovery_left: int = 0  # codes that stand in for a lost authenticator
    recovered: bool = False  # just now, by one of these

    @property
    def csrf(self) -> str:
        return keys.csrf_of(self.secret) if self.secret else ""


class Sessions:
    """The door. `session_s` is how long a session lasts at most, `idle_s` how long without a request."""

    def __init__(
        self,
        records: Records,
        passwords: Passwords,
        seal: Seal,
        *,
        session_s: float = 12 * HOUR_S,
        idle_s: float = 2 * HOUR_S,
        on_new_password: Callable[[str], None] = lambda _name: None,
    ) -> None:
        self._records, self._passwords, self._on_new_password = records, passwords, on_new_password
        self._seal = seal
        self._session_s, self._idle_s = session_s, idle_s

    def sign_in(self, name: str, password: str, code: str, now: float, former: str = "") -> SignedIn | Denied:
        """Begin a session with a new key, and end the one of the same browser (`former`) before it."""
        user = self._records.user(name)
        right = self._passwords.is_right(user.password if user is not None and not user.locked else None, password)
        if user is None or not right:
            return Denied.WRONG_CREDENTIALS
        recovered = False
        if user.totp:
            if not code:
                return Denied.TOTP_NEEDED
            by_recovery = not code.strip().isdecimal()
            taken = self._take_recovery(user, code) if by_recovery else self._take_code(user, code, now)
            if taken is None:
                return Denied.WRONG_CREDENTIALS
            user, recovered = taken, by_recovery
        if self._passwords.is_old(user.password):
            self._records.change_user(name, password=self._passwords.hash(password))
        return msgspec.structs.replace(self.begin(user, now, former), recovered=recovered)

    def knows(self, name: str) -> bool:
        """Whether there is such a user: for the audit trail, never for who asks. Blocks."""
        return self._records.user(name) is not None

    def recognised(self, name: str, now: float, former: str = "") -> SignedIn | None:
        """Begin a session of somebody whom a provider has recognised; None where he is unknown here, or locked."""
        user = self._records.user(name)
        return None if user is None or user.locked else self.begin(user, now, former)

    def begin(self, user: User, now: float, former: str = "") -> SignedIn:
        """Begin a session of somebody who has been recognised."""
        self._records.forget_sessions(now, self._idle_s)
        if former:
            self._records.end_session(keys.kept(former))
        secret = keys.new_session()
        self._records.add_session(Session(keys.kept(secret), user.name, now, now, now + self._session_s))
        return _signed_in(user, secret)

    def by_session(self, secret: str, now: float) -> SignedIn | None:
        """Who has this cookie; None where nobody has, or no longer."""
        found = self._records.session(keys.kept(secret))
        if found is None:
            return None
        session, user = found
        if user.locked or now >= session.ends_at or now - session.seen_at >= self._idle_s:
            self._records.end_session(session.key)
            return None
        if now - session.seen_at >= TOUCH_S:
            self._records.touch_session(session.key, now)
        return _signed_in(user, secret)

    def by_token(self, secret: str, now: float) -> SignedIn | None:
        """Which program shows this token; None where none may, or no longer."""
        token = self._records.token(keys.kept(secret)) if secret.startswith(keys.TOKEN_BEGIN) else None
        if token is None or (token.ends_at is not None and now >= token.ends_at):
            return None
        return SignedIn(token.person())

    def sign_out(self, secret: str) -> None:
        """End the session."""
        self._records.end_session(keys.kept(secret))

    def begin_codes(self, name: str, password: str, secret: str, code: str, now: float) -> list[str] | str:
        """Ask for the codes of this secret from now on; returns recovery codes, or what is wrong."""
        user = self._records.user(name)
        if not self._passwords.is_right(None if user is None else user.password, password):
            return Denied.WRONG_CREDENTIALS.value
        step = code_step(secret, code, now)
        if step is None:
            return "wrong_code"
        codes = recovery.new_codes()
        sealed = self._seal.close(secret, _about(name))
        self._records.change_user(name, totp=sealed, totp_step=step, recovery=self._marks(name, codes))
        return codes

    def new_recovery(self, name: str, password: str) -> list[str] | str:
        """Other recovery codes for those that he has; returns them, or what is wrong."""
        user = self._records.user(name)
        if not self._passwords.is_right(None if user is None else user.password, password) or user is None:
            return Denied.WRONG_CREDENTIALS.value
        if not user.totp:
            return "no_codes"
        codes = recovery.new_codes()
        self._records.change_user(name, recovery=self._marks(name, codes))
        return codes

    def end_codes(self, name: str, password: str) -> str:
        """Ask for none any more; returns what is wrong, "" if nothing is."""
        user = self._records.user(name)
        if not self._passwords.is_right(None if user is None else user.password, password):
            return Denied.WRONG_CREDENTIALS.value
        self._records.change_user(name, totp="", totp_step=0, recovery=())
        return ""

    def seal_all(self) -> int:
        """Seal the secrets of authenticators that an earlier version has kept in plain; returns how many."""
        plain = [user for user in self._records.users() if user.totp and not is_sealed(user.totp)]
        for user in plain:
            self._records.change_user(user.name, totp=self._seal.close(user.totp, _about(user.name)))
        return len(plain)

    def browser_of(self, cookie: str, name: str, now: float) -> str:
        """The id of a browser from which `name` has signed in before, by its cookie; "": of none."""
        return browsers.known(self._seal, cookie, name, now)

    def remember_browser(self, cookie: str, name: str, now: float) -> str:
        """What the cookie of a browser is to hold from which `name` has just signed in."""
        return browsers.remember(self._seal, cookie, name, now)

    def change_password(self, name: str, old: str, new: str, now: float, secret: str) -> SignedIn | str:
        """Change his own; all his sessions end and this one goes on under a new key. Returns what is wrong, else."""
        user = self._records.user(name)
        if not self._passwords.is_right(None if user is None else user.password, old) or user is None:
            return Denied.WRONG_CREDENTIALS.value
        if fault := fault_of(new, name):
            return fault
        if new == old:
            return "this is the password that it was"
        self._records.change_user(name, password=self._passwords.hash(new))
        self._records.end_sessions(name)
        self._on_new_password(name)
        return self.begin(user, now, secret)

    def _take_code(self, user: User, code: str, now: float) -> User | None:
        secret = self._seal.open(user.totp, _about(user.name))
        if secret is None:
            _log.error("a one-time code cannot be checked: web.secret is another one", fix="cti user without-totp")
            return None
        step = code_step(secret, code.strip(), now)
        return None if step is None or not self._records.take_code(user.name, step) else user

    def _take_recovery(self, user: User, code: str) -> User | None:
        taken = self._records.take_recovery(user.name, recovery.mark_of(self._seal, user.name, code))
        return self._records.user(user.name) if taken else None

    def _marks(self, name: str, codes: list[str]) -> tuple[str, ...]:
        return tuple(recovery.mark_of(self._seal, name, code) for code in codes)


def _signed_in(user: User, secret: str) -> SignedIn:
    return SignedIn(user.person(), secret, bool(user.totp), len(user.recovery))


def _about(name: str) -> str:
    return f"totp of {name}"
