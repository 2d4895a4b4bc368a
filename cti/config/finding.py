"""Who meets a requirement? The words that the checks of center.yaml share (a Finding is model/finding.py's)."""

from __future__ import annotations

from collections.abc import Mapping

from cti.model.finding import Finding
from cti.model.policy import Agent

__all__ = ["Finding", "in_words", "meets", "strictest"]


def meets(agent: Agent, requires: Mapping[str, int]) -> bool:
    """Say whether `agent` has every required skill at its level."""
    return all(agent.skills.get(skill, 0) >= level for skill, level in requires.items())


def strictest(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    """Return both requirements as one: of each skill the higher level."""
    return {skill: max(one.get(skill, 0), other.get(skill, 0)) for skill in (*one, *other)}


def in_words(requires: Mapping[str, int]) -> str:
    """Return `en 2 and care 1`."""
    return " and ".join(f"{skill} {level}" for skill, level in requires.items())
