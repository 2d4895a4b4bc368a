"""What in the rules of dialling contradicts itself, or is looser than the regulation they name? PURE: findings out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from cti.config.finding import Finding
from cti.model.calling_rules import Again, CallWindow, Cap
from cti.model.campaign import Callbacks, Campaign, Overrides
from cti.model.dialling import AGENT_FOR_EACH, AttemptResult, Mode
from cti.model.flow import Flow
from cti.model.flow_nodes import OfferCallback
from cti.model.hours import WEEKDAYS, minutes
from cti.model.policy import Center
from cti.model.regulation import PRESETS, Regulation
from cti.suggest import did_you_mean

LOOSER: dict[str, Callable[[Any, Any], bool]] = {  # of each limit: whether `own` allows more than `law`
    "abandon_cap_percent": lambda own, law: own > law,
    "abandon_over_days": lambda own, law: own > law,
    "agent_within_s": lambda own, law: own > law,
    "ring_at_least_s": lambda own, law: own < law,
    "agent_at_hand_after_abandoned_h": lambda own, law: own < law,
    "agent_at_hand_after_machine_h": lambda own, law: own < law,
    "gap_s": lambda own, law: own < law,
    "consent_required": lambda own, law: law and not own,
    "recordings_keep_days": lambda own, law: own < law,
}
NO_TRUNK = "no way out: name a trunk, such as outbound: {trunks: {carrier: {dial: 'PJSIP/{number}@carrier'}}}"
Path = tuple[str | int, ...]


def campaigns(center: Center) -> Iterator[Finding]:
    """Yield what is found in every campaign and in the rules of callbacks."""
    for name, campaign in center.campaigns.items():
        here: Path = ("campaigns", name)
        yield from _limits(campaign, here)
        yield from _ways_out(center, campaign, here)
        yield from _never(campaign, here)
        yield from _answered(center, campaign, here)
        yield from _again(center, campaign, here)
    callbacks, here = center.outbound.callbacks, ("outbound", "callbacks")
    yield from _limits(callbacks, here)
    yield from _caps(center.outbound.caps, ("outbound",))
    if callbacks != Callbacks():
        yield from _ways_out(center, callbacks, here)
    for name, queue in center.queues.items():
        if queue.callback_abandoned is not None and not center.outbound.trunks:
            yield Finding(("queues", name, "callback_abandoned"), f"nobody is ever called back: {NO_TRUNK}")


def unkept(center: Center, flows: Mapping[str, Flow]) -> Iterator[Finding]:
    """Yield what is found where flows promise callbacks that nobody can keep."""
    offering = [
        f"{name}.{node}"
        for name, flow in flows.items()
        for node, written in flow.nodes.items()
        if isinstance(written, OfferCallback)
    ]
    if offering and not center.outbound.trunks:
        text = f"promised callbacks are kept in the store, and nobody is called ({', '.join(offering)}): {NO_TRUNK}"
        yield Finding(("flows", "folder"), text)
    elif offering and center.outbound.region is None:
        text = "callers whose number comes without its country are refused a callback: name the country, region: DE"
        yield Finding(("outbound",), f"{text} ({', '.join(offering)})")


def _limits(written: Overrides, here: Path) -> Iterator[Finding]:
    yield from _caps(written.caps or (), here)
    if written.regulation is Regulation.NONE:
        return
    law, own, word = PRESETS[written.regulation], written.limits, f"than {written.regulation} allows"
    for key, looser in LOOSER.items():
        if looser(getattr(own, key), getattr(law, key)):
            yield Finding((*here, key), f"looser {word} ({getattr(law, key):g}); make sure that you may")
    days = [day for day in WEEKDAYS if not _inside(own.window, law.window, day)]
    if days and written.window is not None:
        yield Finding((*here, "window"), f"longer {word} on {', '.join(days)}; make sure that you may")
    for cap in law.caps:
        if written.caps is not None and not any(_as_strict(other, cap) for other in own.caps):
            text = f"without the cap of {cap.at_most} per {cap.per} within {cap.within}: looser {word}"
            yield Finding((*here, "caps"), text)


def _inside(own: CallWindow, law: CallWindow, day: str) -> bool:
    allowed = [minutes(span) for key, spans in law.at("UTC").week.items() if key == day for span in spans]
    wanted = [minutes(span) for key, spans in own.at("UTC").week.items() if key == day for span in spans]
    return all(any(begin <= first and last <= end for begin, end in allowed) for first, last in wanted)


def _as_strict(own: Cap, law: Cap) -> bool:
    same = own.model_copy(update={"at_most": law.at_most}) == law
    return same and own.at_most <= law.at_most


def _caps(caps: tuple[Cap, ...], here: Path) -> Iterator[Finding]:
    for at, cap in enumerate(caps):
        if not cap.at_most:
            yield Finding((*here, "caps", at, "at_most"), "nobody is ever dialled; write 1 or more", is_error=True)


def _ways_out(center: Center, written: Campaign | Callbacks, here: Path) -> Iterator[Finding]:
    trunks = center.outbound.trunks
    if not trunks:
        yield Finding(here, NO_TRUNK, is_error=True)
    lines = sum(trunk.lines for trunk in trunks.values())
    if trunks and isinstance(written, Campaign) and (written.lines or 0) > lines:
        yield Finding((*here, "lines"), f"never so many: all trunks together have {lines}")
    if written.caller_ids is None:
        text = "no caller id: callees see what the trunk sends, and may not be able to call back; name a pool"
        yield Finding(here, text)


def _never(campaign: Campaign, here: Path) -> Iterator[Finding]:
    if not campaign.max_attempts:
        yield Finding((*here, "max_attempts"), "nobody is ever dialled; write 1 or more", is_error=True)
    if campaign.begins_on and campaign.ends_on and campaign.ends_on < campaign.begins_on:
        yield Finding((*here, "ends_on"), f"before begins_on {campaign.begins_on}: it never runs", is_error=True)
    expires, every = campaign.expires_after_days, campaign.every_days
    if expires is not None and every is not None and expires <= every:
        yield Finding((*here, "expires_after_days"), f"every lead expires before its next visit ({every} days)")
    limits = campaign.limits
    if campaign.ring_timeout_s < limits.ring_at_least_s:
        text = f"shorter than ring_at_least_s {limits.ring_at_least_s:g}, which holds"
        yield Finding((*here, "ring_timeout_s"), text)


def _answered(center: Center, campaign: Campaign, here: Path) -> Iterator[Finding]:
    safe = campaign.safe_harbour
    loses = campaign.mode in (Mode.PREDICTIVE, Mode.POWER)
    if loses and not (safe.play or safe.flow):
        text = f"{campaign.mode}: somebody will answer while no agent is free, and hear nothing; write safe_harbour"
        yield Finding(here, text, is_error=campaign.regulation is not Regulation.NONE)
    if not loses and (safe.play or safe.flow):
        yield Finding((*here, "safe_harbour"), f"never heard: {campaign.mode} has somebody for each who answers")
    yield from _by_hand(center, campaign, here)
    if loses and campaign.limits.abandon_cap_percent == 0:
        yield Finding((*here, "mode"), "nobody may be abandoned: it dials one number for each free agent, no more")
    if campaign.machines.then == "message" and not campaign.machines.play:
        yield Finding((*here, "machines"), "a message without anything to play; write play: [...]", is_error=True)
    if campaign.machines.play and not campaign.machines.detect:
        yield Finding((*here, "machines", "play"), "never heard: detect is off")
    for name in campaign.dispositions:
        if name in {result.value for result in AttemptResult}:
            text = "is the name of a result of dialling: it could not be told apart in the journal; choose another one"
            yield Finding((*here, "dispositions", name), text, is_error=True)
    queue = center.queues.get(campaign.queue or "")
    for name in campaign.dispositions if queue is not None else ():
        if queue is not None and name not in queue.dispositions:
            near = did_you_mean(name, queue.dispositions)
            text = f"no agent can note that: it is none of {campaign.queue}'s dispositions{near}"
            yield Finding((*here, "dispositions", name), text)


def _by_hand(center: Center, campaign: Campaign, here: Path) -> Iterator[Finding]:
    """Agents' phones ring when the customer has answered already: a hand is often slower than the law allows."""
    rings_after = campaign.mode in (Mode.PROGRESSIVE, Mode.POWER, Mode.PREDICTIVE)
    if campaign.auto_answer or not rings_after or campaign.regulation is Regulation.NONE:
        return
    slow = [name for name, agent in center.agents.items() if campaign.queue in agent.queues and not agent.auto_answer]
    if slow:
        within = f"agent_within_s {campaign.limits.agent_within_s:g}"
        text = f"agents' phones ring when the customer has answered; who picks up later than {within} has abandoned him"
        yield Finding((*here, "mode"), f"{text}: write auto_answer: true, if their phones can ({_few(slow)})")


def _few(names: list[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _again(center: Center, campaign: Campaign, here: Path) -> Iterator[Finding]:
    gap_s = max(campaign.limits.gap_s, center.outbound.gap_s)
    for key in type(campaign.retry).model_fields:
        again: Again = getattr(campaign.retry, key)
        where = (*here, "retry", key, "after_s")
        written = key in campaign.retry.model_fields_set
        if not written or not again.at_most or key == "not_dialled":
            continue
        if again.after_s < campaign.ring_timeout_s:
            yield Finding(
                where, f"shorter than a ring ({campaign.ring_timeout_s:g} s): it would not stop ringing there"
            )
        elif again.after_s < gap_s and again.number == "same":
            yield Finding(where, f"shorter than gap_s {gap_s:g}, which holds")
    if campaign.mode in AGENT_FOR_EACH and "ratio" in campaign.model_fields_set:
        yield Finding((*here, "ratio"), f"never used: {campaign.mode} dials one number for each agent")
