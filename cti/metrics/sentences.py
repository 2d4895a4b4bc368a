"""How does a decision read? One OFFER with its Why as a sentence for people. PURE.

Must not hold personal data: a sentence names the queue and the agent, never the caller.
"""

from __future__ import annotations

from cti.model.changes import Changed, Why


def decision_sentence(changed: Changed) -> str:
    """E.g. `support: caller waited 12 s, urgency 0.6 > 0.4; longest idle 41 s of 3 free -> anna`."""
    caller = "caller" if changed.wait_s is None else f"caller waited {_number(changed.wait_s)} s"
    parts = [f"{changed.queue or '?'}: {caller}"]
    if changed.why is not None:
        parts[0] += f", {_urgency(changed.why)}"
        parts.append(_choice(changed.why))
    return f"{'; '.join(parts)} -> {changed.agent or '?'}"


def _urgency(why: Why) -> str:
    if why.next_urgency is None:
        return f"urgency {_number(why.urgency)}, nobody else to serve"
    sign = ">" if why.urgency > why.next_urgency else "=" if why.urgency == why.next_urgency else "<"
    return f"urgency {_number(why.urgency)} {sign} {_number(why.next_urgency)}"  # "<": a lower tier goes first


def _choice(why: Why) -> str:
    rule = why.rule.replace("_", " ")
    if why.rule == "ring_all":
        return f"{rule}, {why.free_agents} free"
    return f"{rule} {_number(why.idle_s)} s of {why.free_agents} free"


def _number(value: float) -> str:
    """Short, but never so short that two different small numbers look alike."""
    return f"{value:.0f}" if abs(value) >= 10 else f"{value:.2f}".rstrip("0").rstrip(".") or "0"
