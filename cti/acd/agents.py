"""What may an agent do, and what does his phone do? Log in and out, breaks, wrap-up, legs.

Wrap-up belongs to the agent: until it is over he is free for no queue.
"""

from __future__ import annotations

from cti.acd import dispositions
from cti.acd.agent import Agent
from cti.acd.floor import Floor
from cti.acd.offer import Offer
from cti.model.changes import Changed, Kind, Refused
from cti.model.events import AgentRequest
from cti.model.words import Activity, AgentAction, AgentId, AgentStatus, OfferState, RefusedReason


def request(floor: Floor, asked: AgentRequest) -> Refused | None:
    """Grant or refuse what was asked for; a logout or break during work begins when work is over."""
    agent = floor.agents.get(asked.agent)
    if agent is None:
        return Refused(RefusedReason.UNKNOWN_AGENT, "no agent of that name")
    match asked.action:
        case AgentAction.LOGIN:
            return _login(floor, agent, asked.by)
        case AgentAction.LOGOUT:
            return _logout(floor, agent, asked.by)
        case AgentAction.PAUSE:
            return _pause(floor, agent, asked.reason, asked.by)
        case AgentAction.UNPAUSE:
            return _unpause(floor, agent, asked.by)
        case AgentAction.EXTEND:
            return _extend(floor, agent, asked.by)
        case AgentAction.READY:
            if agent.activity is not Activity.WRAPUP:
                return Refused(RefusedReason.NOT_IN_WRAPUP)
            refused = dispositions.wanting(floor, agent)
            if refused is None:
                end_wrapup(floor, agent)
            return refused
        case AgentAction.ACCEPT | AgentAction.SKIP:
            return Refused(RefusedReason.NO_PREVIEW)  # see preview.py
        case AgentAction.DISPOSITION:
            refused = dispositions.dispose(floor, agent, asked.reason, asked.by)
            if refused is None and agent.activity is Activity.WRAPUP:
                end_wrapup(floor, agent)
            return refused


def _extend(floor: Floor, agent: Agent, by: str) -> Refused | None:
    if agent.activity is not Activity.WRAPUP:
        return Refused(RefusedReason.NOT_IN_WRAPUP)
    agent.activity_until = floor.now + agent.wrap_up_s
    floor.deadlines.set("wrapup", agent.id, agent.activity_until)
    floor.tell(
        Changed(
            Kind.ACTIVITY,
            agent.id,
            agent.activity,
            agent.activity,
            floor.now,
            floor.cause,
            agent=agent.id,
            until=agent.activity_until,
            by=by,
        )
    )
    return None


def _login(floor: Floor, agent: Agent, by: str) -> Refused | None:
    if agent.status is not AgentStatus.LOGGED_OUT:
        return Refused(RefusedReason.ALREADY, "logged in")
    agent.idle_since = agent.logged_in_at = floor.now
    agent.contacts, agent.busy_s = 0, 0.0
    agent.missed = agent.rejected = agent.unreachable = 0
    floor.move_status(agent, AgentStatus.AVAILABLE, by=by)
    return None


def _logout(floor: Floor, agent: Agent, by: str) -> Refused | None:
    if agent.status is AgentStatus.LOGGED_OUT:
        return Refused(RefusedReason.NOT_LOGGED_IN)
    agent.pending_break = None
    floor.move_status(agent, AgentStatus.LOGGED_OUT, by=by)
    return None


def _pause(floor: Floor, agent: Agent, reason: str, by: str) -> Refused | None:
    if agent.status is AgentStatus.LOGGED_OUT:
        return Refused(RefusedReason.NOT_LOGGED_IN)
    name = break_name(floor, reason)
    if name is None:
        return Refused(RefusedReason.UNKNOWN_REASON, "breaks: " + ", ".join(sorted(floor.policy.breaks)))
    if agent.status is AgentStatus.ON_BREAK and agent.reason == name:
        return Refused(RefusedReason.ALREADY, name)
    if agent.activity is Activity.IDLE:
        floor.move_status(agent, AgentStatus.ON_BREAK, reason=name, by=by)
    else:
        _tell_pending(floor, agent, name)
        agent.pending_break = name
    return None


def _tell_pending(floor: Floor, agent: Agent, new: str) -> None:
    old = agent.pending_break or ""
    if old != new:
        floor.tell(Changed(Kind.PENDING, agent.id, old, new, floor.now, floor.cause, agent=agent.id))


def break_overdue(floor: Floor, agent: Agent) -> None:
    """His break is longer than its limit: told to those who watch, nothing else."""
    floor.tell(
        Changed(
            Kind.OVERDUE, agent.id, "", "overdue", floor.now, floor.cause, agent=agent.id, reason=agent.reason or None
        )
    )


def break_name(floor: Floor, reason: str) -> str | None:
    """The break that `reason` names, by name or by its digit; "" means the first of the configuration."""
    breaks = floor.policy.breaks
    if not reason:
        return next(iter(breaks), "break")
    if reason in breaks:
        return reason
    return next((name for name, rule in breaks.items() if rule.digit == reason), None)


