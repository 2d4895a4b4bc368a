"""What may the engine begin on one Asterisk node? The policy of nodes; where they are: config/settings.py."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from cti.model.schema import Policy

ONE_LINE = r"^[^\x00-\x1f\x7f]*$"
Why = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=ONE_LINE)]


class NodeRules(Policy):
    """One node, as the core sees it. Agents are rung from their caller's node, whatever stands here."""

    weight: Annotated[int, Field(ge=0, le=1000)] = 1  # its part of the calls that we begin; 0: none
    drained: Why | None = None  # why: nothing new begins on it, and its new callers are sent elsewhere
