"""Who stands in the line, and who is at the head of each class?

Contacts that the same agents may take form a *class*: same queue, tier, requirements and excluded agents. Within a
class urgency order is the order of (since - head start), so the candidates for an agent are the heads of the classes
he may serve: a decision never looks at everyone who waits.
"""

from __future__ import annotations

from collections.abc import Iterator

from sortedcontainers import SortedKeyList

from cti.acd.agent import Agent
from cti.acd.contact import ClassKey, Contact
from cti.model.words import QueueName


class Line:
    """Everyone who waits, over all queues."""

    def __init__(self) -> None:
        self._classes: dict[QueueName, dict[ClassKey, SortedKeyList]] = {}
        self._waiting: dict[QueueName, int] = {}

    def add(self, contact: Contact, now: float) -> None:
        """Put `contact` in the line of its queue; those it was tried with are excluded until their time is over."""
        excluded = frozenset(agent for agent, until in contact.tried.items() if until > now)
        key = (contact.queue, contact.tier, contact.requires, excluded)
        contact.class_key = key
        classes = self._classes.setdefault(contact.queue, {})
        members = classes.get(key)
        if members is None:
            members = classes[key] = SortedKeyList(key=Contact.order)
        members.add(contact)
        self._waiting[contact.queue] = self._waiting.get(contact.queue, 0) + 1

    def remove(self, contact: Contact) -> None:
        """Take `contact` out; nothing happens if it is not in the line."""
        key = contact.class_key
        if key is None:
            return
        contact.class_key = None
        classes = self._classes[key[0]]
        members = classes[key]
        members.remove(contact)
        if not members:
            del classes[key]
        self._waiting[key[0]] -= 1

    def heads_for(self, agent: Agent) -> Iterator[Contact]:
        """The most urgent contact of every class that `agent` may serve."""
        for queue in agent.policy.queues:
            for (_, _, requires, excluded), members in self._classes.get(QueueName(queue), {}).items():
                if agent.id not in excluded and agent.meets(requires):
                    yield members[0]

    def runner_up(self, agent: Agent, first: Contact, now: float) -> Contact | None:
        """The most urgent contact besides `first` that `agent` could serve."""
        others = [head for head in self.heads_for(agent) if head is not first]
        if first.class_key is not None:
            members = self._classes[first.class_key[0]][first.class_key]
            if members[0] is first and len(members) > 1:
                others.append(members[1])
        return min(others, key=lambda contact: contact.rank(now), default=None)

    def waiting(self, queue: QueueName) -> int:
        return self._waiting.get(queue, 0)

    def position(self, contact: Contact) -> int:
        """1 + how many of the same queue are served before `contact`, as things stand now."""
        before = 0
        for (_, tier, _, _), members in self._classes.get(contact.queue, {}).items():
            if tier < contact.tier:
                before += len(members)
            elif tier == contact.tier:
                before += members.bisect_key_left(contact.order())
        return before + 1
