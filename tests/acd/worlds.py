"""Which small worlds does the reference judge? Random policies with every rule of routing in them, random events."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

from kit import Entry, Exit, HeadStart, Queue, Ring, Scene, center, member

from cti.model.changes import Kind
from cti.model.policy import Center, MissedOffers, Strategy
from cti.model.words import Activity, AgentAction, AgentId, AgentStatus, RingResult

from .reference import Judge

QUEUES = ("sales", "support", "claims")
AGENTS = ("anna", "ben", "carl", "dora", "emil")
GROUPS = ("office", "field")
SKILLS = ("en", "tech")
SEGMENTS = ("gold", "silver", "")
FAILURES = (RingResult.NO_ANSWER, RingResult.BUSY, RingResult.REJECTED, RingResult.UNREACHABLE)


def policy_of(seed: int, *, plain: bool = False) -> Center:
    """A centre of three queues and five agents; `plain`: longest idle, and no ring."""
    chance = Random(seed)
    queues = {name: _queue(chance, plain) for name in QUEUES}
    agents = {}
    for name in AGENTS:
        places = [
            f"{queue}/{chance.choice((1, 1, 2))}+{chance.choice((0, 0, 3, 7))}*{chance.choice((1, 4))}"
            for queue in QUEUES
        ]
        mine = chance.sample(places, chance.randint(0 if name == "emil" else 1, 3))
        groups = tuple(chance.sample(GROUPS, chance.choice((0, 0, 1, 2))))
        agents[name] = member(*mine, groups=groups, en=chance.randint(1, 3), tech=chance.randint(1, 2))
    entries = {
        f"700{number}": Entry(
            queue=queue,
            head_start_s=chance.choice((0, 10)),
            requires=chance.choice(({}, {"tech": 2}, {"en": 3})),
            preferred=tuple(chance.sample(AGENTS, chance.choice((0, 1, 2)))),
        )
        for number, queue in enumerate(QUEUES)
    }
    missed = MissedOffers(not_again_s=chance.choice((20.0, 60.0)), pause_after_missed=chance.choice((0, 2)))
    return center(queues, agents=agents, entries=entries, missed_offers=missed)


def _queue(chance: Random, plain: bool) -> Queue:
    gold = HeadStart(when={"segment": "gold"}, seconds=30)
    old_gold = HeadStart(when={"segment": "gold", "since": "1999"}, seconds=50)
    times = sorted(chance.sample((3, 5, 10, 20, 40), chance.choice((0, 0, 1, 2, 3))))
    return Queue(
        target_s=chance.choice((10, 20, 60)),
        urgency_target_s=chance.choice((None, None, 5, 120)),
        tier=chance.choice((1, 5, 5, 5)),
        head_start_s=chance.choice((0, 0, 15)),
        head_starts=chance.choice(((), (gold,), (old_gold, gold))),
        requires=chance.choice(({}, {}, {"en": 2}, {"en": 1, "tech": 1}, {"en": 3})),
        strategy=Strategy.LONGEST_IDLE if plain else chance.choice(tuple(Strategy)),
        rings=() if plain else tuple(_ring(chance, after_s) for after_s in times),
        preferred_for_s=chance.choice((0.0, 5.0, 15.0)),
        min_penalty=chance.choice((0, 0, 0, 3)),
        max_penalty=chance.choice((1000, 1000, 3, 4)),
        wrap_up_s=chance.choice((0, 0, 5)),
        max_wait_s=chance.choice((None, None, 90)),
        on_max_wait=Exit(queue=chance.choice((None, *QUEUES))),
    )


def _ring(chance: Random, after_s: float) -> Ring:
    return Ring(
        after_s=after_s,
        accept=chance.choice(({}, {"en": 1}, {"en": 2}, {"en": 0, "tech": 0}, {"tech": 1})),
        groups=tuple(chance.sample(GROUPS, chance.choice((0, 0, 1, 2)))),
        queues=tuple(chance.sample(QUEUES, chance.choice((0, 0, 1, 2)))),
        min_penalty=chance.choice((None, None, 0)),
        max_penalty=chance.choice((None, None, 5, 1000)),
    )


class World:
    """A scene whose people do what a number tells them to; every decision is judged."""

    def __init__(self, seed: int, *, plain: bool = False) -> None:
        self.scene = Scene(policy_of(seed, plain=plain))
        self.judge = Judge(self.scene)
        self.callers = 0

    def step(self, number: int) -> list[Any]:
        """One thing happens. Many numbers mean an arrival or an answer, few mean trouble."""
        chance, scene = Random(number), self.scene
        waited = len(scene.told)
        scene.wait(chance.choice((0.001, 0.5, 3.0, 3.0, 20.0)))
        agent = chance.choice(AGENTS)
        what = chance.random()
        if what < 0.35:
            self._calls(chance)
        elif what < 0.65:
            self._at_the_phone(agent, chance)
        elif what < 0.77:
            action = AgentAction.LOGIN if scene.agent(agent).status is AgentStatus.LOGGED_OUT else AgentAction.READY
            scene.request(agent, action)
        elif what < 0.82:
            scene.request(agent, chance.choice(tuple(AgentAction)), "break")
        elif what < 0.88 and scene.center.contacts:
            contact = chance.choice(sorted(scene.center.contacts.values(), key=lambda contact: contact.id))
            if contact.call not in scene.gone:
                scene.caller_hangs_up(contact.call)
        return scene.told[waited:]

    def _calls(self, chance: Random) -> None:
        self.callers += 1
        number = chance.randrange(len(QUEUES))
        customer = {"segment": chance.choice(SEGMENTS), "since": chance.choice(("1999", "2020"))}
        own = chance.sample((*AGENTS, "nobody"), chance.choice((0, 0, 0, 1, 2)))
        self.scene.arrive(
            f"{self.callers:03d}",
            None,
            dialled=chance.choice((f"600{number + 1}", f"600{number + 1}", f"700{number}")),
            customer=customer,
            preferred=tuple(map(AgentId, own)),
        )

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
