"""What do all words of the configuration have in common?"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Policy(BaseModel):
    """Base: unknown keys are errors, values never change under a running engine (a reload makes a new object)."""

    model_config = ConfigDict(frozen=True, extra="forbid")
