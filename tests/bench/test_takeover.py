"""What is told of the kills of a takeover?"""

from __future__ import annotations

import pytest

from bench.takeover import figures

pytestmark = pytest.mark.unit


def test_of_a_few_kills_the_middle_and_the_worst_are_told() -> None:
    assert figures([2.0, 2.104, 2.5], [2.1, 2.2, 3.0], [2.7, 4.1, 2.9]) == {
        "kills": 3,
        "owned_p50_s": 2.1,
        "owned_worst_s": 2.5,
        "served_p50_s": 2.2,
        "served_worst_s": 3.0,
        "back_p50_s": 2.9,
        "back_worst_s": 4.1,
    }
