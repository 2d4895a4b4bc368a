"""When several agents are free: who is rung?"""

from __future__ import annotations

from itertools import pairwise

import pytest
from kit import Queue, Scene, center, member

from cti.center import ContactCenter
from cti.model import policy
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


# --- the other strategies ---------------------------------------------------------------------------------------------


def queue_of(strategy: Strategy, agents: dict[str, object], **more: object) -> Scene:
    return Scene(center({"sales": Queue(strategy=strategy, **more)}, agents=agents))  # type: ignore[arg-type]


def served(scene: Scene, *talks: float) -> list[str]:
    """Who gets the next callers, one at a time, with talks of so many seconds."""
    who = []
    for talk_s in talks:
        name = f"n{len(scene.history)}"
        scene.arrive(name)
        who.append(scene.rung()[-1][1])
        scene.talk(who[-1], talk_s)
        scene.wait(1)
    return who


def test_fewest_contacts_counts_since_he_logged_in() -> None:
    scene = queue_of(Strategy.FEWEST_CONTACTS, {"anna": member("sales"), "ben": member("sales")})
    scene.login("anna")
    assert served(scene, 10, 10, 10) == ["anna"] * 3
    scene.login("ben")
    assert served(scene, 10, 10, 10) == ["ben"] * 3
    assert served(scene, 10, 10) == ["anna", "ben"]  # four each from here on: the longest idle first
    scene.logout("anna")
    scene.login("anna")
    assert served(scene, 10, 10) == ["anna", "anna"]


def test_least_occupied_compares_shares_of_time() -> None:
    scene = queue_of(Strategy.LEAST_OCCUPIED, {"anna": member("sales"), "ben": member("sales")}, wrap_up_s=20)
    scene.login("anna", "ben")
    assert served(scene, 100) == ["anna"]
    scene.ready("anna")
    assert served(scene, 30) == ["ben"]
    scene.wait(30)  # anna: 100 and a second of wrap-up; ben: 30 and 20
    assert served(scene, 5) == ["ben"]
    scene.wait(30)
    assert served(scene, 5) == ["ben"]
    scene.wait(30)
    scene.pause("ben")
    scene.wait(60)
    scene.unpause("ben")  # a break is part of the time since he logged in
    assert served(scene, 5) == ["ben"]


def test_least_occupied_is_no_matter_of_seconds_alone() -> None:
    scene = queue_of(Strategy.LEAST_OCCUPIED, {"anna": member("sales"), "ben": member("sales")})
    scene.login("anna")
    assert served(scene, 100) == ["anna"]
    scene.wait(899)
    scene.login("ben")
    scene.pause("anna")
    assert served(scene, 40) == ["ben"]
    scene.unpause("anna")
    assert served(scene, 1) == ["anna"]  # 100 of 1,041 s against 40 of 40


def test_wrap_up_is_work() -> None:
    agents = {"anna": member("sales", "support/2"), "ben": member("sales", "support")}
    queues = {"sales": Queue(strategy=Strategy.LEAST_OCCUPIED, wrap_up_s=60), "support": Queue()}
    scene = Scene(center(queues, agents=agents))
    scene.login("anna", "ben")
    scene.wait(100)
    scene.arrive("c1", "sales")
    scene.talk("anna", 10)  # and 60 s of wrap-up
    scene.arrive("c2", "support")
    scene.talk("ben", 40)
    scene.wait(20)
    scene.arrive("c3", "sales")
    assert scene.rung()[-1] == ("c3", "ben")  # 40 of 150 s against 70 of 170


def test_round_robin_asks_him_who_was_asked_longest_ago() -> None:
    scene = queue_of(Strategy.ROUND_ROBIN, {name: member("sales") for name in ("anna", "ben", "carl")})
    scene.login("anna", "ben", "carl")
    first = served(scene, 10, 500, 10, 10, 10)
    assert first == ["anna", "ben", "carl", "anna", "ben"]
    scene.pause("carl")  # carl's idle time begins anew, his turn does not
    scene.unpause("carl")
    assert served(scene, 10) == ["carl"]


def test_round_robin_counts_what_he_missed_and_what_other_queues_asked() -> None:
    agents = {"anna": member("sales", "support"), "ben": member("sales")}
    scene = Scene(center({"sales": Queue(strategy=Strategy.ROUND_ROBIN), "support": Queue()}, agents=agents))
    scene.login("ben")
    assert served(scene, 10) == ["ben"]
    scene.login("anna")
    scene.arrive("c1", "support")
    scene.talk("anna", 1)
    assert served(scene, 10) == ["ben"]


def test_linear_is_the_order_of_the_configuration() -> None:
    scene = queue_of(Strategy.LINEAR, {"ben": member("sales"), "anna": member("sales"), "carl": member("sales/2")})
    free_in_order(scene, "carl", "anna", "ben")
    assert served(scene, 10, 10) == ["ben", "ben"]
    scene.pause("ben")
    assert served(scene, 10) == ["anna"]
    scene.pause("anna")
    assert served(scene, 10) == ["carl"]


