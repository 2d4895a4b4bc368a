"""What becomes of a promise whose attempt ends in no visit: taken back, called in, our death, a node or queue away?"""

from __future__ import annotations

import pytest

from tests.test_outgoing import Keeping

pytestmark = pytest.mark.unit


def test_a_younger_promise_does_not_expire_with_the_older_one_it_was_merged_into() -> None:
    scene = Keeping(expires_after_s=3600.0)
    scene.pause("anna")
    scene.promise(1)
    scene.wait(3590.0)
    scene.promise(2)
    assert scene.states(2) == ["merged"]
    scene.wait(20.0)
    assert scene.states(1)[-1] == "in_line"
    scene.wait(3600.0)
    assert scene.states(1)[-1] == "expired"
