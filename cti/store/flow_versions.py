"""Which versions of the flows have there been, and which one holds? Numbers count up and are never given twice.

Texts by the name of their file; what stands in them is flows/files.py's.
"""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import delete, func, insert, select

from cti.store.database import Store
from cti.store.tables import flow_in_force, flow_version

MOST_KEPT = 200


class FlowVersion(msgspec.Struct, frozen=True):
    """One version: what it says by name of its file, and who brought it when (epoch seconds)."""

    number: int
    at: float
    by: str
    hash: str
    texts: dict[str, str]


class InForce(msgspec.Struct, frozen=True):
    """Since when (epoch seconds) which version holds, and who said so.

    `instead_of`: after a roll back the hash of the folder that does not hold; "" where the folder holds.
    """

    at: float
    by: str
    number: int
    instead_of: str = ""


def load_in_force(store: Store) -> InForce | None:
    """Return what holds, None before the first version. Raises SQLAlchemyError."""
    query = select(flow_in_force).order_by(flow_in_force.c.id.desc()).limit(1)
    with store.engine.connect() as connection:
        row = connection.execute(query).first()
    return None if row is None else InForce(row.at, row.by, row.number, row.instead_of)


def load_flow_version(store: Store, number: int | None = None) -> FlowVersion | None:
    """Return one version, the newest if `number` is None; None where it is not there. Raises SQLAlchemyError."""
    query = select(flow_version).order_by(flow_version.c.number.desc()).limit(1)
    if number is not None:
        query = query.where(flow_version.c.number == number)
    with store.engine.connect() as connection:
        row = connection.execute(query).first()
    if row is None:
        return None
    try:
        texts = msgspec.json.decode(row.body, type=dict[str, str])
    except msgspec.MsgspecError:
        return None
    return FlowVersion(row.number, row.at, row.by, row.hash, texts)


def load_flow_versions(store: Store, limit: int = MOST_KEPT) -> list[dict[str, Any]]:
    """Return number, at, by of the versions, the newest first, without their texts. Raises SQLAlchemyError."""
    columns = (flow_version.c.number, flow_version.c.at, flow_version.c.by)
    query = select(*columns).order_by(flow_version.c.number.desc()).limit(limit)
    with store.engine.connect() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def put_in_force(store: Store, holds: InForce, version: FlowVersion | None = None) -> None:
    """Let `holds` be what holds; a `version` that is new comes along. Durable. Raises SQLAlchemyError."""
    with store.durable.begin() as connection:
        if version is not None:
            body = msgspec.json.encode(version.texts).decode()
            row = {"number": version.number, "at": version.at, "by": version.by, "hash": version.hash, "body": body}
            connection.execute(insert(flow_version), [row])
            newest = select(func.max(flow_version.c.number)).scalar_subquery()
            too_old = flow_version.c.number <= newest - MOST_KEPT
            connection.execute(delete(flow_version).where(too_old, flow_version.c.number != holds.number))
        connection.execute(insert(flow_in_force), [msgspec.structs.asdict(holds)])
