"""Does the core hold in a thousand random worlds, with every fault we know of?"""

from __future__ import annotations

import os

import pytest

from cti.sim.many import run_many
from tests.depth import deep

pytestmark = pytest.mark.simulation

SEEDS = int(os.environ.get("CTI_SEEDS", deep(1_000, 10_000)))
FIRST = int(os.environ.get("CTI_FIRST_SEED", "0"))
SHOWN = 10


@pytest.mark.timeout(deep(600, 7200))
def test_a_thousand_seeds_hold() -> None:
    tally = run_many(range(FIRST, FIRST + SEEDS))
    failures = "\n".join(tally.failures[:SHOWN])
    assert not tally.failures, f"{len(tally.failures)} of {tally.seeds} seeds fail:\n{failures}"
    # The worlds must be worth something: every way to end a wait, and core and switch compared often.
    ends = {
        "answered",
        "abandoned",
        "timed_out",
        "key_exit",
        "overflowed",
        "moved",
        "withdrawn",
        "merged",
        "not_reached",
    }
    assert set(tally.outcomes) == ends
    assert tally.agreements > tally.seeds
    assert tally.contact_hours > tally.seeds / 100
