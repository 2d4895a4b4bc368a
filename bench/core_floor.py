"""A busy centre of any size for bench.core: who is in it, and what one decision costs there.

Everybody who may talk talks, the line is full, and every talk that ends is followed by another caller. No clock but the
CPU's, nothing on a wire.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from cti import center
from cti.acd import floor as floors
from cti.acd.matching import match
from cti.center import ContactCenter
from cti.metrics.live import LiveView
from cti.metrics.queue_log import QueueLogLines
from cti.model import events as ev
from cti.model import policy
from cti.model.changes import Changed
from cti.model.commands import Ring
from cti.model.words import CallId, ContactState, NodeId, OfferId, RingResult

NODE = NodeId("node1")
QUEUES, SKILLS, QUEUES_EACH, LEVELS = 500, 50, 5, 4
BUSY = 0.95  # of the agents, before the line is filled

Reader = Callable[[Changed], object]


class Decided(NamedTuple):
    """CPU time of one decision, and of the event that it was part of."""

    decision_us: float
    event_us: float


@contextmanager
def decision_timed() -> Iterator[list[float]]:
    """The microseconds of each look that the core takes at whom to serve."""
    took_us: list[float] = []

    def timed(floor: floors.Floor) -> None:
        began = time.thread_time()
        match(floor)
        took_us.append(1e6 * (time.thread_time() - began))

    center.match = timed
    try:
        yield took_us
    finally:
        center.match = match


def requirement_sets(count: int, chance: random.Random) -> list[dict[str, int]]:
    """`count` different sets of requirements, of one to three skills each."""
    seen: dict[tuple[tuple[str, int], ...], None] = {}
    while len(seen) < count:
        skills = chance.sample(range(SKILLS), chance.choice((1, 1, 2, 3)))
        seen[tuple(sorted((f"s{skill}", chance.randint(1, LEVELS // 2)) for skill in skills))] = None
    return [dict(each) for each in seen]


def center_of(agents: int, queues: int, sets: int, chance: random.Random) -> policy.Center:
    """Every agent has every skill at some level, so that he may serve a good part of those in his queues."""
    rings = (policy.Ring(after_s=3_600, accept={"s0": 1}),)
    return policy.Center(
        queues={f"q{n}": policy.Queue(target_s=chance.choice((20, 20, 60)), rings=rings) for n in range(queues)},
        agents={
            f"a{n}": policy.Agent(
                phone=f"PJSIP/{n}",
                skills={f"s{skill}": chance.randint(1, LEVELS) for skill in range(SKILLS)},
                queues={f"q{q}": policy.Membership(level=chance.choice((1, 2))) for q in _some(n, queues, chance)},
                starts="available",
            )
            for n in range(agents)
        },
        entries={
            f"{q}*{n}": policy.Entry(queue=f"q{q}", requires=each)
            for n, each in enumerate(requirement_sets(sets, chance))
            for q in range(queues)
        },
        settle_s=0.0,
    )


def _some(agent: int, queues: int, chance: random.Random) -> list[int]:
    """One queue by turns, so that as many as possible have an agent, and others by lot."""
    first = agent % queues
    return [first, *chance.sample([q for q in range(queues) if q != first], min(QUEUES_EACH, queues) - 1)]


def servable(rules: policy.Center) -> list[str]:
    """The numbers that somebody may serve: others would fill the line with callers who never leave it."""
    members: dict[str, list[policy.Agent]] = {}
    for agent in rules.agents.values():
        for queue in agent.queues:
            members.setdefault(queue, []).append(agent)
    return [
        number
        for number, entry in rules.entries.items()
        if any(
            all(agent.skills[skill] >= level for skill, level in entry.requires.items())
            for agent in members.get(entry.queue, ())
        )
    ]


class Floor:
    """A busy centre of a given size: every agent talks, `waiting` callers wait."""

    def __init__(
        self, waiting: int, agents: int, queues: int = QUEUES, sets: int = 5, *, readers: bool = False
    ) -> None:
        self.size = (waiting, agents, queues, sets)
        self.events, self.spent_s = 0, 0.0
        self._waiting = waiting
        self._chance = random.Random(waiting * 31 + agents * 7 + sets)
        rules = center_of(agents, queues, sets, self._chance)
        self._core = ContactCenter(rules)
        self._numbers = servable(rules)
        self._now, self._calls = 1_700_000_000.0, 0
        self._talks: list[tuple[CallId, OfferId]] = []
        self._readers: list[Reader] = [LiveView(rules).apply, QueueLogLines(rules).lines] if readers else []
        while len(self._talks) < BUSY * agents:
            self._arrive()
        self._fill()
        waits = [contact.call for contact in self._core.contacts.values() if contact.state is ContactState.WAITING]
        for call in waits[waiting:]:
            self._handle(ev.CallGone(call))

    def _arrive(self) -> None:
        self._calls += 1
        call, number = CallId(f"node1/{self._calls}"), self._chance.choice(self._numbers)
        self._handle(ev.CallArrived(call, NODE, "PJSIP/trunk", number, "+4930123456"))

    def _fill(self) -> None:
        while len(self._core.contacts) - len(self._talks) < self._waiting:
            self._arrive()

    def _handle(self, event: ev.AnyEvent) -> float:
        """Microseconds of the core (and the readers, if any). Whoever is rung answers at once."""
        self._now += 0.001
        self.events += 1
        began = time.thread_time()
        outputs = self._core.handle(self._now, event)
        for reader in self._readers:
            for output in outputs:
                if type(output) is Changed:
                    reader(output)
        took_s = time.thread_time() - began
        self.spent_s += took_s
        for output in outputs:
            if type(output) is Ring:
                offer = output.legs[0].offer
                self._talks.append((output.call, offer))
                self._handle(ev.OfferAnswered(offer))
        return 1e6 * took_s

    def run(self, decisions: int) -> list[Decided]:
        """Talks end, one after the other, until so many of these events have given the agent a caller."""
        decided: list[Decided] = []
        while len(decided) < decisions:
            while not self._talks:
                self._arrive()
            place = self._chance.randrange(len(self._talks))
            self._talks[place], self._talks[-1] = self._talks[-1], self._talks[place]
            call, offer = self._talks.pop()
            talks = len(self._talks)
            with decision_timed() as matched_us:
                took_us = self._handle(ev.RingEnded(call, RingResult.ANSWERED, 60.0, True, offer))
            if len(self._talks) > talks:
                decided.append(Decided(matched_us[0], took_us))
            self._handle(ev.CallGone(call))
            self._fill()
        return decided
