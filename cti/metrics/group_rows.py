"""How do teams, campaigns and flows stand right now? Rows for boards, out of the live view. PURE.

A team is a group of the policy; an agent in two teams is in both rows.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from cti.metrics.tally import of_agents
from cti.model.words import Activity, AgentStatus

if TYPE_CHECKING:
    from cti.metrics.live import LiveView


def team_rows(view: LiveView, now: float) -> list[dict[str, Any]]:
    """A row for each group: how many of its agents are in which state, and their day together."""
    members: dict[str, list[str]] = {}
    for name, agent in view.policy.agents.items():
        for group in agent.groups:
            members.setdefault(group, []).append(name)
    found = []
    for group, names in sorted(members.items()):
        rows = [view.agents[name] for name in names]
        activities = Counter(row.activity for row in rows if row.available() or row.activity != Activity.IDLE)
        statuses = Counter(row.status for row in rows)
        found.append(
            {
                "name": group,
                "agents": len(names),
                **{status.value: statuses[status] for status in AgentStatus},
                **{activity.value: activities[activity] for activity in Activity},
                "free": sum(row.free() for row in rows),
                "today": of_agents(view.tally.agents_today(now).get(name, {}) for name in names),
            }
        )
    return found


def campaign_rows(view: LiveView, now: float) -> list[dict[str, Any]]:
    """A row for each campaign that has dialled since the start, and for each of the policy; callbacks are one too."""
    tally = view.tally
    in_the_air = Counter(campaign for campaign, _ in tally.in_the_air.values())
    names = [*view.policy.campaigns, *(name for name in tally.campaigns if name not in view.policy.campaigns)]
    return [{"name": name, "in_the_air": in_the_air[name], **tally.campaign_windows(name).shown(now)} for name in names]


def flow_rows(view: LiveView, now: float) -> list[dict[str, Any]]:
    """A row for each flow that has received a caller since the start."""
    tally = view.tally
    inside = Counter(flow for flow, _ in view.flow_ways.walks.inside.values())
    return [
        {"name": name, "inside": inside[name], **windows.shown(now)} for name, windows in sorted(tally.flows.items())
    ]
