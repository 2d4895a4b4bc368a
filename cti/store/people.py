"""Where are people, their sessions and tokens kept? In SQL; what a row means is people/records.py's.

A person's password is a hash, a session's and a token's key too, the secret of his codes is sealed: who reads these
tables cannot sign in by them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Delete, Row, Update, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from cti.people.records import Session, Token, User
from cti.people.rights import Role
from cti.store.database import Store
from cti.store.people_tables import api_token, person, person_session

LISTS = ("queues", "teams", "recovery")


class PeopleRecords:
    """See people/records.Records. Raises SQLAlchemyError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def user(self, name: str) -> User | None:
        with self._store.engine.connect() as connection:
            row = connection.execute(select(person).where(person.c.name == name)).one_or_none()
        return None if row is None else _user(row)

    def users(self) -> Sequence[User]:
        with self._store.engine.connect() as connection:
            return [_user(row) for row in connection.execute(select(person).order_by(person.c.name))]

    def add_user(self, user: User) -> bool:
        return self._add(insert(person).values(**_columns(msgspec.structs.asdict(user))))

    def change_user(self, name: str, *, not_the_last: bool = False, **columns: object) -> bool:
        change = update(person).where(person.c.name == name).values(**_columns(columns))
        if not not_the_last:
            return self._change(change)
        with self._store.durable.begin() as connection:
            return _but_the_last(connection, name, change)

    def take_code(self, name: str, step: int) -> bool:
        newer = (person.c.name == name, person.c.totp_step < step)
        return self._change(update(person).where(*newer).values(totp_step=step))

    def take_recovery(self, name: str, mark: str) -> bool:
        with self._store.durable.begin() as connection:
            kept = connection.scalar(select(person.c.recovery).where(person.c.name == name))
            marks = msgspec.json.decode(kept or "[]", type=list[str])
            if mark not in marks:
                return False
            less = msgspec.json.encode([each for each in marks if each != mark]).decode()
            as_it_was = (person.c.name == name, person.c.recovery == kept)
            return bool(connection.execute(update(person).where(*as_it_was).values(recovery=less)).rowcount)

    def remove_user(self, name: str) -> bool:
        with self._store.durable.begin() as connection:
            removed = _but_the_last(connection, name, delete(person).where(person.c.name == name))
            if removed:
                connection.execute(delete(person_session).where(person_session.c.user == name))
        return removed

    def session(self, key: str) -> tuple[Session, User] | None:
        query = select(person_session, person).join(person, person.c.name == person_session.c.user)
        with self._store.engine.connect() as connection:
            row = connection.execute(query.where(person_session.c.key == key)).one_or_none()
        if row is None:
            return None
        return Session(row.key, row.user, row.began_at, row.seen_at, row.ends_at), _user(row)

    def add_session(self, session: Session) -> None:
        with self._store.engine.begin() as connection:
            connection.execute(insert(person_session).values(**msgspec.structs.asdict(session)))

    def touch_session(self, key: str, seen_at: float) -> None:
        self._change(update(person_session).where(person_session.c.key == key).values(seen_at=seen_at))

    def end_session(self, key: str) -> None:
        self._change(delete(person_session).where(person_session.c.key == key))

    def end_sessions(self, user: str, but: str = "") -> None:
        self._change(delete(person_session).where(person_session.c.user == user, person_session.c.key != but))

    def forget_sessions(self, now: float, idle_s: float) -> None:
        over = or_(person_session.c.ends_at <= now, person_session.c.seen_at <= now - idle_s)
        self._change(delete(person_session).where(over))

    def token(self, key: str) -> Token | None:
        with self._store.engine.connect() as connection:
            row = connection.execute(select(api_token).where(api_token.c.key == key)).one_or_none()
        return None if row is None else _token(row)

    def tokens(self) -> Sequence[Token]:
        with self._store.engine.connect() as connection:
            return [_token(row) for row in connection.execute(select(api_token).order_by(api_token.c.id))]

    def add_token(self, token: Token) -> Token | None:
        columns = _columns(msgspec.structs.asdict(token))
        del columns["id"]
        if not self._add(insert(api_token).values(**columns)):
            return None
        return self.token(token.key)

    def remove_token(self, number: int) -> bool:
        return self._change(delete(api_token).where(api_token.c.id == number))

    def _add(self, statement: Any) -> bool:
        try:
            with self._store.durable.begin() as connection:
                connection.execute(statement)
        except IntegrityError:
            return False
        return True

    def _change(self, statement: Any) -> bool:
        with self._store.durable.begin() as connection:
            return bool(connection.execute(statement).rowcount)


def _but_the_last(connection: Connection, name: str, statement: Update | Delete) -> bool:
    """Do it where another administrator stays, whoever else does the same at this moment; whether it was done.

    SQLite has one writer; elsewhere the rows of all administrators are held, so that the next one counts after us.
    """
    admins = select(person.c.name).where(person.c.role == Role.ADMIN.value, ~person.c.locked)
    connection.execute(admins.order_by(person.c.name).with_for_update()).all()
    another = admins.where(person.c.name != name).correlate(None).exists()
    return bool(connection.execute(statement.where(or_(person.c.role != Role.ADMIN.value, another))).rowcount)


def _columns(fields: dict[str, Any]) -> dict[str, Any]:
    return {key: msgspec.json.encode(value).decode() if key in LISTS else value for key, value in fields.items()}


def _fields(row: Row[Any], kind: type[msgspec.Struct]) -> dict[str, Any]:
    found = {key: row._mapping[key] for key in kind.__struct_fields__}
    lists = {key: tuple(msgspec.json.decode(found[key], type=list[str])) for key in LISTS if key in found}
    return found | lists | {"role": Role(found["role"])}


def _user(row: Row[Any]) -> User:
    return User(**_fields(row, User))


def _token(row: Row[Any]) -> Token:
    return Token(**_fields(row, Token))
