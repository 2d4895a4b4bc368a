"""Are an owner, a standby and a silent Redis told apart?"""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from cti.metrics.office_counts import OfficeCounts

pytestmark = pytest.mark.unit


@dataclass
class Joined:
    token: int
    redis_away_s: float | None
    standbys: int


def shown(joined: Joined) -> list[str]:
    registry = CollectorRegistry()
    registry.register(OfficeCounts(joined))
    return [line for line in generate_latest(registry).decode().splitlines() if not line.startswith("#")]


def test_an_owner() -> None:
    assert shown(Joined(7, None, 2)) == ["cti_owner 1.0", "cti_owner_token 7.0", "cti_redis_up 1.0", "cti_standbys 2.0"]


def test_a_standby_whose_redis_is_away() -> None:
    assert shown(Joined(0, 3.0, 0)) == ["cti_owner 0.0", "cti_owner_token 0.0", "cti_redis_up 0.0", "cti_standbys 0.0"]
