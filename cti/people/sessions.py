"""Who signs in, and who is it that asks? Passwords, one-time codes, sessions, tokens; whatever keeps the records.

Every method blocks (disk, hashes): to be called off the loop. Time is an argument: epoch seconds.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

import msgspec

from cti.people import keys
from cti.people.codes import code_step
from cti.people.passwords import Passwords, fault_of
from cti.people.person import Person
from cti.people.records import Records, Session, User

TOUCH_S = 30.0  # so often it is written down that a session is in use
HOUR_S = 3600.0


class Denied(StrEnum):
    """Why somebody is not signed in. It never says whether there is such a name."""

    WRONG_CREDENTIALS = "wrong_credentials"
    TOTP_NEEDED = "totp_needed"  # only said to who knows the password
    NOT_SIGNED_IN = "not_signed_in"


class SignedIn(msgspec.Struct, frozen=True):
    """Somebody who has a session. `secret` is for his cookie and nowhere else; a program with a token has none."""

    person: Person
    secret: str = ""

    @property
    def csrf(self) -> str:
        return keys.csrf_of(self.secret) if self.secret else ""


class Sessions:
    """The door. `session_s` is how long a session lasts at most, `idle_s` how long without a request."""

    def __init__(
        self,
        records: Records,
        passwords: Passwords,
        *,
        session_s: float = 12 * HOUR_S,
        idle_s: float = 2 * HOUR_S,
        on_new_password: Callable[[str], None] = lambda _name: None,
    ) -> None:
        self._records, self._passwords, self._on_new_password = records, passwords, on_new_password
        self._session_s, self._idle_s = session_s, idle_s

    def sign_in(self, name: str, password: str, code: str, now: float, former: str = "") -> SignedIn | Denied:
        """Begin a session with a new key, and end the one of the same browser (`former`) before it."""
        user = self._records.user(name)
        right = self._passwords.is_right(user.password if user is not None and not user.locked else None, password)
        if user is None or not right:
            return Denied.WRONG_CREDENTIALS
        if user.totp:
            if not code:
                return Denied.TOTP_NEEDED
            step = code_step(user.totp, code, now)
            if step is None or not self._records.take_code(name, step):
                return Denied.WRONG_CREDENTIALS
        if self._passwords.is_old(user.password):
            self._records.change_user(name, password=self._passwords.hash(password))
        return self.begin(user, now, former)

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
        return SignedIn(user.person(), secret)

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
        return SignedIn(user.person(), secret)

    def by_token(self, secret: str, now: float) -> SignedIn | None:
        """Which program shows this token; None where none may, or no longer."""
        token = self._records.token(keys.kept(secret)) if secret.startswith(keys.TOKEN_BEGIN) else None
        if token is None or (token.ends_at is not None and now >= token.ends_at):
            return None
        return SignedIn(token.person())

    def sign_out(self, secret: str) -> None:
        """End the session."""
        self._records.end_session(keys.kept(secret))

    def begin_codes(self, name: str, password: str, secret: str, code: str, now: float) -> str:
        """Ask for the codes of this secret from now on; returns what is wrong, "" if nothing is."""
        user = self._records.user(name)
        if not self._passwords.is_right(None if user is None else user.password, password):
            return Denied.WRONG_CREDENTIALS.value
        step = code_step(secret, code, now)
        if step is None:
            return "wrong_code"
        self._records.change_user(name, totp=secret, totp_step=step)
        return ""

    def end_codes(self, name: str, password: str) -> str:
        """Ask for none any more; returns what is wrong, "" if nothing is."""
        user = self._records.user(name)
        if not self._passwords.is_right(None if user is None else user.password, password):
            return Denied.WRONG_CREDENTIALS.value
        self._records.change_user(name, totp="", totp_step=0)
        return ""

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