def _unpause(floor: Floor, agent: Agent, by: str) -> Refused | None:
    if agent.status is AgentStatus.LOGGED_OUT:
        return Refused(RefusedReason.NOT_LOGGED_IN)
    if agent.pending_break is not None:
        _tell_pending(floor, agent, "")
        agent.pending_break = None
        return None
    if agent.status is AgentStatus.AVAILABLE:
        return Refused(RefusedReason.ALREADY, "available")
    agent.idle_since = floor.now
    agent.missed = agent.rejected = agent.unreachable = 0
    floor.move_status(agent, AgentStatus.AVAILABLE, by=by)
    return None


def auto_pause(floor: Floor, agent: Agent, why: OfferState, in_a_row: int, limit: int) -> None:
    """Ring-no-answer rule: after `limit` in a row (0 = never) the agent goes on break, with a reason he sees."""
    if limit and in_a_row >= limit and agent.status is AgentStatus.AVAILABLE:
        floor.move_status(agent, AgentStatus.ON_BREAK, reason=why, by="engine")


def let_go(floor: Floor, kept: list[AgentId]) -> None:
    """Those who were kept for the next ring of a contact may be given one again."""
    for agent in [floor.agents[agent_id] for agent_id in kept if agent_id in floor.agents]:
        _end_rest(floor, agent)
        floor.refresh(agent)


def _end_rest(floor: Floor, agent: Agent) -> None:
    agent.rest_until, agent.busy_ring = floor.now, ""
    floor.deadlines.cancel("rest", agent.id)


def begin_wrapup(floor: Floor, agent: Agent, offer: Offer) -> None:
    """The talk is over for the agent."""
    wrap_up_s = floor.policy.queues[offer.queue].wrap_up_s
    agent.idle_since = floor.now
    agent.talk = dispositions.talk_of(floor, offer)
    if wrap_up_s <= 0:
        dispositions.over(floor, agent)
        return_to_idle(floor, agent, offer)
        return
    agent.wrap_up_s = wrap_up_s
    until = floor.now + wrap_up_s
    floor.deadlines.set("wrapup", agent.id, until)
    floor.move_activity(agent, Activity.WRAPUP, offer=offer, until=until)


def end_wrapup(floor: Floor, agent: Agent) -> None:
    floor.deadlines.cancel("wrapup", agent.id)
    dispositions.over(floor, agent)
    agent.busy_s += floor.now - max(agent.activity_since, agent.logged_in_at)
    agent.idle_since = floor.now
    return_to_idle(floor, agent, None)


def return_to_idle(floor: Floor, agent: Agent, offer: Offer | None) -> None:
    """Work is over; a break that was asked for meanwhile begins before anything can be offered."""
    if agent.pending_break is not None:
        reason, agent.pending_break = agent.pending_break, None
        if agent.status is not AgentStatus.LOGGED_OUT:
            floor.move_status(agent, AgentStatus.ON_BREAK, reason=reason, by="agent")
    floor.move_activity(agent, Activity.IDLE, offer=offer, until=_rests_until(floor, agent))


def _rests_until(floor: Floor, agent: Agent) -> float | None:
    return agent.rest_until if agent.rest_until > floor.now else None


def leg_up(floor: Floor, agent: Agent, leg: str) -> None:
    """A channel of the agent's phone exists: while it does, he is free for nothing."""
    floor.leg_came(agent, leg)
    tell_engaged(floor, agent)
    floor.refresh(agent)


def leg_held(floor: Floor, leg: str, *, held: bool) -> None:
    """His phone holds the leg of his talk, or has it back."""
    agent = floor.leg_owner.get(leg)
    offer = floor.offers.get(agent.offer) if agent is not None and agent.offer else None
    if agent is None or offer is None or offer.leg != leg:
        return
    new, old = (Activity.HOLD, Activity.TALKING) if held else (Activity.TALKING, Activity.HOLD)
    if agent.activity is old:
        floor.move_activity(agent, new, offer=offer)


def leg_down(floor: Floor, agent: Agent, leg: str) -> None:
    """A channel of his phone is gone. The end of the call that made it busy ends his rest for that.

    Not the end of the busy ring itself: a phone that is busy with what we do not see would be rung without a pause.
    """
    if agent.legs == {leg} and agent.busy_ring not in ("", leg):
        _end_rest(floor, agent)
    last = agent.legs == {leg} and not agent.engaged and agent.activity in (Activity.IDLE, Activity.WRAPUP)
    floor.leg_went(agent, leg)
    tell_engaged(floor, agent)
    if last:
        _tell_phone(floor, agent, "ending", "free")
    floor.refresh(agent)


def tell_engaged(floor: Floor, agent: Agent) -> None:
    """Readers see a phone as engaged when it does something that no offer explains."""
    engaged = bool(agent.legs) and agent.activity in (Activity.IDLE, Activity.WRAPUP)
    if engaged != agent.engaged:
        agent.engaged = engaged
        _tell_phone(floor, agent, *(("free", "engaged") if engaged else ("engaged", "free")))


def _tell_phone(floor: Floor, agent: Agent, old: str, new: str) -> None:
    until = _rests_until(floor, agent) if new == "free" else None
    floor.tell(Changed(Kind.PHONE, agent.id, old, new, floor.now, floor.cause, agent=agent.id, until=until))
