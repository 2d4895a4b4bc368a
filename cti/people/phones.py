"""Which phone may be rung for somebody who listens? One like the agents' phones, never a way out of the house. PURE."""

from __future__ import annotations

import re
from collections.abc import Container

from cti.model.policy import Center
from cti.people.person import Person

SHAPE = re.compile(r"[A-Za-z0-9]{1,20}/[A-Za-z0-9_-]{1,60}\Z")


def whole(phone: str) -> str:
    """Return a phone with its technology: 1009 is PJSIP/1009."""
    return phone if "/" in phone or not phone else f"PJSIP/{phone}"


def fault_of(phone: str, center: Center) -> str:
    """Return what is wrong with `phone` (whole), or "": a technology of the agents, or exactly one of their phones."""
    ours = _phones(center)
    if phone in ours:
        return ""
    used = sorted({technology for technology, _, _ in (each.partition("/") for each in ours)} or {"PJSIP"})
    used = [technology for technology in used if technology.upper() != "LOCAL"]  # leads anywhere, also to the carrier
    if SHAPE.match(phone) is not None and phone.partition("/")[0] in used:
        return ""
    if not used:
        return "only an agent's phone can be named here, exactly as the configuration writes it"
    return f"a phone is written {used[0]}/1009, as in the configuration (here: {', '.join(used)}), or is an agent's own"


def own(person: Person, center: Center) -> str:
    """Return what rings when he names no phone, or "": his own, or else that of the agent who he is."""
    agent = center.agents.get(person.agent or "")
    return whole(person.phone or (agent.phone if agent is not None else ""))


def may_ring(person: Person, phone: str, center: Center, agents: Container[str] | None) -> bool:
    """Whether it is his own, or that of one of `agents` (None: of anybody's)."""
    if phone == own(person, center):
        return True
    return any(
        phone in (agent.phone, *agent.phones.values())
        for name, agent in center.agents.items()
        if agents is None or name in agents
    )


def _phones(center: Center) -> set[str]:
    return {phone for agent in center.agents.values() for phone in (agent.phone, *agent.phones.values())}
