"""Is a line of which there may be any number written once a minute, and are the others counted?"""

from __future__ import annotations

import pytest

from cti.switch.seldom import AGAIN_S, Seldom

pytestmark = pytest.mark.unit


def test_one_a_minute_of_each_kind() -> None:
    now = 1000.0
    seldom = Seldom(lambda: now)
    assert [seldom.words("broken") for _ in range(90)] == [""] + 89 * [None]
    assert seldom.words("other") == ""
    now += AGAIN_S
    assert seldom.words("broken") == " (89 more since this was told last)"
    assert seldom.words("broken") is None
    now += AGAIN_S
    assert (seldom.words("broken"), seldom.words("other")) == (" (1 more since this was told last)", "")
