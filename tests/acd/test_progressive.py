"""One phone rings, after a while two, then three."""

from __future__ import annotations

import pytest

from cti.model import events as ev
from cti.model.commands import Ring, StopRing
from cti.model.words import RingResult
from tests.kit import Queue, Scene, center, member

pytestmark = pytest.mark.unit


def team(*agents: str, **rules: object) -> Scene:
    settings = {"strategy": "ring_progressively", "ring_more_every_s": 5, "ring_timeout_s": 20, "wrap_up_s": 3}
    queues = {"sales": Queue(**(settings | rules)), "other": Queue()}
    who = {name: member("sales", "other") for name in ("anna", "ben", "carl")}
    scene = Scene(center(queues, agents=who))
    for agent in agents:
        scene.login(agent)
        scene.wait(1)
    return scene


def phones(scene: Scene) -> list[int]:
    return [len(ring.legs) for ring in scene.commands(Ring)]


def test_every_few_seconds_one_more_phone_rings_beside_the_others() -> None:
    scene = team("anna", "ben", "carl")
    scene.arrive("c1")
    scene.wait(4.9)
    assert scene.rung() == [("c1", "anna")]
    scene.wait(0.2)
    assert phones(scene) == [1, 2]
    scene.wait(5)
    assert phones(scene) == [1, 2, 3]
    scene.answer("ben")
    assert {name: str(scene.agent(name).activity) for name in ("anna", "ben", "carl")} == {
        "anna": "idle",
        "ben": "talking",
        "carl": "idle",
    }
    assert [scene.agent(name).missed for name in ("anna", "ben", "carl")] == [0, 0, 0]


def test_who_rings_is_kept_for_the_next_ring_even_if_others_wait() -> None:
    scene = team("anna")
    scene.arrive("c1")
    scene.arrive("c2", "other")  # would take anna in the instant between the two rings
    scene.login("ben")
    assert scene.offered("ben") == "c2"
    scene.talk("ben", 1)
    scene.wait(4)
    assert scene.offered("anna") == scene.offered("ben") == "c1"


def test_what_rings_without_a_session_is_not_stopped_since_it_could_not_be_rung_anew() -> None:
    """FastAGI broke while it rang: a stop would reach nobody, and the phone would ring for nobody's offer."""
    scene = team("anna", "ben")
    call = scene.arrive("c1")
    scene.wait(1)
    scene.post(ev.SessionLost(call))
    scene.wait(10)
    assert phones(scene) == [1] and not scene.commands(StopRing)
    scene.answer("anna")
    assert scene.state("c1") == "talking"


def test_with_nobody_else_free_it_rings_on_and_looks_again() -> None:
    scene = team("anna")
    scene.arrive("c1")
    scene.wait(6)
    assert phones(scene) == [1]
    scene.login("ben")
    scene.wait(5)
    assert phones(scene) == [1, 2]


def test_after_a_ring_that_nobody_answered_it_begins_with_one_again() -> None:
    scene = team("anna", "ben", "carl", ring_timeout_s=7)
    scene.arrive("c1")
    scene.wait(5)
    assert phones(scene) == [1, 2]
    for agent in ("anna", "ben"):
        scene.fail(agent, RingResult.NO_ANSWER)
    assert phones(scene) == [1, 2, 1]
    assert scene.offered("carl") == "c1"


def test_a_caller_who_leaves_between_two_rings_leaves_everybody_free() -> None:
    scene = team("anna", "ben")
    scene.obedient = False
    scene.arrive("c1")
    scene.wait(5)
    assert scene.offered("anna") is None
    scene.caller_hangs_up("c1")
    scene.wait(1.1)
    scene.arrive("c2")
    assert scene.offered("anna") == "c2"
