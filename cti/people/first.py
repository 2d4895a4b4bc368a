"""Who may sign in where nobody may yet? One administrator with a generated password, made at the first start."""

from __future__ import annotations

from cti.people.passwords import Passwords, generated
from cti.people.records import Records, User
from cti.people.rights import Role

NAME = "admin"


def first_admin(records: Records, passwords: Passwords, now: float) -> str | None:
    """Make him where there is nobody at all, and return his password; None: there is somebody. Blocks."""
    if records.users():
        return None
    password = generated()
    made = records.add_user(User(NAME, Role.ADMIN, passwords.hash(password), now))
    return password if made else None
