"""How does a campaign stand at a moment? For people: its state and why, its leads in hand, its window."""

from __future__ import annotations

from cti.calling.campaign_orders import CampaignOrders
from cti.model.dialling import LeadState
from cti.model.lead import CampaignNow
from cti.outbound.desk import Desk


def campaign_now(orders: CampaignOrders, desk: Desk, at: float) -> CampaignNow:
    """How one campaign stands at `at`, in epoch seconds. Changes nothing."""
    reason, hands, today = desk.life.reason(at), orders.dialer.floor.hands, orders.dialer.floor.day(at)
    answered, abandoned = orders.pace.counted(desk.name)
    dialled, settled = orders.counts.get(desk.name, (0, 0))
    return CampaignNow(
        desk.name,
        desk.written.mode,
        desk.life.state,
        desk.written.queue or desk.written.flow or "",
        why="" if reason is None else reason.detail or reason.rule.value,
        until=None if reason is None else reason.until,
        pacing=orders.pace.told(desk.name) if desk.running else "",
        placing=orders.pace.figures(desk.name) if desk.running else {},
        at_hand=len(desk.stock),
        due=desk.stock.due(at),
        planned=hands.count(desk.name, LeadState.PLANNED),
        dialling=hands.count(desk.name, LeadState.DIALLING),
        connected=hands.count(desk.name, LeadState.CONNECTED),
        dialled=dialled,
        settled=settled,
        since=orders.since.get(desk.name),
        answered=answered,
        abandoned=abandoned,
        not_dialled={rule.value: count for rule, count in desk.not_dialled(today).items()},
        untaken=desk.untaken if desk.running else 0,
        untaken_trunk=desk.untaken_trunk if desk.running else "",
        abandon_cap_percent=desk.written.limits.abandon_cap_percent,
        may=desk.life.may(at),
    )
