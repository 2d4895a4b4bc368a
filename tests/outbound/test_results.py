"""Does every end of a dial without a person have its meaning, by its own name?"""

from __future__ import annotations

import pytest

from cti.model.words import DialResult
from cti.outbound.results import NOBODY

pytestmark = pytest.mark.unit


def test_each_end_without_a_person_means_what_it_says() -> None:
    judged_elsewhere = {DialResult.HUMAN, DialResult.CANCELLED, DialResult.NOT_DIALLED}
    assert set(NOBODY) == set(DialResult) - judged_elsewhere
    assert all(meant.value == ended.value for ended, meant in NOBODY.items())
