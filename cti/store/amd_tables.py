"""Which table holds what listening to those who answered has told? The attempt's own row is elsewhere."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, String, Table

from cti.store.tables import metadata

amd_verdict = Table(
    "amd_verdict",
    metadata,
    Column("attempt", String(120), primary_key=True),
    Column("at", Float, nullable=False),  # epoch seconds
    Column("heard", String(16), nullable=False),  # model/words.Heard
    Column("cause", String(80), nullable=False),  # AMDCAUSE: LONGGREETING-1520-1500
    Column("listened_s", Float, nullable=False),  # from the answer to our hands
    Index("amd_verdict_at", "at"),
)
