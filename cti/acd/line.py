"""Who stands in the line, and who is at the head of each class?

Contacts of the same reach form a *class*. Within a class urgency order is the order of (since - head start), so only
the heads of the classes matter to an agent. Each pool keeps its classes by the order of their heads, apart for each
tier and target (whose urgencies grow at different speeds): the first class there that an agent may serve has the most
urgent contact he can get from it. A decision never looks at everyone who waits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from sortedcontainers import SortedKeyList, SortedList

from cti.acd.agent import Agent
from cti.acd.contact import Contact
from cti.acd.reach import Reach, own_agents, sought
from cti.model.changes import Sought
from cti.model.pools import PoolName, queue_pool
from cti.model.words import QueueName

Slope = tuple[int, float]  # tier and target
Head = tuple[tuple[float, float, int], int, "WaitingClass"]  # order of its head, number of the class


class WaitingClass:
    """Contacts that the same agents may take, the most urgent first."""

    __slots__ = ("_own_agents", "_own_pool", "_sought", "first", "head", "members", "number", "reach")

    def __init__(self, reach: Reach, number: int) -> None:
        self.reach = reach
        self.number = number
        self.members: SortedKeyList = SortedKeyList(key=Contact.order)
        self.first: Contact | None = None
        self.head: Head | None = None  # as the pools know it
        self._own_pool = queue_pool(reach.queue)
        self._own_agents = own_agents(reach)
        self._sought: Sought | None = None

    @property
    def sought(self) -> Sought:
        """The reach as readers see it: one object for all of the class, so that telling it costs a decision nothing."""
        if self._sought is None:
            self._sought = sought(self.reach)
        return self._sought

    def open_to(self, agent: Agent, pool: PoolName) -> bool:
        """Whether `agent`, who looks into `pool` (one of this class), may take a contact of it from there."""
        reach = self.reach
        if reach.excluded and agent.id in reach.excluded:
            return False
        if pool in self._own_agents:
            return True
        skills = agent.policy.skills
        for skill, level in reach.requires:
            if skills.get(skill, 0) < level:
                return False
        if pool == self._own_pool:
            return reach.min_penalty <= agent.policy.queues[reach.queue].penalty <= reach.max_penalty
        return True


class Line:
    """Everyone who waits, over all queues. `count` and `held` may be read."""

    def __init__(self) -> None:
        self._classes: dict[Reach, WaitingClass] = {}
        self._pools: dict[PoolName, dict[Slope, SortedList]] = {}
        self._order: dict[QueueName, SortedKeyList] = {}  # everyone of a queue, in the order of service
        self.held: set[QueueName] = set()  # whose contacts stand in the line, but in no pool
        self._numbers = 0
        self.count = 0  # of all who wait
        self._uncalled: Counter[QueueName] = Counter()

    def add(self, contact: Contact, reach: Reach) -> None:
        """Put `contact` in the line of its queue."""
        waiting = self._classes.get(reach)
        if waiting is None:
            self._numbers += 1
            waiting = self._classes[reach] = WaitingClass(reach, self._numbers)
        contact.stands_in = waiting
        self.count += 1
        self._uncalled[contact.queue] += not contact.call
        waiting.members.add(contact)
        self._follow_head(waiting)
        queue = self._order.get(contact.queue)
        if queue is None:
            queue = self._order[contact.queue] = SortedKeyList(key=_place)
        queue.add(contact)

    def remove(self, contact: Contact) -> None:
        """Take `contact` out; nothing happens if it is not in the line."""
        waiting = contact.stands_in
        if waiting is None:
            return
        contact.stands_in = None
        self.count -= 1
        self._uncalled[waiting.reach.queue] -= not contact.call
        waiting.members.remove(contact)
        self._follow_head(waiting)
        if not waiting.members:
            del self._classes[waiting.reach]
        self._order[waiting.reach.queue].remove(contact)

    def take_all(self, queue: QueueName) -> list[tuple[Contact, Reach]]:
        """Everyone of `queue` out of the line, in the order of service, with his reach there: in one go."""
        everyone = [(contact, contact.stands_in.reach) for contact in self._order.pop(queue, ())]
        for waiting in [waiting for waiting in self._classes.values() if waiting.reach.queue == queue]:
            waiting.members.clear()
            self._follow_head(waiting)
            del self._classes[waiting.reach]
        for contact, _ in everyone:
            contact.stands_in = None
        self.count -= len(everyone)
        self._uncalled.pop(queue, None)
        return everyone

    def put_all(self, placed: Sequence[tuple[Contact, Reach]]) -> list[Contact]:
        """Everyone of a queue into the line in which nobody of it stands; the first of each class."""
        classes: dict[Reach, list[Contact]] = {}
        for contact, reach in placed:
            classes.setdefault(reach, []).append(contact)
        for reach, members in classes.items():
            self._numbers += 1
            waiting = self._classes[reach] = WaitingClass(reach, self._numbers)
            waiting.members.update(members)
            for contact in members:
                contact.stands_in = waiting
            self._follow_head(waiting)
        if placed:
            queue = placed[0][0].queue
            self._order[queue] = SortedKeyList([contact for contact, _ in placed], key=_place)
            self.count += len(placed)
            self._uncalled[queue] = sum(not contact.call for contact, _ in placed)
        return [self._classes[reach].members[0] for reach in classes]

    def _follow_head(self, waiting: WaitingClass) -> None:
        """Bring the pools in step with the class's first contact."""
        first = waiting.first = waiting.members[0] if waiting.members else None
        held = first is None or waiting.reach.queue in self.held
        head = (first.order(), waiting.number, waiting) if first is not None and not held else None
        old = waiting.head
        if old is not None and head is not None and old[0] == head[0]:
            return
        waiting.head = head
        slope = (waiting.reach.tier, waiting.reach.target_s)
        for pool in waiting.reach.pools:
            slopes = self._pools.setdefault(pool, {})
            if old is not None:
                slopes[slope].remove(old)
            if head is not None:
                if slope not in slopes:
                    slopes[slope] = SortedList()
                slopes[slope].add(head)

    def best_two(self, agent: Agent, now: float) -> tuple[Contact | None, Contact | None]:
        """The most urgent contact that `agent` may serve, and the most urgent one besides.

        Of every pool and slope only the first class that he may serve can hold it: urgency order is the same all along.
        """
        found: list[tuple[Contact, Iterator[WaitingClass]]] = []
        best, best_rank = None, None
        for pool in agent.pools:
            for heads in self._pools.get(pool, _EMPTY).values():
                served = _open(heads, agent, pool)
                for waiting in served:
                    assert waiting.first is not None
                    found.append((waiting.first, served))
                    rank = waiting.first.rank(now)
                    if best_rank is None or rank < best_rank:
                        best, best_rank = waiting.first, rank
                    break
        if best is None:
            return None, None
        others = [first for first, _ in found if first is not best]
        behind = [waiting for first, rest in found if first is best for waiting in islice(rest, 1)]
        others += [waiting.first for waiting in behind if waiting.first is not None]
        if best.stands_in is not None:
            others += best.stands_in.members[1:2]
        return best, min(others, key=lambda contact: contact.rank(now), default=None)

    def classes_in(self, pools: Iterable[PoolName]) -> Iterator[WaitingClass]:
        """Everyone who waits in one of these pools, class by class."""
        for pool in pools:
            for heads in self._pools.get(pool, _EMPTY).values():
                for _, _, waiting in heads:
                    yield waiting

    def classes(self) -> Iterator[WaitingClass]:
        """Every class, in the order in which they began."""
        return iter(self._classes.values())

    def runner_up(self, agent: Agent, first: Contact, now: float) -> Contact | None:
        """The most urgent contact besides `first` that `agent` could serve."""
        best, second = self.best_two(agent, now)
        return best if best is not first else second

    def hold(self, queue: QueueName, held: bool) -> list[Contact]:
        """Let nobody find the contacts of `queue` in a pool from now on, or find them again; the first of each class.

        They stay where they stand: this costs by the class, not by the contact.
        """
        (self.held.add if held else self.held.discard)(queue)
        classes = [waiting for waiting in self._classes.values() if waiting.reach.queue == queue]
        for waiting in classes:
            self._follow_head(waiting)
        return [waiting.first for waiting in classes if waiting.first is not None]

    def waiting(self, queue: QueueName) -> int:
        return len(self._order.get(queue, ()))

    def callers(self, queue: QueueName) -> int:
        """Those who wait on the phone: without those whom we shall call."""
        return self.waiting(queue) - self._uncalled[queue]

    def in_order(self, queue: QueueName) -> Iterator[Contact]:
        """Everyone of `queue`, in the order of service."""
        return iter(self._order.get(queue, ()))

    def position(self, contact: Contact) -> int:
        """1 + how many of the same queue are served before `contact`, as things stand now."""
        queue = self._order.get(contact.queue)
        return 1 + (queue.bisect_key_left(_place(contact)) if queue is not None else 0)


def _open(heads: Iterable[Head], agent: Agent, pool: PoolName) -> Iterator[WaitingClass]:
    """The classes among `heads` that `agent` may serve from `pool`."""
    for _, _, waiting in heads:
        if waiting.open_to(agent, pool):
            yield waiting


def _place(contact: Contact) -> tuple[int, float, float, int]:
    return (contact.tier, *contact.order())


_EMPTY: dict[Slope, SortedList] = {}
