"""What is in the rows of what goes on now, as the API tells them? What the figures mean: docs/metrics.md.

Words only: the rows are made by metrics/snapshot.py, and tests hold them against these.
"""

from __future__ import annotations

from typing import Any

import msgspec

Share = float | None  # of 1; null: unknown
Seconds = float | None


class CallRow(msgspec.Struct, frozen=True):
    """A contact in the engine's hands. `caller`: personal data."""

    call: str | None
    contact: str | None
    queue: str | None
    state: str
    wait_s: Seconds
    agent: str | None
    caller: str | None


class PlaceRow(CallRow, frozen=True):
    """One who waits, in order of waiting."""

    position: int


class QueueWindow(msgspec.Struct, frozen=True):
    """Those who entered a queue within a time."""

    offered: int
    waiting: int
    answered: int
    abandoned: int
    timed_out: int
    key_exit: int
    overflowed: int
    merged: int
    not_reached: int
    withdrawn: int
    moved: int
    lost: int
    short_abandoned: int
    called: int
    handled: int
    transferred: int
    service_level: Share
    service_levels: dict[str, Share]
    abandon_rate: Share
    asa_s: Seconds
    aht_s: Seconds
    ewt_announced: int
    ewt_kept: int


class QueueRow(msgspec.Struct, frozen=True):
    """A queue since the engine's start, and in windows."""

    name: str
    waiting: int
    longest_wait_s: Seconds
    position: list[PlaceRow]
    offered: int
    resumed: int
    answered: int
    abandoned: int
    timed_out: int
    key_exit: int
    overflowed: int
    merged: int
    not_reached: int
    withdrawn: int
    moved: int
    lost: int
    called: int
    called_outcomes: dict[str, int]
    short_abandoned: int
    target_s: Seconds
    service_level_percent: float
    service_level: Share
    service_levels: dict[str, Share]
    asa_s: Seconds
    wait_p50_s: Seconds
    wait_p90_s: Seconds
    wait_max_s: Seconds
    agents_free: int
    agents_available: int
    today: QueueWindow
    last_15m: QueueWindow
    last_60m: QueueWindow


class AgentRow(msgspec.Struct, frozen=True):
    """An agent; `today`: seconds in each state that has ended, and what he has done."""

    id: str
    name: str
    phone: str | None
    status: str
    overdue: bool
    reason: str | None
    pending: str | None
    activity: str
    since_s: Seconds
    queues: list[str]
    engaged: bool | None
    answered: int
    missed: int
    groups: list[str]
    today: dict[str, float | None]


class DecisionRow(msgspec.Struct, frozen=True):
    """Who got which call."""

    at: float
    text: str
    queue: str | None
    agent: str | None


class FreeToRing(msgspec.Struct, frozen=True):
    """From agent free to his phone's leg."""

    count: int
    p50_s: Seconds
    p99_s: Seconds
    max_s: Seconds


class RedisRow(msgspec.Struct, frozen=True):
    """Of joined engines: whether Redis answers (`away_since`: since when not), who owns the centre, who could."""

    up: bool
    away_since: float | None
    standbys: int
    owner: str
    owner_since: float
    token: int


class StoreRow(msgspec.Struct, frozen=True):
    """Why nothing can be written now, or ""; what happens waits in memory then, and nobody is called."""

    why: str
    since: float | None  # epoch seconds


class NodeRow(msgspec.Struct, frozen=True):
    """One Asterisk. `state`: up, down. `drain`: "" in use, draining, empty; `reason`: why. `calls`: of ours."""

    name: str
    state: str
    since: float | None  # epoch seconds
    drain: str
    reason: str
    weight: int
    calls: int


class StatusRow(msgspec.Struct, frozen=True):
    """The engine as a whole; counts since its start."""

    nodes: dict[str, str]
    calls_active: int
    admission: dict[str, Any]
    redis: RedisRow | None
    store: StoreRow
    in_flow: int
    flows: dict[str, int]
    waiting: int
    talking: int
    offers: dict[str, int]
    transfers: dict[str, int]
    attempts: dict[str, int]
    attempts_in_the_air: int
    repairs: dict[str, int]
    newest_repairs: list[dict[str, Any]]
    newest_bugs: list[dict[str, Any]]
    late: int
    bugs: int
    inconsistent: int
    free_to_ring: FreeToRing
    errors: dict[str, int]
