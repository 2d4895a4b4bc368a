"""What of the boards does a viewer get? Topics by rights, rows by scope, numbers masked. PURE.

Two viewers with an equal sight get the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec

from cti.api.operation import Row as Kind
from cti.api.scoping import Scope, health_of
from cti.differences import Difference, Row, Step
from cti.people.masking import masked
from cti.people.person import Person
from cti.people.rights import Right


class Topic(NamedTuple):
    """Which right opens it, and what its rows are about; None: the whole centre, for whoever is in charge of it."""

    right: Right
    kind: Kind | None
    has_numbers: bool = False


TOPICS: Mapping[str, Topic] = {
    "queues": Topic(Right.QUEUES_READ, Kind.QUEUE),
    "agents": Topic(Right.AGENTS_READ, Kind.AGENT),
    "calls": Topic(Right.CALLS_READ, Kind.CONTACT, has_numbers=True),
    "listening": Topic(Right.CALLS_READ, Kind.CONTACT),
    "decisions": Topic(Right.CALLS_READ, Kind.CONTACT),
    "campaigns": Topic(Right.CAMPAIGNS_READ, Kind.CAMPAIGN),
    "teams": Topic(Right.AGENTS_READ, None),
    "flows": Topic(Right.FLOWS_READ, None),
    "status": Topic(Right.STATUS_READ, Kind.STATUS),
}


class Sight(msgspec.Struct, frozen=True):
    """What one kind of viewer sees."""

    topics: tuple[str, ...]
    scope: Scope
    sees_numbers: bool

    def row(self, topic: str, row: Row | None) -> Row | None:
        """Return a row as it is seen; None where it is not."""
        about = TOPICS[topic]
        if row is None or not self._has(about, row):
            return None
        if about.kind is Kind.STATUS and not self.scope.is_whole:
            return health_of(row)
        return masked(row) if about.has_numbers and not self.sees_numbers else row

    def rows(self, rows: Mapping[str, Mapping[str, Row]]) -> dict[str, dict[str, Row]]:
        """Return all rows as they are seen, for a snapshot."""
        return {topic: dict(self._seen(topic, rows.get(topic, {}))) for topic in self.topics}

    def changes(self, difference: Difference) -> dict[str, Any]:
        """Return what is seen of a difference, for a change; empty where it is nothing."""
        told: dict[str, Any] = {}
        for topic in self.topics:
            if topic in difference:
                change = self._change(topic, difference[topic])
                if change:
                    told[topic] = change
        return told

    def _change(self, topic: str, steps: Mapping[str, Step]) -> dict[str, Any]:
        gone: list[str] = []
        changed: dict[str, Row] = {}
        is_plain = self.scope.is_whole and (self.sees_numbers or not TOPICS[topic].has_numbers)
        for key, step in steps.items():
            seen = step if is_plain else Step(self.row(topic, step.before), self.row(topic, step.after))
            if seen.after is None:
                if seen.before is not None:
                    gone.append(key)
            elif fields := seen.fields():
                changed[key] = fields
        return ({"set": changed} if changed else {}) | ({"gone": gone} if gone else {})

    def _seen(self, topic: str, rows: Mapping[str, Row]) -> Iterable[tuple[str, Row]]:
        for key, row in rows.items():
            if (seen := self.row(topic, row)) is not None:
                yield key, seen

    def _has(self, about: Topic, row: Row) -> bool:
        if about.kind is None:
            return self.scope.is_whole
        return self.scope.has(about.kind, row)


def sight_of(person: Person, scope: Scope, topics: Iterable[str]) -> Sight:
    """Return what `person` sees of `topics`; those that he may not see, or that are not there, are left out."""
    seen = sorted(topic for topic in set(topics) if topic in TOPICS and person.may(TOPICS[topic].right))
    return Sight(tuple(seen), scope, person.may(Right.NUMBERS_SEE))
