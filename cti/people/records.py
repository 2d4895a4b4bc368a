"""What is kept of people, and by whom? Rows, and the protocol of whoever stores them. PURE."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from cti.people.person import TOKEN_PREFIX, Person
from cti.people.rights import Role


class User(msgspec.Struct, frozen=True):
    """A person with a password. Times are epoch seconds."""

    name: str
    role: Role
    password: str  # an Argon2 hash; "": signs in elsewhere (OIDC) only
    created_at: float
    queues: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    agent: str | None = None
    phone: str | None = None
    language: str = ""
    totp: str = ""  # the secret of his one-time codes, sealed (people/sealing.py); "": none
    totp_step: int = 0  # of the newest code that was taken: none is taken twice
    locked: bool = False
    recovery: tuple[str, ...] = ()  # marks of the codes that stand in for a lost authenticator (people/recovery.py)

    def person(self) -> Person:
        """Return him as the one who asks."""
        return Person(self.name, self.role, self.queues, self.teams, self.agent, self.phone, self.language)


class Session(msgspec.Struct, frozen=True):
    """Somebody signed in. `key` is the hash of what his browser holds. Times are epoch seconds."""

    key: str
    user: str
    began_at: float
    seen_at: float
    ends_at: float


class Token(msgspec.Struct, frozen=True):
    """A program's key. `key` is the hash of what it shows; `ends_at` None: never. Times are epoch seconds."""

    id: int
    name: str
    key: str
    role: Role
    by: str
    created_at: float
    ends_at: float | None = None
    queues: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()

    def person(self) -> Person:
        """Return it as the one who asks."""
        return Person(TOKEN_PREFIX + self.name, self.role, self.queues, self.teams, is_token=True)


class Records(Protocol):
    """Whoever keeps them. Every method blocks for the disk, is durable when it returns, and may raise."""

    def user(self, name: str) -> User | None: ...
    def users(self) -> Sequence[User]: ...

    def add_user(self, user: User) -> bool:
        """False: there is one of that name."""

    def change_user(self, name: str, *, not_the_last: bool = False, **columns: object) -> bool:
        """Set fields of User; False: there is none of that name, or `not_the_last` and he is the last administrator."""

    def take_code(self, name: str, step: int) -> bool:
        """Note that a one-time code was used; False: that one, or a later one, was used before."""

    def take_recovery(self, name: str, mark: str) -> bool:
        """Strike off a recovery code; False: he has none such, or somebody was quicker."""

    def remove_user(self, name: str) -> bool:
        """With his sessions; False: there is none of that name, or he is the last administrator."""

    def session(self, key: str) -> tuple[Session, User] | None: ...
    def add_session(self, session: Session) -> None: ...
    def touch_session(self, key: str, seen_at: float) -> None: ...
    def end_session(self, key: str) -> None: ...

    def end_sessions(self, user: str, but: str = "") -> None:
        """End all of one person, except the one whose key is `but`."""

    def forget_sessions(self, now: float, idle_s: float) -> None:
        """Those that are over."""

    def token(self, key: str) -> Token | None: ...
    def tokens(self) -> Sequence[Token]: ...

    def add_token(self, token: Token) -> Token | None:
        """Return it with its id; None: there is one of that name."""

    def remove_token(self, number: int) -> bool:
        """False: there is none of that id."""
