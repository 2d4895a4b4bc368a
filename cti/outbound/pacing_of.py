"""Which rules of pacing does a campaign's configuration mean?

Only the translation from percent, regulation and mode; decides nothing.
"""

from __future__ import annotations

from cti.model.campaign import Campaign
from cti.model.dialling import Mode
from cti.outbound import placing
from cti.outbound.pacing import PacingRules

MODES: dict[Mode, placing.Mode] = {
    Mode.PREVIEW: "progressive",  # the agent who sees the lead is the one it is dialled for
    Mode.PROGRESSIVE: "progressive",
    Mode.POWER: "power",
    Mode.PREDICTIVE: "predictive",
}


def rules_of(written: Campaign) -> PacingRules | None:
    """Return what holds for the campaign and its regulation; None where whoever answers needs no agent."""
    mode = MODES.get(written.mode)
    if mode is None:
        return None
    limits = written.limits
    return PacingRules(
        mode=mode,
        cap=limits.abandon_cap_percent / 100,
        window_days=limits.abandon_over_days,
        connect_within_s=limits.agent_within_s,
        ratio=written.ratio,
        least_answers=written.evidence_answers,
        lines=written.lines,
        calls_per_s=written.calls_per_s,
    )
