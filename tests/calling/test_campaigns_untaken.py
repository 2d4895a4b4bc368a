"""Is it told that no node takes a campaign's dials on?"""

from __future__ import annotations

import pytest

from cti.model.words import DialResult
from tests.calling_scene import WAY_OUT
from tests.campaigns import Campaigning

pytestmark = pytest.mark.unit


def test_its_row_says_that_no_node_takes_its_dials_on_until_a_phone_rings() -> None:
    scene = Campaigning("anna", leads=3)
    scene.start()
    assert (scene.now_().untaken, scene.now_().untaken_trunk) == (0, "")
    for dials in (1, 2):
        scene.fails(f"spring-{dials}-1", DialResult.NOT_DIALLED)
        scene.wait(0.0)
        assert (scene.now_().untaken, scene.now_().untaken_trunk) == (dials, next(iter(WAY_OUT)))
    scene.fails("spring-3-1", DialResult.BUSY)
    assert (scene.now_().untaken, scene.now_().untaken_trunk) == (0, "")
