"""How does a reason read? Facts and explanations as short phrases for people. PURE.

Must not hold personal data: a phrase names queues and agents, never the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cti.model.changes import Changed, Kind
from cti.model.events import SURVEY_ASKED
from cti.model.explanation import LostBy, Obstacle, Reason, Standing
from cti.model.words import ContactState, OfferState, Outcome

FIGURES: Mapping[str, Callable[[float], str]] = {
    "longest_idle": lambda value: f"idle {seconds(value)}",
    "least_occupied": lambda value: f"occupied {value * 100:.0f} %",
    "fewest_contacts": lambda value: f"{value:.0f} contacts",
    "round_robin": lambda value: "never asked" if not value else f"last asked as number {value:.0f}",
    "linear": lambda value: f"number {value:.0f} of the configuration",
    "weighted_random": lambda value: f"weight {value:g}",
    "best_skill": lambda value: f"skill sum {value:g}",
}
BUSY = {
    Reason.LOGGED_OUT: "logged out",
    Reason.ON_BREAK: "on a break",
    Reason.PREVIEW: "decides whether to call somebody",
    Reason.RINGING: "rings",
    Reason.DIALLING: "a customer is being called for him",
    Reason.TALKING: "talks",
    Reason.HOLD: "holds a call",
    Reason.WRAPUP: "wraps up",
    Reason.ENGAGED: "idle, but his phone is in use",
    Reason.RESTING: "his phone was busy or rejecting just now",
}
WHO = {
    "CallArrived": "caller",
    "CallGone": "caller",
    "DigitPressed": "caller",
    "FlowEnqueues": "flow",
    "FlowEnded": "flow",
    "FlowTold": "flow",
    "SurveyAnswered": "caller",
    "resumed": "after a restart",
    "NodeUp": "reconcile",
    "NodeChecked": "reconcile",
    "PolicyChanged": "new policy",
    "AgentRestored": "after a restart",
}
OFFERS = {
    OfferState.MISSED: "did not answer",
    OfferState.REJECTED: "rejected",
    OfferState.BUSY: "was busy",
    OfferState.UNREACHABLE: "was not reachable",
    OfferState.WITHDRAWN: "no longer rung: the offer was taken back",
    OfferState.LOST: "no longer rung: another one answered first",
    OfferState.ABANDONED: "no longer rung: the caller left",
    OfferState.NOT_REACHED: "is free again: the customer was not reached",
    OfferState.SKIPPED: "does not want to call him now",
}


def seconds(value: float) -> str:
    """7 s, 1:05 min, 2:03:04 h; a part of a second only where it is all there is."""
    if value < 1:
        return f"{value:.1f} s" if value >= 0.05 else "0 s"
    whole = int(value)
    if whole < 120:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02} min"
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02} h"


def standing_phrase(each: Standing, best: Standing | None = None) -> str:
    """E.g. "wraps up, 7 s left", "skill en 2 < 3"; for a free one, what put him behind `best`."""
    if each.reason is Reason.FREE:
        return _free(each, best)
    if each.reason in BUSY:
        detail = f" ({each.detail})" if each.detail else ""
        since = f" for {seconds(each.for_s)}" if each.for_s is not None and each.left_s is None else ""
        left = f", {seconds(each.left_s)} left" if each.left_s is not None else ""
        return f"{BUSY[each.reason]}{detail}{since}{left}"
    return _not_his(each)


def _not_his(each: Standing | Obstacle) -> str:
    soon = "" if each.left_s is None else f" (in {seconds(each.left_s)})"
    if each.reason is Reason.SKILL:
        return f"skill {each.detail} {each.have} < {each.need}" + (f", enough{soon}" if soon else "")
    if each.reason is Reason.EXCLUDED:
        again = "" if each.left_s is None else f", again in {seconds(each.left_s)}"
        return f"excluded: tried not long ago{again}"
    if each.reason is Reason.PENALTY:
        allowed = f" (asked are {each.need} to {each.most})" if isinstance(each, Standing) else ""
        return f"penalty {each.have} is out of the range{allowed}"
    if each.reason is Reason.HELD:
        return "held back: the queue is blended, and others go first"
    if each.reason is Reason.LATER:
        return f"not asked yet{soon}"
    return "serves no queue or group that is asked"


def obstacle_phrase(each: Obstacle) -> str:
    """E.g. "2 need skill en 2 < 3"."""
    return f"{each.contacts} not for him: {_not_his(each)}"


def _free(each: Standing, best: Standing | None) -> str:
    figure = FIGURES[each.rule](each.figure) if each.figure is not None and each.rule in FIGURES else ""
    if each.chosen:
        return f"chosen{f': {figure}' if figure else ''}"
    if best is None or each.lost_by is None:
        return f"free{f', {figure}' if figure else ''}"
    return f"lost by {_behind(each, best)}"


def _behind(each: Standing, best: Standing) -> str:
    theirs = FIGURES.get(best.rule, "{:g}".format)(best.figure or 0.0)
    mine = FIGURES.get(each.rule, "{:g}".format)(each.figure or 0.0)
    phrases = {
        LostBy.RING: f"reach: comes by {each.pool}, asked after {best.pool}",
        LostBy.LEVEL: f"level: {each.level} after {best.level}",
        LostBy.PENALTY: f"penalty: {each.penalty} after {best.penalty}",
        LostBy.FIGURE: f"{mine}, against {theirs}",
        LostBy.IDLE: f"idle time: equal so far, idle {seconds(each.idle_s or 0)}, against {seconds(best.idle_s or 0)}",
        LostBy.FLEXIBLE: "being needed elsewhere: equal so far, and he serves more queues",
        LostBy.NAME: "name: equal in all else",
        LostBy.LOT: f"lot ({mine})",
        LostBy.MAXIMUM: "number: no more phones are rung at once",
    }
    return phrases[each.lost_by] if each.lost_by is not None else mine


def who(changed: Changed) -> str:
    """Who or what brought a fact about."""
    if changed.by:
        return changed.by
    if changed.kind is Kind.OFFER and not changed.old:
        return "engine"
    if changed.cause.startswith("deadline:"):
        return "time"
    if changed.cause in ("OfferAnswered", "OfferEnded", "LegDown", "RingEnded") and changed.agent:
        return changed.agent
    return WHO.get(changed.cause, "engine" if changed.kind is Kind.REACH else "switch")


def fact_phrase(changed: Changed) -> str | None:
    """What happened to a contact, in a phrase; None for what another fact of the same moment says better."""
    match changed.kind:
        case Kind.CONTACT:
            return _contact(changed)
        case Kind.VISIT:
            return _visit(changed)
        case Kind.OFFER:
            return _offer(changed)
        case Kind.REACH:
            return _reach(changed)
        case Kind.PLACE:
            return _place(changed)
        case Kind.ATTEMPT:
            return _attempt(changed)
        case Kind.TRANSFER:
            return f"transferred ({changed.new})"
        case Kind.FLOW if changed.reason == "beside":
            begins = f"in the flow {changed.old} while he waits"
            return begins if changed.new == "begun" else f"the flow {changed.old} is over, he waits on"
        case Kind.FLOW if changed.reason == SURVEY_ASKED:
            return f"is asked by the survey {changed.new.partition('.')[0]}"
        case Kind.FLOW:
            return f"{changed.old}: {changed.reason} {changed.new.replace('_', ' ')}"
        case Kind.DISPOSITION:
            return f"what came of it: {changed.new}" + (f" (before: {changed.old})" if changed.old else "")
        case Kind.SURVEY:
            return f"survey {changed.old}: {changed.new} ({changed.reason})"
        case Kind.FOLLOW_UP:
            return f"{changed.new} is to look into {changed.reason}"
    return None


def _contact(changed: Changed) -> str | None:
    if not changed.old:
        return "is to be called" if changed.outbound and not changed.call else "calls"
    if changed.new == ContactState.WAITING and changed.old == ContactState.OFFERED:
        return "back in line, with the old waiting time"
    if changed.new == ContactState.IN_FLOW:
        return f"in the flow {changed.reason}" if changed.old == ContactState.ARRIVED else f"again in {changed.reason}"
    return {ContactState.ASIDE: "left our hands for now", ContactState.ENDED: "over"}.get(ContactState(changed.new))


def _visit(changed: Changed) -> str | None:
    if changed.new == Outcome.ANSWERED:
        return None
    if changed.new == "waiting":
        p90_s = changed.expected_p90_s
        expected = "" if p90_s is None else f"; nine of ten wait at most {seconds(p90_s)}"
        return f"waits in {changed.queue}, position {changed.position}{expected}"
    after = f" after {seconds(changed.wait_s)}" if changed.wait_s is not None else ""
    why = f" ({changed.reason})" if changed.reason else ""
    return f"leaves {changed.queue}: {changed.new.replace('_', ' ')}{why}{after}"


def _attempt(changed: Changed) -> str:
    if changed.new == "placed":
        return f"is being called from {changed.node}"
    if changed.new == "answered":
        return "answers our call"
    return f"attempt over: {changed.new.replace('_', ' ')}"


def _place(changed: Changed) -> str:
    given_s = changed.seconds
    if not given_s:
        why = "placed anew"
    else:
        why = f"{seconds(abs(given_s))} of waiting {'given' if given_s > 0 else 'taken away'}"
    return f"{why}: position {changed.position}" if changed.position else why


def _offer(changed: Changed) -> str | None:
    agent = changed.agent or "?"
    if changed.new == OfferState.RINGING:
        return f"rings at {agent}" + (f": {changed.why.rule.replace('_', ' ')}" if changed.why is not None else "")
    if changed.new == OfferState.PREVIEW:
        return f"{agent} sees whom he would call, and decides"
    if changed.new == OfferState.DIALLING:
        return f"{agent} waits for the customer" if changed.old else f"{agent} is kept for the customer"
    if changed.new == OfferState.ACCEPTED:
        return f"{agent} answers after {seconds(changed.ring_s or 0)} of ringing; waited {seconds(changed.wait_s or 0)}"
    if changed.new == OfferState.ENDED:
        by = f", ended by the {changed.ended_by}" if changed.ended_by in ("agent", "caller", "transfer") else ""
        return f"talk with {agent} over after {seconds(changed.talk_s or 0)}{by}"
    left_s = None if changed.until is None else changed.until - changed.at
    again = "" if not left_s else f"; not asked again for {seconds(left_s)}"
    again += f" ({changed.reason.replace('_', ' ')})" if changed.reason else ""
    return f"{agent} {OFFERS[OfferState(changed.new)]}{again}"


def _reach(changed: Changed) -> str:
    sought = changed.sought
    pools = "" if sought is None else ", ".join(sought.pools)
    needs = "" if sought is None else "".join(f", {skill} {level} or more" for skill, level in sought.requires)
    if changed.old != changed.new:
        return f"ring {changed.new}: asked are {pools}{needs}"
    left_out = "" if sought is None else ", ".join(sought.excluded)
    return f"left out for now: {left_out}" if left_out else f"asked are {pools}{needs}"
