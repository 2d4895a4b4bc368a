"""How does the live view look as JSON? Shapes only: every number was computed by the view or its definitions. PURE."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from itertools import islice
from typing import TYPE_CHECKING, Any

from cti.figures.counting import OUTCOMES
from cti.metrics.group_rows import campaign_rows, flow_rows, team_rows
from cti.metrics.rows import AgentRow, ContactRow, QueueRow
from cti.model.words import ContactState

if TYPE_CHECKING:
    from cti.metrics.live import LiveView

MAX_LISTED = 1000

_TALKING = (ContactState.TALKING, ContactState.ASIDE)


def take_snapshot(view: LiveView, now: float, parts: Collection[str], max_listed: int) -> dict[str, Any]:
    """See LiveView.snapshot."""
    made: dict[str, Callable[[], Any]] = {
        "queues": lambda: _queue_rows(view, now, max_listed),
        "agents": lambda: [agent_row(view, agent_id, row, now) for agent_id, row in view.agents.items()],
        "calls": lambda: [call_row(row, now) for row in islice(view.contacts.values(), max_listed)],
        "teams": lambda: team_rows(view, now),
        "campaigns": lambda: campaign_rows(view, now),
        "flows": lambda: flow_rows(view, now),
        "decisions": lambda: list(view.decisions),
        "nodes": lambda: view.node_book.rows(view.policy, view.contacts.values()),
        "status": lambda: status_row(view),
    }
    return {"at": now, **{part: made[part]() for part in parts or made}}


def _queue_rows(view: LiveView, now: float, max_listed: int) -> list[dict[str, Any]]:
    free: Counter[str] = Counter()
    available: Counter[str] = Counter()
    for agent_id, policy in view.policy.agents.items():
        row = view.agents[agent_id]
        if row.available():
            available.update(list(policy.queues))
        if row.free():
            free.update(list(policy.queues))
    return [
        {
            **queue_row(name, row, now, max_listed),
            "agents_free": free[name],
            "agents_available": available[name],
            **view.tally.windows(name).shown(now),
        }
        for name, row in view.queues.items()
    ]


def queue_row(name: str, row: QueueRow, now: float, max_listed: int) -> dict[str, Any]:
    """A queue, but for the agents it has."""
    counts = row.counts
    levels = counts.levels()
    p50_s, p90_s = counts.waits.percentiles_s(0.5, 0.9)
    return {
        "name": name,
        "waiting": len(row.line),
        "longest_wait_s": row.longest_wait_s(now),
        "position": [
            {**call_row(contact, now), "position": place}
            for place, contact in enumerate(islice(row.line.values(), max_listed), start=1)
        ],
        "offered": counts.offered,
        "resumed": counts.resumed,
        **{outcome: counts.ended(outcome) for outcome in OUTCOMES},
        "called": counts.called,
        "called_outcomes": {outcome: counts.ended_called(outcome) for outcome in OUTCOMES},
        "short_abandoned": counts.short_abandoned,
        "target_s": counts.target_s,
        "service_level_percent": row.service_level_percent,
        "service_level": levels["offered"],
        "service_levels": levels,
        "asa_s": counts.waits.mean_s(),
        "wait_p50_s": p50_s,
        "wait_p90_s": p90_s,
        "wait_max_s": counts.waits.max_s,
    }


def agent_row(view: LiveView, agent_id: str, row: AgentRow, now: float) -> dict[str, Any]:
    """An agent."""
    policy = view.policy.agents.get(agent_id)
    return {
        "id": agent_id,
        "name": policy.name if policy else "",
        "phone": policy.phone if policy else None,
        "status": row.status,
        "overdue": row.overdue,
        "reason": row.reason,
        "pending": row.pending,
        "activity": row.activity,
        "since_s": None if row.since is None else max(0.0, now - row.since),
        "queues": list(policy.queues) if policy else [],
        "engaged": row.engaged,
        "answered": row.answered,
        "missed": row.missed,
        "groups": list(policy.groups) if policy else [],
        "today": view.tally.agent(agent_id, now),
    }


def call_row(row: ContactRow, now: float) -> dict[str, Any]:
    """A live contact; holds the caller's number."""
    waits = max(0.0, now - row.since) if row.visit is not None else row.wait_s
    return {
        "call": row.call,
        "contact": row.contact,
        "queue": row.queue,
        "state": row.state,
        "wait_s": waits,
        "agent": row.agent,
        "caller": row.caller,
    }


def status_row(view: LiveView) -> dict[str, Any]:
    """The engine as a whole."""
    p50_s, p99_s = view.free_to_ring.percentiles_s(0.5, 0.99)
    return {
        "nodes": dict(view.nodes),
        "calls_active": len(view.contacts),
        "admission": view.door(),
        "redis": view.redis(),
        "store": view.store(),
        "in_flow": view.in_flow,
        "flows": view.flow_ways.told(),
        "waiting": sum(len(row.line) for row in view.queues.values()),
        "talking": sum(view.states[state] for state in _TALKING),
        "offers": dict(view.offers),
        "transfers": dict(view.transfers),
        "attempts": dict(view.attempts),
        "attempts_in_the_air": len(view.in_the_air),
        "repairs": dict(view.repairs),
        "newest_repairs": list(view.newest_repairs),
        "newest_bugs": list(view.newest_bugs),
        "late": view.late,
        "bugs": view.bugs,
        "inconsistent": view.inconsistent,
        "free_to_ring": {
            "count": view.free_to_ring.count,
            "p50_s": p50_s,
            "p99_s": p99_s,
            "max_s": view.free_to_ring.max_s,
        },
    }
