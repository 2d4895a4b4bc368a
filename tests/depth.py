"""How deep do the tests dig? As deep as a build can wait for; `make test-long` (CTI_TESTS=long) as deep as a night."""

from __future__ import annotations

import os
from typing import TypeVar

from hypothesis import settings

Number = TypeVar("Number", int, float)

LONG = os.environ.get("CTI_TESTS") == "long"

settings.register_profile("usual", max_examples=60, deadline=None)  # no deadline: the machine may have other work
settings.register_profile("long", max_examples=1000, deadline=None)


def dig() -> None:
    """Let Hypothesis try as many examples as are meant, where a test does not say how many."""
    settings.load_profile("long" if LONG else "usual")


def deep(usual: Number, long: Number) -> Number:
    """Return how many, or how much of it, are meant."""
    return long if LONG else usual
