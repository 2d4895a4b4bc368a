"""Which tables are there of people, their sessions and tokens? Part of the one schema of store/tables.py."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, Index, Integer, LargeBinary, String, Table, Text

from cti.store import tables

metadata = tables.metadata

person = Table(
    "person",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("role", String(16), nullable=False),  # people/rights.Role
    Column("password", String(200), nullable=False),  # an Argon2 hash; "": signs in elsewhere
    Column("created_at", Float, nullable=False),  # epoch seconds
    Column("queues", Text, nullable=False),  # JSON, as the next one; both empty: the whole centre
    Column("teams", Text, nullable=False),
    Column("agent", String(40)),
    Column("phone", String(100)),
    Column("language", String(16), nullable=False),
    Column("totp", String(200), nullable=False),  # the secret of the one-time codes, sealed; "": none
    Column("totp_step", Integer, nullable=False),  # of the newest code that was taken
    Column("locked", Boolean, nullable=False),
    Column("recovery", Text, nullable=False, server_default="[]"),  # JSON: marks of codes, no codes
)

person_session = Table(
    "person_session",
    metadata,
    Column("key", String(64), primary_key=True),  # a hash: who reads this table cannot sign in by it
    Column("user", String(64), nullable=False),
    Column("began_at", Float, nullable=False),  # epoch seconds, as the next two
    Column("seen_at", Float, nullable=False),
    Column("ends_at", Float, nullable=False),
    Index("person_session_user", "user"),
)

api_token = Table(
    "api_token",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("name", String(40), nullable=False, unique=True),
    Column("key", String(64), nullable=False, unique=True),  # a hash
    Column("role", String(16), nullable=False),
    Column("queues", Text, nullable=False),  # JSON, as the next one
    Column("teams", Text, nullable=False),
    Column("by", String(64), nullable=False),
    Column("created_at", Float, nullable=False),  # epoch seconds, as the next one
    Column("ends_at", Float),  # null: never
    sqlite_autoincrement=True,  # an id names a program in the audit trail: never given twice
)

kept_answer = Table(  # what was answered to a request with an Idempotency-Key, for a day
    "kept_answer",
    metadata,
    Column("asker", String(64), primary_key=True),
    Column("key", String(64), primary_key=True),  # a hash of what the asker chose
    Column("digest", String(64), nullable=False),  # of the request
    Column("at", Float, nullable=False),  # epoch seconds
    Column("status", Integer, nullable=False),  # of HTTP; 0: not answered yet
    Column("body", LargeBinary, nullable=False),  # may hold personal data
    Index("kept_answer_at", "at"),
)
