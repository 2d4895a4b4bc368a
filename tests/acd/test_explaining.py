"""Does an explanation name the reason that really decided, with its numbers, and nobody who was not there?"""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from kit import START, Queue, Ring, Scene, center, member

from cti.acd.explaining import Place, availability, contenders, lost_by
from cti.acd.line import WaitingClass
from cti.acd.reach import reach_of
from cti.model.changes import Changed, Contender, Kind, Why
from cti.model.explanation import LostBy, Reason, Standing
from cti.model.policy import MissedOffers, Strategy
from cti.model.words import AgentAction, AgentId, QueueName, RingResult

from .worlds import World

pytestmark = pytest.mark.unit


def look(scene: Scene, call: str) -> dict[str, Standing]:
    """How everybody stands towards a waiting call now."""
    now = scene.center.explain_contact(scene.contact(call).id, scene.now)
    assert now is not None and now.look is not None
    return {str(each.agent): each for each in now.look.standings}


def whys(scene: Scene) -> list[Why]:
    return [told.why for told in scene.changes(Kind.OFFER, old="") if told.why is not None]


def test_each_agent_has_his_reason_with_its_numbers() -> None:
    agents = {
        "anna": member("sales", en=3),
        "ben": member("sales", en=1),
        "carl": member("sales/1+7", en=3),
        "dora": member("sales", en=3),
        "emil": member("support", en=3),
        "fay": member("sales", en=3),
    }
    queues = {"sales": Queue(requires={"en": 2}, max_penalty=5, wrap_up_s=10), "support": Queue()}
    scene = Scene(center(queues, agents=agents))
    scene.login("anna")
    scene.arrive("c0")
    scene.talk("anna", 5)  # and wraps up
    scene.wait(3)
    scene.login("fay")
    scene.request("fay", AgentAction.PAUSE, "lunch")
    scene.wait(4)
    scene.arrive("c1")
    found = look(scene, "c1")
    assert (found["anna"].reason, found["anna"].left_s) == (Reason.WRAPUP, 3)
    assert (found["ben"].reason, found["ben"].detail, found["ben"].have, found["ben"].need) == (
        Reason.SKILL,
        "en",
        1,
        2,
    )
    assert (found["carl"].reason, found["carl"].have, found["carl"].need, found["carl"].most) == (
        Reason.PENALTY,
        7,
        0,
        5,
    )
    assert found["dora"].reason is Reason.LOGGED_OUT
    assert (found["fay"].reason, found["fay"].detail, found["fay"].for_s) == (Reason.ON_BREAK, "lunch", 4)
    assert "emil" not in found  # elsewhere: only counted
    now = scene.center.explain_contact(scene.contact("c1").id, scene.now)
    assert now is not None and now.look is not None and now.look.counts["elsewhere"] == 1


def test_who_missed_it_is_excluded_for_so_long_and_the_busy_rest() -> None:
    policy = center(
        agents={"anna": member("sales"), "ben": member("sales")},
        missed_offers=MissedOffers(not_again_s=60, rest_after_busy_s=5, pause_after_missed=0),
    )
    scene = Scene(policy)
    scene.login("anna")
    scene.arrive("c1")
    scene.miss("anna")
    scene.wait(10)
    found = look(scene, "c1")["anna"]
    assert (found.reason, found.left_s) == (Reason.EXCLUDED, 50)
    scene.arrive("c2")  # anna is free for this one
    scene.wait(2)
    scene.fail("anna", RingResult.BUSY)
    scene.wait(2)
    found = look(scene, "c2")["anna"]
    assert (found.reason, found.left_s) == (Reason.RESTING, pytest.approx(3))


def test_rings_to_come_and_lower_levels_to_come_are_told() -> None:
    rings = (Ring(after_s=20, groups=("office",)), Ring(after_s=40, accept={"en": 1}))
    agents = {"anna": member("sales", en=1), "ben": member(groups=("office",), en=3)}
    scene = Scene(center({"sales": Queue(requires={"en": 2}, rings=rings)}, agents=agents))
    scene.arrive("c1")
    scene.wait(5)
    found = look(scene, "c1")
    assert (found["anna"].reason, found["anna"].left_s) == (Reason.SKILL, 35)
    assert (found["ben"].reason, found["ben"].left_s) == (Reason.LATER, 15)
    scene.login("ben")
    answer = scene.center.explain_agent(AgentId("ben"), scene.now)
    assert answer is not None
    (queue,) = answer.queues
    assert (queue.serves, queue.waiting, queue.for_him) == (False, 1, 0)
    assert [(each.reason, each.contacts, each.left_s) for each in queue.obstacles] == [(Reason.LATER, 1, 15)]


def test_a_free_agent_hears_how_many_are_asked_before_him() -> None:
    scene = Scene(center(agents={"anna": member("sales"), "ben": member("sales"), "carl": member("sales")}))
    for agent in ("anna", "ben", "carl"):
        scene.login(agent)
        scene.wait(1)
    answer = scene.center.explain_agent(AgentId("carl"), scene.now)
    assert answer is not None
    assert (answer.standing.reason, answer.standing.idle_s) == (Reason.FREE, 1)
    assert [(each.free_agents, each.asked_before, each.waiting) for each in answer.queues] == [(3, 2, 0)]
    assert scene.center.explain_agent(AgentId("nobody"), scene.now) is None


