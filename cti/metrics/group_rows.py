"""How do teams, campaigns and flows stand right now? Rows for boards, out of the live view. PURE.

A team is a group of the policy; an agent in two teams is in both rows.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from cti.model.words import Activity, AgentStatus

if TYPE_CHECKING:
    from cti.metrics.live import LiveView

_Stand = tuple[str, str, bool]  # status, activity, whether he is free


def team_rows(view: LiveView, now: float) -> list[dict[str, Any]]:
    """A row for each group: how many of its agents are in which state, and their day together."""
    members: defaultdict[str, Counter[_Stand]] = defaultdict(Counter)  # thousands of them stand in some few ways
    for name, agent in view.policy.agents.items():
        if agent.groups:
            row = view.agents[name]
            stand = (row.status, row.activity, row.free())
            for group in agent.groups:
                members[group][stand] += 1
    return [_team_row(view, group, stands, now) for group, stands in sorted(members.items())]


def _team_row(view: LiveView, group: str, stands: Counter[_Stand], now: float) -> dict[str, Any]:
    statuses: Counter[str] = Counter()
    activities: Counter[str] = Counter()
    free = 0
    for (status, activity, is_free), agents in stands.items():
        statuses[status] += agents
        activities[activity] += agents if status == AgentStatus.AVAILABLE or activity != Activity.IDLE else 0
        free += agents if is_free else 0
    return {
        "name": group,
        "agents": stands.total(),
        **{status.value: statuses[status] for status in AgentStatus},
        **{activity.value: activities[activity] for activity in Activity},
        "free": free,
        "today": view.tally.team(group, now),
    }


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
