"""Which small worlds does the reference judge? Random policies, random events, and the decision by brute force."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

from kit import Queue, Scene, center, member

from cti.model.changes import Changed, Kind
from cti.model.commands import Ring
from cti.model.policy import Strategy
from cti.model.words import Activity, AgentAction, AgentStatus, ContactState, RingResult

QUEUES = ("sales", "support", "claims")
AGENTS = ("anna", "ben", "carl", "dora")
FAILURES = (RingResult.NO_ANSWER, RingResult.BUSY, RingResult.REJECTED, RingResult.UNREACHABLE)


def policy_of(seed: int, ring_all: bool) -> Any:
    chance = Random(seed)
    queues = {
        name: Queue(
            target_s=chance.choice((10, 20, 60)),
            tier=chance.choice((1, 5, 5, 5)),
            head_start_s=chance.choice((0, 0, 15)),
            requires=chance.choice(({}, {}, {"en": 2}, {"en": 1, "tech": 1})),
            strategy=chance.choice(tuple(Strategy)) if ring_all else Strategy.LONGEST_IDLE,
            wrap_up_s=chance.choice((0, 0, 5)),
            max_wait_s=chance.choice((None, None, 90)),
        )
        for name in QUEUES
    }
    agents = {}
    for name in AGENTS:
        places = [f"{queue}/{chance.choice((1, 1, 2))}+{chance.choice((0, 0, 3))}" for queue in QUEUES]
        mine = chance.sample(places, chance.randint(1, 3))
        agents[name] = member(*mine, en=chance.randint(1, 3), tech=chance.randint(1, 2))
    return center(queues, agents=agents)


class World:
    """A scene whose people do what a number tells them to."""

    def __init__(self, seed: int, ring_all: bool = True) -> None:
        self.scene = Scene(policy_of(seed, ring_all))
        self.callers = 0
        self.joined: dict[str, int] = {}  # contact -> order of its coming into a line

    def step(self, number: int) -> list[Any]:
        """One thing happens. Many numbers mean an arrival or an answer, few mean trouble."""
        chance, scene = Random(number), self.scene
        scene.wait(chance.choice((0.001, 0.5, 3.0, 3.0, 20.0)))
        waited = len(scene.told)
        agent = chance.choice(AGENTS)
        what = chance.random()
        if what < 0.3:
            self.callers += 1
            scene.arrive(f"{self.callers:03d}", chance.choice(QUEUES))
        elif what < 0.6:
            self._at_the_phone(agent, chance)
        elif what < 0.75:
            action = AgentAction.LOGIN if scene.agent(agent).status is AgentStatus.LOGGED_OUT else AgentAction.READY
            scene.request(agent, action)
        elif what < 0.8:
            scene.request(agent, chance.choice(tuple(AgentAction)), "break")
        elif what < 0.88 and scene.center.contacts:
            contact = chance.choice(sorted(scene.center.contacts.values(), key=lambda contact: contact.id))
            if contact.call not in scene.gone:
                scene.caller_hangs_up(contact.call)
        return scene.told[waited:]

    def _at_the_phone(self, agent: str, chance: Random) -> None:
        scene = self.scene
        match scene.agent(agent).activity:
            case Activity.RINGING if chance.random() < 0.6:
                scene.answer(agent)
            case Activity.RINGING:
                scene.fail(agent, chance.choice(FAILURES))
            case Activity.TALKING:
                scene.agent_hangs_up(agent)
            case _:
                scene.request(agent, AgentAction.LOGIN)

    # --- the reference ------------------------------------------------------------------------------------------------

    def rings_in(self, outputs: list[Any]) -> list[tuple[str, tuple[str, ...]]]:
        """What the core decided in its last look: (contact, agents rung), in order."""
        made = {
            told.offer: (str(told.contact), str(told.agent))
            for told in outputs
            if isinstance(told, Changed) and told.kind is Kind.OFFER and not told.old
        }
        return [
            (made[ring.legs[0].offer][0], tuple(made[leg.offer][1] for leg in ring.legs))
            for ring in outputs
            if isinstance(ring, Ring)
        ]

    def reference(self, outputs: list[Any]) -> list[tuple[str, tuple[str, ...]]]:
        """The same by brute force: undo the decisions in `outputs`, then take the best pair again and again."""
        scene, now = self.scene, self.scene.now
        decided = self.rings_in(outputs)
        contacts = {
            contact.id: contact
            for contact in scene.center.contacts.values()
            if (contact.state is ContactState.WAITING and contact.session) or contact.id in {c for c, _ in decided}
        }
        rung = {agent for _, agents in decided for agent in agents}
        free = {
            agent.id
            for agent in scene.center.agents.values()
            if agent.id in rung
            or (
                agent.status is AgentStatus.AVAILABLE
                and agent.activity is Activity.IDLE
                and agent.offer is None
                and not agent.legs
                and agent.rest_until <= now
            )
        }
        result = []
        while True:
            pairs = [(self._urgency_key(contact, now), contact) for contact in contacts.values()]
            for _, contact in sorted(pairs, key=lambda pair: pair[0]):
                if best := self._best(contact, free, now):
                    break
            else:
                return result
            del contacts[contact.id]
            free -= set(best)
            result.append((contact.id, best))

    def _urgency_key(self, contact: Any, now: float) -> tuple[Any, ...]:
        queue = self.scene.policy.queues[contact.queue]
        urgency = (queue.head_start_s + now - contact.since) / queue.target_s
        return (queue.tier, -urgency, contact.since, contact.id)

    def _best(self, contact: Any, free: set[str], now: float) -> tuple[str, ...]:
        queue = self.scene.policy.queues[contact.queue]
        keys = {}
        for name in free:
            agent = self.scene.policy.agents[name]
            place = agent.queues.get(contact.queue)
            if place is None or contact.tried.get(name, 0.0) > now:
                continue
            if all(agent.skills.get(skill, 0) >= level for skill, level in queue.requires.items()):
                live = self.scene.agent(name)
                keys[name] = ((place.level, place.penalty), (live.idle_since, len(agent.queues), name))
        if not keys:
            return ()
        in_order = sorted(keys, key=lambda name: keys[name])
        if queue.strategy is Strategy.LONGEST_IDLE:
            return (in_order[0],)
        return tuple(name for name in in_order if keys[name][0] == keys[in_order[0]][0])

    def check(self) -> None:
        """What must hold after every event: nobody has two offers, every offer and every agent agree."""
        center = self.scene.center
        for offer in center.offers.values():
            if offer.talk_ended_at is None:  # otherwise his part is over, and only who ended it is still unknown
                assert center.agents[offer.agent].offer == offer.id
            assert offer.id in center.contacts[offer.contact].offers
        assert not self.scene.changes(Kind.BUG)


@contextmanager
def forced(path: str, value: Callable[..., Any]) -> Iterator[None]:
    """Replace a method of the core for a moment ("package.module.Class.method")."""
    module, owner, name = path.rsplit(".", 2)
    target = getattr(importlib.import_module(module), owner)
    before = getattr(target, name)
    setattr(target, name, value)
    try:
        yield
    finally:
        setattr(target, name, before)
