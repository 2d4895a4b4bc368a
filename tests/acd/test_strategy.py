"""When several agents are free: who is rung?"""

from __future__ import annotations

import pytest
from kit import Queue, Scene, center, member

from cti.model.changes import Kind
from cti.model.commands import Ring
from cti.model.policy import Strategy
from cti.model.words import RingResult

pytestmark = pytest.mark.unit

RING_ALL = {"sales": Queue(strategy=Strategy.RING_ALL)}


def free_in_order(scene: Scene, *agents: str) -> None:
    """They log in one after the other: the first has been idle longest."""
    for agent in agents:
        scene.login(agent)
        scene.wait(1)


def test_the_longest_idle_agent_is_rung() -> None:
    scene = Scene(center(agents={name: member("sales") for name in ("anna", "ben", "carl")}))
    free_in_order(scene, "ben", "carl", "anna")
    for name in ("c1", "c2", "c3"):
        scene.arrive(name)
    assert scene.rung() == [("c1", "ben"), ("c2", "carl"), ("c3", "anna")]


def test_idle_time_begins_anew_after_a_talk_and_its_wrap_up() -> None:
    scene = Scene(center({"sales": Queue(wrap_up_s=10)}, agents={"anna": member("sales"), "ben": member("sales")}))
    free_in_order(scene, "anna")
    scene.arrive("c1")
    scene.answer("anna")
    scene.wait(30)
    scene.agent_hangs_up("anna")
    scene.wait(5)
    scene.login("ben")  # idle from now; anna's wrap-up ends 5 s later
    scene.wait(10)
    scene.arrive("c2")
    assert scene.rung()[-1] == ("c2", "ben")


def test_level_goes_before_idle_time() -> None:
    scene = Scene(center(agents={"anna": member("sales/2"), "ben": member("sales/1")}))
    free_in_order(scene, "anna", "ben")
    scene.arrive("c1")
    assert scene.rung() == [("c1", "ben")]


def test_penalty_goes_before_idle_time_within_a_level() -> None:
    scene = Scene(center(agents={"anna": member("sales/1+5"), "ben": member("sales/1+1"), "carl": member("sales/2")}))
    free_in_order(scene, "carl", "anna", "ben")
    for name in ("c1", "c2", "c3"):
        scene.arrive(name)
    assert scene.rung() == [("c1", "ben"), ("c2", "anna"), ("c3", "carl")]


def test_level_and_penalty_are_those_of_the_callers_queue() -> None:
    agents = {"anna": member("sales/2", "support/1"), "ben": member("sales/1", "support/2")}
    scene = Scene(center({"sales": Queue(), "support": Queue()}, agents=agents))
    free_in_order(scene, "anna", "ben")
    scene.arrive("c1", "sales")
    assert scene.rung() == [("c1", "ben")]


def test_the_flexible_agent_is_kept_back() -> None:
    agents = {"anna": member("sales", "support"), "ben": member("sales")}
    scene = Scene(center({"sales": Queue(), "support": Queue()}, agents=agents))
    scene.login("anna", "ben")  # equally long idle
    scene.arrive("c1", "sales")
    assert scene.rung() == [("c1", "ben")]


def test_identity_decides_what_nothing_else_does() -> None:
    scene = Scene(center(agents={"ben": member("sales"), "anna": member("sales")}))
    scene.login("ben", "anna")
    scene.arrive("c1")
    assert scene.rung() == [("c1", "anna")]


def test_ring_all_rings_everyone_at_once_and_one_wins() -> None:
    scene = Scene(center(RING_ALL, agents={name: member("sales") for name in ("anna", "ben", "carl")}))
    scene.login("anna", "ben", "carl")
    scene.arrive("c1")
    [ring] = scene.commands(Ring)
    assert len(ring.legs) == 3
    for agent in ("anna", "ben", "carl"):
        scene.rings(agent)
    scene.wait(3)
    scene.answer("ben")
    assert scene.state("c1") == "talking"
    assert scene.contact("c1").agent == "ben"
    assert sorted(scene.offer_ends()) == [("anna", "lost"), ("ben", "accepted"), ("carl", "lost")]
    assert [str(scene.agent(name).activity) for name in ("anna", "ben", "carl")] == ["idle", "talking", "idle"]
    assert scene.outcomes("c1") == ["answered"]


def test_who_lost_a_ring_all_is_free_for_the_next_at_once_and_misses_nothing() -> None:
    scene = Scene(center(RING_ALL, agents={"anna": member("sales"), "ben": member("sales")}))
    scene.login("anna", "ben")
    scene.arrive("c1")
    for agent in ("anna", "ben"):
        scene.rings(agent)
    scene.arrive("c2")
    scene.answer("anna")
    assert scene.offered("ben") == "c2"
    assert (scene.agent("ben").missed, str(scene.agent("ben").status)) == (0, "available")


def test_ring_all_goes_on_while_one_phone_is_busy() -> None:
    scene = Scene(center(RING_ALL, agents={"anna": member("sales"), "ben": member("sales")}))
    scene.login("anna", "ben")
    scene.arrive("c1")
    scene.fail("anna", RingResult.BUSY)
    assert scene.state("c1") == "offered"
    scene.answer("ben")
    assert scene.state("c1") == "talking"


def test_ring_all_that_nobody_answers_is_missed_by_all() -> None:
    scene = Scene(center(RING_ALL, agents={"anna": member("sales"), "ben": member("sales")}))
    scene.login("anna", "ben")
    scene.arrive("c1")
    scene.rings("ben")
    scene.miss("anna")
    scene.fail("ben", RingResult.NO_ANSWER)
    assert sorted(scene.offer_ends()) == [("anna", "missed"), ("ben", "missed")]
    assert scene.state("c1") == "waiting"
    assert scene.outcomes("c1") == []


def test_ring_all_takes_only_the_best_level() -> None:
    scene = Scene(
        center(RING_ALL, agents={"anna": member("sales/1"), "ben": member("sales/2"), "carl": member("sales")})
    )
    scene.login("anna", "ben", "carl")
    scene.arrive("c1")
    assert sorted(agent for _, agent in scene.rung()) == ["anna", "carl"]


def test_the_rule_is_named_in_the_reason() -> None:
    scene = Scene(center(RING_ALL, agents={"anna": member("sales"), "ben": member("sales")}))
    scene.login("anna", "ben")
    scene.arrive("c1")
    assert {change.why.rule for change in scene.changes(Kind.OFFER) if change.why} == {"ring_all"}
