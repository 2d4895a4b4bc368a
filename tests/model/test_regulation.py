"""Is every preset whole, and inside what its law says?"""

from __future__ import annotations

import pytest

from cti.model.regulation import PRESETS, Limits, Regulation

pytestmark = pytest.mark.unit


def test_every_regulation_has_its_preset() -> None:
    assert set(PRESETS) == set(Regulation)
    for preset in PRESETS.values():
        assert Limits.model_validate(preset.model_dump()) == preset


@pytest.mark.parametrize("regulation", [Regulation.US, Regulation.UK])
def test_ring_at_least_15_s(regulation: Regulation) -> None:
    assert PRESETS[regulation].ring_at_least_s == 15
