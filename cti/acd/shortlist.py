"""Of the free agents of a pool who may take contacts of one class: who has the most skill, on whom falls the lot?

A shortlist is kept in its own order, beside that of the pool, so that nobody has to look at all who are free. It is
brought up to date when it is asked: the pool notes who came and who went (Notes), and only these are looked at again.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Collection, Iterable, Mapping

from cti.acd.agent import Agent
from cti.acd.chance import Chance
from cti.acd.line import WaitingClass
from cti.acd.strategy import Place
from cti.model.pools import PoolName
from cti.model.words import AgentId

SHORT_NOTES = 1024  # names, or twice as many as are free in the pool: then everybody begins anew
WEIGHT_UNIT = 1_000_000  # weights are counted in millionths: whole numbers do not drift


class Notes:
    """Who became free in a pool, or is so no longer, since they were begun. `volume` counts how often they were."""

    def __init__(self) -> None:
        self.names: list[AgentId] = []
        self.volume = 0

    def add(self, agent: AgentId, free: int) -> None:
        if len(self.names) >= max(SHORT_NOTES, 2 * free):
            self.names.clear()
            self.volume += 1
        self.names.append(agent)


class Shortlist:
    """What both have in common: who is on it."""

    def __init__(self, waiting: WaitingClass, pool: PoolName) -> None:
        self._kind = WaitingClass(waiting.reach._replace(excluded=frozenset()), 0)
        self._pool = pool
        self._volume = -1
        self._read = 0

    def catch_up(
        self,
        notes: Notes,
        free: Iterable[Place],
        agents: Mapping[AgentId, Agent],
        place_of: Callable[[AgentId], Place | None],
    ) -> None:
        """Read what was noted since; `free`: everybody who is, to begin with, `place_of`: where he stands, if he is."""
        names: Iterable[AgentId]
        if self._volume != notes.volume:
            self._volume = notes.volume
            self._clear()
            names = [place[-1] for place in free]
        else:
            names = dict.fromkeys(notes.names[self._read :])
        for name in names:
            place = place_of(name)
            # Who is no longer free may be no agent any more.
            if place is None or not self._kind.open_to(agents[name], self._pool):
                self._drop(name)
            else:
                self._take(agents[name], place)
        self._read = len(notes.names)

    def _clear(self) -> None:
        raise NotImplementedError

    def _take(self, agent: Agent, place: Place) -> None:
        raise NotImplementedError

    def _drop(self, name: AgentId) -> None:
        raise NotImplementedError


class Skilled(Shortlist):
    """By level and penalty, then by the sum of the levels in `asked`, then as the pool has them."""

    def __init__(self, waiting: WaitingClass, pool: PoolName, asked: tuple[str, ...]) -> None:
        super().__init__(waiting, pool)
        self._asked = asked
        self._clear()

    def _clear(self) -> None:
        self._heap: list[tuple[int, int, int, Place]] = []
        self._live: dict[AgentId, tuple[int, int, int, Place]] = {}

    def _take(self, agent: Agent, place: Place) -> None:
        skills = agent.policy.skills
        entry = (place[0], place[1], -sum([skills.get(skill, 0) for skill in self._asked]), place)
        if self._live.get(agent.id) != entry:
            self._live[agent.id] = entry
            heapq.heappush(self._heap, entry)

    def _drop(self, name: AgentId) -> None:
        self._live.pop(name, None)

    def first(self, excluded: Collection[AgentId]) -> AgentId | None:
        """Who is rung; None where there is nobody but the `excluded`."""
        heap, live = self._heap, self._live
        aside = []
        found = None
        while heap and found is None:
            name = heap[0][3][-1]
            if live.get(name) is not heap[0]:
                heapq.heappop(heap)
            elif name in excluded:
                aside.append(heapq.heappop(heap))
            else:
                found = name
        for entry in aside:
            heapq.heappush(heap, entry)
        return found


class Lots(Shortlist):
    """Those of the best level and penalty, each with the chance of his weight in `queue`."""

    def __init__(self, waiting: WaitingClass, pool: PoolName, queue: str) -> None:
        super().__init__(waiting, pool)
        self._queue = queue
        self._clear()

    def _clear(self) -> None:
        self._urns: dict[tuple[int, int], Urn] = {}
        self._urn_of: dict[AgentId, Urn] = {}

    def _take(self, agent: Agent, place: Place) -> None:
        self._drop(agent.id)
        member = agent.policy.queues.get(self._queue)
        urn = self._urn_of[agent.id] = self._urns.setdefault(place[:2], Urn())
        urn.put(agent.id, round((member.weight if member is not None else 1.0) * WEIGHT_UNIT))

    def _drop(self, name: AgentId) -> None:
        urn = self._urn_of.pop(name, None)
        if urn is not None:
            urn.put(name, 0)

    def draw(self, excluded: Collection[AgentId], chance: Chance) -> AgentId | None:
        """On whom the lot falls; None where there is nobody but the `excluded`."""
        for standing in sorted(self._urns):
            urn = self._urns[standing]
            out = {name: urn.weight(name) for name in sorted(excluded) if urn.weight(name)}
            for name in out:
                urn.put(name, 0)
            found = urn.draw(chance.draw()) if urn.total else None
            for name, weight in out.items():
                urn.put(name, weight)
            if found is not None:
                return found
        return None


class Urn:
    """Names with whole weights, of which one is drawn in steps of the logarithm of their number.

    A tree of sums over numbered places (Fenwick 1994). Who leaves it leaves his place to the next one who comes.
    """

    def __init__(self) -> None:
        self.total = 0
        self._names: list[AgentId | None] = [None]
        self._sums = [0, 0]  # from place 1 on; as long as the next power of two
        self._weights: dict[AgentId, tuple[int, int]] = {}  # place and weight
        self._vacant: list[int] = [0]

    def weight(self, name: AgentId) -> int:
        return self._weights.get(name, (0, 0))[1]

    def put(self, name: AgentId, weight: int) -> None:
        """`name` has this weight from now on; 0 takes it out."""
        place, before = self._weights.pop(name, (-1, 0))
        if weight == before == 0:
            return
        if place < 0:
            if not self._vacant:
                self._grow()
            place = self._vacant.pop()
        if weight:
            self._names[place], self._weights[name] = name, (place, weight)
        else:
            self._names[place] = None
            self._vacant.append(place)
        self.total += weight - before
        place += 1
        while place < len(self._sums):
            self._sums[place] += weight - before
            place += place & -place

    def _grow(self) -> None:
        size = len(self._names)
        self._names += [None] * size
        self._vacant += range(2 * size - 1, size - 1, -1)
        self._sums += [0] * size
        self._sums[-1] = self.total

    def draw(self, share: float) -> AgentId | None:
        """Whose part of the whole holds `share` of it (from 0 to 1)."""
        left = min(int(share * self.total), self.total - 1)
        place, step = 0, len(self._names)
        while step:
            if place + step < len(self._sums) and self._sums[place + step] <= left:
                place += step
                left -= self._sums[place]
            step //= 2
        return self._names[place]