@pytest.mark.parametrize(
    ("mine", "best", "behind"),
    [
        ((1, 1, 0, 5.0, 1.0), (0, 2, 9, 9.0, 9.0), LostBy.RING),
        ((0, 2, 0, 5.0, 1.0), (0, 1, 9, 9.0, 9.0), LostBy.LEVEL),
        ((0, 1, 3, 5.0, 1.0), (0, 1, 2, 9.0, 9.0), LostBy.PENALTY),
        ((0, 1, 0, 5.0, 1.0), (0, 1, 0, 4.0, 9.0), LostBy.FIGURE),
        ((0, 1, 0, 5.0, 2.0), (0, 1, 0, 5.0, 1.0), LostBy.IDLE),
        ((0, 1, 0, 5.0, 1.0), (0, 1, 0, 5.0, 1.0), LostBy.FLEXIBLE),
    ],
)
def test_the_first_difference_is_the_reason(mine: Any, best: Any, behind: LostBy) -> None:
    agents = {"anna": member("sales"), "ben": member("sales", "support")}
    policy = center({"sales": Queue(), "support": Queue()}, agents=agents)
    his, hers = Contender(AgentId("ben"), *mine), Contender(AgentId("anna"), *best)
    assert lost_by(policy, Strategy.FEWEST_CONTACTS, hers, his) is behind


def test_the_chosen_comes_first_even_where_the_order_is_another() -> None:
    queues = {"sales": Queue(requires={"en": 1}, strategy=Strategy.BEST_SKILL)}
    scene = Scene(center(queues, agents={"anna": member("sales", en=1), "ben": member("sales", en=3)}))
    for agent in ("anna", "ben"):
        scene.login(agent)
        scene.wait(1)
    scene.arrive("c1")
    (why,) = whys(scene)
    assert why.sought is not None
    place = Place(WaitingClass(reach_of(QueueName("sales"), why.sought), 0), scene.policy.queues["sales"], START, {})
    found = contenders(scene.policy, place, why, scene.now, {AgentId("ben")})
    assert [(each.agent, each.chosen, each.figure, each.lost_by) for each in found] == [
        ("ben", True, 3, None),
        ("anna", False, 1, LostBy.FIGURE),
    ]


def test_a_decision_tells_in_which_reach_it_was_made_and_by_which_policy() -> None:
    policy = center({"sales": Queue(requires={"en": 1})}, agents={"anna": member("sales", en=3)})
    scene = Scene(policy)
    scene.login("anna")
    scene.arrive("c1")
    (why,) = whys(scene)
    assert why.sought is not None
    assert (why.sought.pools, why.sought.requires, why.ring) == (("queue:sales",), (("en", 1),), 0)
    assert why.contenders == (Contender(AgentId("anna"), 0, 1, 0, START, START),)


# --- in many worlds: what is told agrees with what was decided --------------------------------------------------------


def watch(world: World) -> list[tuple[list[str], Why]]:
    """Who should have been compared by each decision, by the reference that knows the rules from their prose alone."""
    judge, compared = world.judge, []
    before = judge._judge_reason

    def noted(why: Why, contact: str, agent: str, line: list[str], free: set[str], now: float) -> None:
        able = judge.able(contact, free, now)
        asks = judge.asks(contact, now)
        in_order = sorted(able, key=lambda name: (able[name], judge._preference(asks[able[name][0]], name)))
        compared.append((in_order, why))
        before(why, contact, agent, line, free, now)

    judge._judge_reason = noted  # type: ignore[method-assign]
    return compared


@pytest.mark.parametrize("first", range(0, 400, 100))
def test_everybody_free_and_able_is_compared_in_order(first: int) -> None:
    decisions = 0
    for seed in range(first, first + 100):
        world, chance = World(seed), Random(seed)
        compared = watch(world)
        for _ in range(25):
            world.step(chance.getrandbits(32))
        for in_order, why in compared:
            assert [each.agent for each in why.contenders] == in_order[:10]
        decisions += len(compared)
    assert decisions > 400


@pytest.mark.parametrize("first", range(0, 300, 100))
def test_nobody_who_waits_is_explained_by_a_free_agent(first: int) -> None:
    reasons: set[Reason] = set()
    for seed in range(first, first + 100):
        world, chance = World(seed), Random(seed)
        for _ in range(20):
            world.step(chance.getrandbits(32))
            scene = world.scene
            for contact in scene.center.contacts.values():
                now = scene.center.explain_contact(contact.id, scene.now)
                assert now is not None
                for each in now.look.standings if now.look is not None else ():
                    assert each.reason is not Reason.FREE
                    reasons.add(each.reason)
            for agent in scene.center.agents.values():
                free = availability(agent, scene.now).reason is Reason.FREE
                assert free == agent.free(scene.now)
    assert reasons > {Reason.SKILL, Reason.PENALTY, Reason.EXCLUDED, Reason.LATER, Reason.WRAPUP, Reason.ON_BREAK}


def test_explaining_changes_nothing() -> None:
    def told(explained: bool) -> list[Changed]:
        world, chance = World(7), Random(7)
        for _ in range(25):
            world.step(chance.getrandbits(32))
            for contact in list(world.scene.center.contacts) if explained else ():
                world.scene.center.explain_contact(contact, world.scene.now)
        return world.scene.changes()

    assert told(True) == told(False)
