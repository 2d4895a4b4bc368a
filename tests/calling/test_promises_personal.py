"""Does a personal callback wait for its agent, and fall to his queue after the stated time?"""

from __future__ import annotations

import pytest

from cti.model import commands as do
from cti.model.dialling import CallbackKind
from cti.model.words import DialResult
from tests.calling.test_promises import Keeping
from tests.calling_scene import office

pytestmark = pytest.mark.unit


def personal(agent: str = "anna", personal_for_s: float = 600.0) -> Keeping:
    """anna and ben are at work; her promise is due now."""
    scene = Keeping(office("anna", "ben"), personal_for_s=personal_for_s)
    scene.pause("anna")
    scene.promise(kind=CallbackKind.PERSONAL, agent=agent, since=scene.now)
    return scene


def rung(scene: Keeping) -> list[str]:
    return [ring.leg.dial for ring in scene.commands(do.RingAgent)]


def test_it_waits_for_its_agent_although_others_are_free() -> None:
    scene = personal()
    scene.wait(599.0)
    assert rung(scene) == []
    scene.unpause("anna")
    scene.agent_waits("anna")
    scene.connects("callbacks-1-1")
    assert scene.states()[-1] == "kept"


def test_it_waits_for_one_who_has_not_come_yet() -> None:
    scene = personal()
    scene.logout("anna")
    scene.wait(599.0)
    assert rung(scene) == []
    scene.login("anna")
    scene.agent_waits("anna")


def test_after_the_stated_time_it_is_anybodys() -> None:
    scene = personal()
    scene.wait(600.01)
    scene.agent_waits("ben")
    assert scene.placed() == ["callbacks-1-1"]


def test_each_try_is_its_agents_first() -> None:
    scene = personal()
    scene.wait(500.0)
    scene.unpause("anna")
    scene.agent_waits("anna")
    scene.fails("callbacks-1-1", DialResult.BUSY)
    scene.pause("anna")
    scene.wait(181.0)
    assert len(rung(scene)) == 1, "he was tried just now: he is still hers"
    scene.wait(600.0)
    scene.agent_waits("ben")


def test_one_who_misses_it_has_it_still() -> None:
    scene = personal()
    scene.unpause("anna")
    scene.wait(20.0)
    scene.wait(300.0)
    assert len(set(rung(scene))) == 1


def test_of_an_agent_who_is_gone_it_is_anybodys_at_once() -> None:
    scene = personal(agent="carla")
    scene.agent_waits("ben")
