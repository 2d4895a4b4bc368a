"""Who is added, changed, locked, removed, by whom ever may? People and tokens; at least one administrator always stays.

Every method blocks (disk, hashes). Passwords and tokens made here are returned once and kept as hashes only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import msgspec

from cti.model.errors import CtiError
from cti.model.policy import Center
from cti.people import keys, phones
from cti.people.passwords import Passwords, fault_of, generated
from cti.people.person import NAME, TOKEN_NAME, TOKEN_PREFIX
from cti.people.records import Records, Token, User
from cti.people.rights import SIGNS_IN, Role
from cti.suggest import did_you_mean

DAY_S = 86_400.0
MAX_TOLD = 40  # characters of a name that there is not
CHANGEABLE = ("role", "queues", "teams", "agent", "phone", "language")


class Wrong(CtiError):
    """It cannot be so; `reason` is for programs, the text for people. `field`: which one of those given; "": none."""

    def __init__(self, reason: str, text: str, field: str = "") -> None:
        super().__init__(text)
        self.reason, self.field = reason, field


class Register:
    """People and tokens. All methods raise Wrong where it cannot be."""

    def __init__(self, records: Records, passwords: Passwords) -> None:
        self._records, self._passwords = records, passwords

    def users(self) -> Sequence[User]:
        """Everybody, by name."""
        return self._records.users()

    def add_user(self, name: str, role: Role, now: float, center: Center, **fields: Any) -> tuple[User, str]:
        """Add a person; return him with his generated password."""
        if re.match(NAME, name) is None or name.startswith(TOKEN_PREFIX):
            text = "a name is at most 64 of A-Z a-z 0-9 @ . _ -; it begins with a letter or digit"
            raise Wrong("bad_name", f"{text}, and not with {TOKEN_PREFIX}", "name")
        user = User(name, role, "", now, **_plain(fields))
        _check_person(user, center)  # before the hash, which takes its time on purpose
        password = generated()
        user = msgspec.structs.replace(user, password=self._passwords.hash(password))
        if not self._records.add_user(user):
            raise Wrong("already", f"there is a user {name} already", "name")
        return user, password

    def change_user(self, name: str, center: Center, **fields: Any) -> User:
        """Change fields of CHANGEABLE; his next request is judged by the new ones."""
        user = self._user(name)
        changed = msgspec.structs.replace(user, **_plain(fields))
        _check_person(changed, center)
        columns = {key: getattr(changed, key) for key in fields}
        self._done(name, self._records.change_user(name, not_the_last=changed.role is not Role.ADMIN, **columns))
        return changed

    def set_password(self, name: str, password: str = "") -> str:
        """Give a new one, a generated one without `password`; return it. All sessions of his end."""
        self._user(name)
        if password and (fault := fault_of(password, name)):
            raise Wrong("weak_password", fault)
        password = password or generated()
        self._records.change_user(name, password=self._passwords.hash(password))
        self._records.end_sessions(name)
        return password

    def lock(self, name: str, *, locked: bool) -> User:
        """Keep somebody out, with his sessions, or let him in again."""
        user = self._user(name)
        self._done(name, self._records.change_user(name, not_the_last=locked, locked=locked))
        if locked:
            self._records.end_sessions(name)
        return msgspec.structs.replace(user, locked=locked)

    def without_codes(self, name: str) -> User:
        """Whose authenticator is lost signs in with his password alone, until he takes a new one."""
        user = self._user(name)
        self._records.change_user(name, totp="", totp_step=0, recovery=())
        return msgspec.structs.replace(user, totp="", recovery=())

    def remove_user(self, name: str) -> None:
        """With his sessions. What he did stays in the audit trail."""
        self._user(name)
        self._done(name, self._records.remove_user(name))

    def tokens(self) -> Sequence[Token]:
        """All of them, the oldest first; also those that are over."""
        return self._records.tokens()

    def add_token(
        self, name: str, role: Role, by: str, now: float, center: Center, *, days: float | None = None, **fields: Any
    ) -> tuple[Token, str]:
        """Add a program; return its row, and the token that it shows."""
        if re.match(TOKEN_NAME, name) is None:
            text = "a token's name is at most 40 of A-Z a-z 0-9 _ -, the first a letter or digit"
            raise Wrong("bad_name", text, "name")
        if role is Role.AGENT:
            raise Wrong("bad_role", "an agent is a person: add a user", "role")
        secret = keys.new_token()
        ends_at = None if days is None else now + days * DAY_S
        token = Token(0, name, keys.kept(secret), role, by, now, ends_at, **_plain(fields))
        _check_scope(token.queues, token.teams, center)
        made = self._records.add_token(token)
        if made is None:
            raise Wrong("already", f"there is a token {name} already", "name")
        return made, secret

    def remove_token(self, number: int) -> None:
        """It is worth nothing from now on."""
        if not self._records.remove_token(number):
            raise Wrong("unknown_token", f"there is no token {number}")

    def _user(self, name: str) -> User:
        user = self._records.user(name)
        if user is None:
            names = [each.name for each in self._records.users()]
            raise Wrong("unknown_user", f"there is no such user{did_you_mean(name, names)}")
        return user

    def _done(self, name: str, done: bool) -> None:
        """Say why not; who was there a moment ago may have gone meanwhile."""
        if not done:
            raise Wrong("last_admin", f"{self._user(name).name} is the last administrator; make another one first")


def user_row(user: User) -> dict[str, Any]:
    """Return a person as others may see him: without hash and secret. Times are epoch seconds."""
    hidden = ("password", "totp_step", "recovery")
    fields = {key: value for key, value in msgspec.structs.asdict(user).items() if key not in hidden}
    return fields | {"totp": bool(user.totp), "may_use_password": bool(user.password)}


def token_row(token: Token) -> dict[str, Any]:
    """Return a token as it may be seen: without its key."""
    return {key: value for key, value in msgspec.structs.asdict(token).items() if key != "key"}


def _plain(fields: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if key in ("queues", "teams") else value for key, value in fields.items()}


def _check_person(user: User, center: Center) -> None:
    if user.role not in SIGNS_IN:
        raise Wrong("bad_role", f"a {user.role} is no person: add a token; people are {', '.join(SIGNS_IN)}", "role")
    _check_scope(user.queues, user.teams, center)
    if user.agent is not None and user.agent not in center.agents:
        text = f"there is no such agent{did_you_mean(user.agent, list(center.agents))}"
        raise Wrong("unknown_agent", text, "agent")
    if user.role is Role.AGENT and user.agent is None:
        raise Wrong("no_agent", "say which agent of the configuration he is: --agent NAME, or `agent`", "agent")
    if user.phone is not None and (fault := phones.fault_of(phones.whole(user.phone), center)):
        raise Wrong("bad_phone", fault, "phone")


def _check_scope(queues: Sequence[str], teams: Sequence[str], center: Center) -> None:
    known_teams = sorted({group for agent in center.agents.values() for group in agent.groups})
    for what, words, known in (("queue", queues, list(center.queues)), ("team", teams, known_teams)):
        for word in words:
            if word not in known:
                there = did_you_mean(word, known) or f"; there are {len(known) or 'none'}"
                raise Wrong(f"unknown_{what}", f'there is no {what} "{word[:MAX_TOLD]}"{there}', f"{what}s")
