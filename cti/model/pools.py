"""Where do agents look for contacts? In pools: those of a queue, those of a group, and one of each agent's own.

A pool is one string, such as `queue:sales`, in the stream of facts too: made and read here and nowhere else.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NewType

PoolName = NewType("PoolName", str)


class PoolKind(StrEnum):
    """Whose pool it is."""

    QUEUE = "queue"
    GROUP = "group"
    AGENT = "agent"  # his own: contacts that want him in person


def queue_pool(queue: str) -> PoolName:
    return PoolName(f"{PoolKind.QUEUE}:{queue}")


def group_pool(group: str) -> PoolName:
    return PoolName(f"{PoolKind.GROUP}:{group}")


def own_pool(agent: str) -> PoolName:
    return PoolName(f"{PoolKind.AGENT}:{agent}")


def pool_parts(pool: PoolName) -> tuple[PoolKind, str]:
    """Whose pool it is, and of which name."""
    kind, _, name = pool.partition(":")
    return PoolKind(kind), name
