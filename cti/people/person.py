"""Who asks? A person who has signed in, or a program with a token: name, role, rights, scope. PURE."""

from __future__ import annotations

import msgspec

from cti.people.rights import RIGHTS, Right, Role

NAME = r"^[A-Za-z0-9][A-Za-z0-9@._-]{0,63}\Z"
TOKEN_NAME = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}\Z"
TOKEN_PREFIX = "token."  # what a token is called in the audit trail; no person's name begins so


class Person(msgspec.Struct, frozen=True):
    """Somebody whom we know. Empty `queues` and `teams`: the whole centre. `agent` is his id as an agent."""

    name: str
    role: Role
    queues: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    agent: str | None = None
    phone: str | None = None  # a supervisor's own, to listen with
    language: str = ""
    is_token: bool = False

    @property
    def rights(self) -> frozenset[Right]:
        return RIGHTS[self.role]

    def may(self, right: Right) -> bool:
        """Whether he has `right`, somewhere."""
        return right in RIGHTS[self.role]

    def told(self) -> dict[str, object]:
        """Return him as /api/v1/me shows him."""
        return {
            "name": self.name,
            "role": self.role.value,
            "queues": list(self.queues),
            "teams": list(self.teams),
            "rights": sorted(self.rights),
            "agent": self.agent,
            "phone": self.phone,
            "language": self.language,
        }
