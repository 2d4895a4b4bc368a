"""Never two dials for one number."""

from __future__ import annotations

import pytest

from cti.outbound.air import Air

pytestmark = pytest.mark.unit


def test_one_has_it() -> None:
    air = Air()
    assert air.take("+1", "a") and air.take("+1", "a") and not air.take("+1", "b")
    air.free("+1", "b")
    assert air.has("+1") and air.attempt_of("+1") == "a" and len(air) == 1
    air.free("+1", "a")
    assert not air.has("+1") and air.take("+1", "b")
