"""Which tables are there? The newest shape; how older ones get there is told by migrations/."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Integer, MetaData, String, Table, Text

metadata = MetaData()

agent_status = Table(
    "agent_status",
    metadata,
    Column("agent", String(40), primary_key=True),
    Column("status", String(16), nullable=False),
    Column("reason", String(40), nullable=False),
    Column("since", Float, nullable=False),  # epoch seconds
)

callback_request = Table(
    "callback_request",
    metadata,
    Column("id", String(128), primary_key=True),  # the spool's id: the same request is never taken over twice
    Column("at", Float, nullable=False),  # epoch seconds: when the caller asked for it
    Column("caller", String(80), nullable=False),  # personal data
    Column("number", String(20), nullable=False),  # personal data
    Column("queue", String(40), nullable=False),
    Column("linkedid", String(150), nullable=False),
    Column("uniqueid", String(150), nullable=False),
    Column("state", String(16), nullable=False),  # "new"
    Column("taken_at", Float, nullable=False),  # epoch seconds: when we took it over
    Index("callback_request_state", "state", "at"),
)

live_change = Table(
    "live_change",
    metadata,
    Column("path", String(200), primary_key=True),  # queues.sales.target_s, agents.anna.queues.support
    Column("value", Text, nullable=False),  # JSON
    Column("by", String(64), nullable=False),
    Column("at", Float, nullable=False),  # epoch seconds
)

audit = Table(  # append-only
    "audit",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", Float, nullable=False),  # epoch seconds
    Column("uid", Integer),  # who asked, as the kernel knows him (SO_PEERCRED); null where nobody did
    Column("user", String(64), nullable=False),  # the name of that uid
    Column("by", String(64), nullable=False),  # whom he names
    Column("what", String(32), nullable=False),
    Column("on", String(160), nullable=False),  # an agent, a queue, a contact
    Column("detail", Text, nullable=False),  # JSON: what was asked for
    Column("result", String(16), nullable=False),  # done, refused, failed
    Column("reason", String(200), nullable=False),
    Index("audit_at", "at"),
)