def test_best_skill_sums_the_levels_of_what_is_asked_for() -> None:
    agents = {
        "anna": member("sales", en=2, tech=3, golf=9),
        "ben": member("sales", en=4, tech=2),
        "carl": member("sales", en=4, tech=2),
        "dora": member("sales/2", en=9, tech=9),
    }
    scene = queue_of(Strategy.BEST_SKILL, agents, requires={"en": 2, "tech": 1})
    free_in_order(scene, "anna", "dora", "carl", "ben")
    for name in ("c1", "c2", "c3", "c4"):
        scene.arrive(name)
    assert [agent for _, agent in scene.rung()] == ["carl", "ben", "anna", "dora"]


def test_lots_fall_by_weight_each_time_anew() -> None:
    agents = {
        "anna": member("sales*1"),
        "ben": member("sales*3"),
        "carl": member("sales*4"),
        "dora": member("sales/2*9"),
    }
    scene = queue_of(Strategy.WEIGHTED_RANDOM, agents)
    scene.login(*agents)
    drawn = []
    for _ in range(1600):
        drawn += served(scene, 1)
        scene.told.clear()
    # Standard deviations: 13, 19 and 20; and what was drawn does not depend on what was drawn before.
    assert abs(drawn.count("anna") - 200) < 4 * 13
    assert abs(drawn.count("ben") - 600) < 4 * 19
    assert abs(drawn.count("carl") - 800) < 4 * 20
    assert drawn.count("dora") == 0
    again = sum(first == second == "carl" for first, second in pairwise(drawn))
    assert abs(again - 400) < 4 * 26


def test_lots_are_the_same_for_the_same_seed_and_others_for_another() -> None:
    def first_20(seed: int) -> list[str]:
        agents = {name: member("sales") for name in ("anna", "ben", "carl")}
        scene = queue_of(Strategy.WEIGHTED_RANDOM, agents)
        scene.center = ContactCenter(scene.policy, strict=True, seed=seed)
        scene.login(*agents)
        return served(scene, *[1.0] * 20)

    assert first_20(1) == first_20(1)
    assert first_20(1) != first_20(2)


def test_ring_all_rings_no_more_phones_than_a_dial_can_carry() -> None:
    agents = {f"a{number:02d}": member("sales") for number in range(40)}
    scene = Scene(center(RING_ALL, agents=agents))
    free_in_order(scene, *agents)
    scene.arrive("c1")
    scene.arrive("c2")
    assert [len(ring.legs) for ring in scene.commands(Ring)] == [32, 8]
    assert {agent for _, agent in scene.rung()[:32]} == {f"a{number:02d}" for number in range(32)}


def test_ring_all_takes_the_queues_own_before_those_of_a_ring() -> None:
    """And of these those of the best level, all of whom count as equal who come by a group."""
    rings = (policy.Ring(after_s=10, groups=("office",)),)
    agents = {
        "anna": member("sales/2"),
        "olga": member("other/5+9", groups=("office",)),
        "otto": member(groups=("office",)),
    }
    queues = {"sales": Queue(strategy=Strategy.RING_ALL, rings=rings), "other": Queue()}
    for there, rung in (
        (("anna", "olga", "otto"), {"anna"}),
        (("olga", "otto"), {"olga", "otto"}),
    ):
        scene = Scene(center(queues, agents=agents, settle_s=10), nodes=["node1"])
        scene.arrive("c0")
        scene.arrive("c1")
        scene.login(*there)
        scene.wait(10)
        assert {agent for call, agent in scene.rung() if call == "c0"} == rung


def test_a_group_is_asked_by_idle_time_whatever_its_agents_own_queues_say() -> None:
    rings = (policy.Ring(after_s=1, groups=("office",)),)
    agents = {
        "olga": member("other/5+9", groups=("office",)),
        "otto": member("other/1+0", groups=("office",)),
    }
    scene = Scene(center({"sales": Queue(rings=rings), "other": Queue(strategy=Strategy.LINEAR)}, agents=agents))
    free_in_order(scene, "olga", "otto")
    scene.arrive("c1")
    scene.wait(1)
    assert scene.rung() == [("c1", "olga")]


def test_another_queues_agents_are_asked_in_that_queues_order() -> None:
    rings = (policy.Ring(after_s=1, queues=("other",)),)
    agents = {"olga": member("other/2"), "otto": member("other/1+3"), "ole": member("other/1+1")}
    scene = Scene(center({"sales": Queue(rings=rings), "other": Queue()}, agents=agents))
    free_in_order(scene, "olga", "otto", "ole")
    for name in ("c1", "c2", "c3"):
        scene.arrive(name)
    scene.wait(1)
    assert [agent for _, agent in scene.rung()] == ["ole", "otto", "olga"]
