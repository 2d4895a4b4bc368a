"""What is a finding of a check, and who meets a requirement? The words that the checks share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from cti.model.policy import Agent


class Finding(NamedTuple):
    """One contradiction: where (keys from the top) and what, with the remedy."""

    path: tuple[str | int, ...]
    text: str
    is_error: bool = False


def meets(agent: Agent, requires: Mapping[str, int]) -> bool:
    """Say whether `agent` has every required skill at its level."""
    return all(agent.skills.get(skill, 0) >= level for skill, level in requires.items())


def strictest(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    """Return both requirements as one: of each skill the higher level."""
    return {skill: max(one.get(skill, 0), other.get(skill, 0)) for skill in (*one, *other)}


def in_words(requires: Mapping[str, int]) -> str:
    """Return `en 2 and care 1`."""
    return " and ".join(f"{skill} {level}" for skill, level in requires.items())
