"""Which tables are there? The newest shape; how older ones get there is told by migrations/."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, MetaData, String, Table

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
