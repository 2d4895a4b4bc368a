"""May this number be dialled now? The one place where every rule is asked, at the moment of dialling.

Answers with every reason that speaks against it. Pure: rules, history and moment in, verdict out; nothing is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cti.model.campaign import Campaign, Outbound, Overrides
from cti.model.dialling import AGENT_FOR_EACH, AttemptResult, CampaignName, Mode, Rule
from cti.outbound.caps import cap_reason, gap_reason
from cti.outbound.do_not_call import DoNotCall
from cti.outbound.lead import Lead, Number, Tried, meant, this_round
from cti.outbound.verdict import Reason, Verdict
from cti.outbound.ways import ways_of
from cti.outbound.windows import Window

DAY_S = 86_400.0
HOUR_S = 3600.0
ANOTHER_TRUNK_S = 3600.0  # an operator may name a trunk for it meanwhile: no lead is lost over that
OTHER_CLOCK_S = 300.0  # it may be right again by then
SOON_S = 5.0  # what ends with a dial that is in the air is asked again so soon


class Rules:
    """What holds for one campaign (or for callbacks), ready to be asked of many numbers."""

    def __init__(self, name: CampaignName, written: Overrides, outbound: Outbound, forbidden: DoNotCall) -> None:
        self.name, self.outbound, self.forbidden = name, outbound, forbidden
        self.campaign = written if isinstance(written, Campaign) else None
        self.mode = written.mode if isinstance(written, Campaign) else Mode.CALLBACK
        self.limits = written.limits
        self.window = Window(self.limits.window)
        self.gap_s = max(self.limits.gap_s, outbound.gap_s)
        self.caps = (*self.limits.caps, *outbound.caps)

    def zones(self, number: Number) -> tuple[str, ...]:
        """Every zone in which the callee may be; one that is supposed, where none is known; () : not to be dialled."""
        supposed = self.outbound.suppose_zone
        return number.zones or ((supposed,) if supposed else ())


def may_dial(
    number: Number,
    now: float,
    rules: Rules,
    tries: Sequence[Tried],
    in_the_air: Callable[[str], bool] = lambda number: False,
    ahead_s: float = 0.0,
) -> Verdict:
    """Return whether `number` may be dialled at `now`. `tries`: the attempts at it, of all campaigns and callbacks.

    `ahead_s`: of another clock that may be the right one (below 0: behind it). The window must be open by both.
    """
    no = rules.forbidden.says_no(number.number)
    if no:
        return Verdict((Reason(Rule.DO_NOT_CALL, None, no),))
    zones = rules.zones(number)
    if not zones:
        return Verdict((Reason(Rule.ZONE, None, "no time zone is known"),))
    if not ways_of(rules.outbound.trunks, number.number):
        return Verdict((Reason(Rule.NO_TRUNK, now + ANOTHER_TRUNK_S, "no trunk may be used for it"),))
    found = [
        rules.window.reason(zones, now),
        _other_clock(rules, zones, now, ahead_s),
        gap_reason(rules.gap_s, tries, now),
        *(cap_reason(cap, tries, rules.name, zones, rules.window, now) for cap in rules.caps if cap.per == "number"),
        *_agent_at_hand(rules, tries, now),
        Reason(Rule.IN_THE_AIR, now + SOON_S) if in_the_air(number.number) else None,
    ]
    return Verdict(tuple(reason for reason in found if reason is not None))


def _other_clock(rules: Rules, zones: Sequence[str], now: float, ahead_s: float) -> Reason | None:
    shut = rules.window.reason(zones, now - ahead_s) if ahead_s else None
    return None if shut is None else Reason(shut.rule, now + OTHER_CLOCK_S, "by the machine's clock")


def may_dial_lead(lead: Lead, now: float, rules: Rules) -> Verdict:
    """Return whether anything speaks against the lead itself, whichever of its numbers would be dialled."""
    campaign = rules.campaign
    found: list[Reason | None] = [
        Reason(Rule.RETRY, lead.due_at) if lead.due_at > now else None,
        Reason(Rule.CONSENT) if rules.limits.consent_required and not lead.consent else None,
    ]
    if campaign is not None:
        found += [
            None if meant(campaign.when, lead.data) else Reason(Rule.NOT_MEANT),
            _expired(campaign, lead, now),
            _used_up(campaign, lead),
        ]
    zones = next((zones for number in lead.numbers if (zones := rules.zones(number))), ("UTC",))
    found += [
        cap_reason(cap, lead.tries, rules.name, zones, rules.window, now) for cap in rules.caps if cap.per == "lead"
    ]
    return Verdict(tuple(reason for reason in found if reason is not None))


def _expired(campaign: Campaign, lead: Lead, now: float) -> Reason | None:
    days = campaign.expires_after_days
    return Reason(Rule.EXPIRED) if days is not None and now >= lead.listed_at + days * DAY_S else None


def _used_up(campaign: Campaign, lead: Lead) -> Reason | None:
    made = sum(tried.counts for tried in this_round(lead.tries, campaign.dispositions))
    return Reason(Rule.CAP, None, f"max_attempts {campaign.max_attempts}") if made >= campaign.max_attempts else None


def _agent_at_hand(rules: Rules, tries: Sequence[Tried], now: float) -> list[Reason]:
    """For a while after an abandoned call, or a machine that may have been a person, each dial needs its agent."""
    if rules.mode in AGENT_FOR_EACH:
        return []
    found = []
    for result, rule, hours in (
        (AttemptResult.ABANDONED, Rule.AFTER_ABANDONED, rules.limits.agent_at_hand_after_abandoned_h),
        (AttemptResult.MACHINE, Rule.AFTER_MACHINE, rules.limits.agent_at_hand_after_machine_h),
    ):
        newest = max((tried.at for tried in tries if tried.result is result), default=None)
        if newest is not None and newest + hours * HOUR_S > now:
            found.append(Reason(rule, newest + hours * HOUR_S, f"{hours:g} h"))
    return found
