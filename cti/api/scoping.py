"""Which rows may somebody see? Those of his queues and teams; everybody else's are not there for him. PURE.

A scope is worked out anew for each request: what a queue's agents and a team's are, a reload may have changed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import msgspec

from cti.api.operation import Operation, Row
from cti.model.policy import Center
from cti.people.person import Person
from cti.people.rights import Role


class Scope(msgspec.Struct, frozen=True):
    """Names that are in it; None: all of them."""

    queues: frozenset[str] | None
    agents: frozenset[str] | None
    campaigns: frozenset[str] | None

    @property
    def is_whole(self) -> bool:
        return self.queues is None and self.agents is None

    def has(self, kind: Row, row: Mapping[str, Any]) -> bool:
        """Whether a row of this kind is in it."""
        if self.is_whole:
            return True
        if kind is Row.STATUS:
            return True
        if kind is Row.QUEUE:
            return self._queue(row.get("name"))
        if kind is Row.AGENT:
            return self._agent(row.get("id"))
        if kind is Row.CAMPAIGN:
            return self.campaigns is None or row.get("name") in self.campaigns
        if kind is Row.LIVE_CHANGE:
            table, _, rest = str(row.get("path", "")).partition(".")
            name = rest.partition(".")[0]
            return self._queue(name) if table == "queues" else table == "agents" and self._agent(name)
        queue = row.get("queue")  # contacts, callbacks, follow-ups: of a queue, or with one of his agents now
        return self._queue(queue) if queue else self._agent(row.get("agent") or row.get("owner"))

    def _queue(self, name: object) -> bool:
        return self.queues is None or name in self.queues

    def _agent(self, name: object) -> bool:
        return self.agents is None or name in self.agents


WHOLE = Scope(None, None, None)
HEALTH = (
    "nodes", "down_since", "drained", "admission", "redis", "store", "breaks", "repairs", "late", "bugs",
    "inconsistent", "free_to_ring", "errors",
)  # fmt: skip
"""What of the engine's row everybody may see. All else in it sums up, or names, what other parts do."""
_FOR_THE_WHOLE = ("tier", "head_start_s", "head_starts", "urgency_target_s", "goto", "flow")
"""Keys of a queue by which its callers go before those of others, or out of what a scope can judge."""
_QUEUES, _TEAMS = ("queue", "queues", "behind"), ("groups",)
_OTHER_WORDS = ("dispositions", "requires", "accept")  # their keys are names that somebody has given
_NAMED_BY = {Row.QUEUE: "name", Row.AGENT: "id", Row.CAMPAIGN: "name"}


def scope_of(person: Person, center: Center) -> Scope:
    """Return what `person` may see of `center`. Queues alone bring their agents, teams alone their queues."""
    if person.role is Role.AGENT:
        own = center.agents.get(person.agent or "")
        queues = frozenset(person.queues or (own.queues if own is not None else ()))
        return Scope(queues, frozenset({person.agent} if person.agent else ()), frozenset())
    if not person.queues and not person.teams:
        return WHOLE
    teams = set(person.teams)
    of_teams = {name for name, agent in center.agents.items() if teams & set(agent.groups)}
    if person.queues:
        queues = frozenset(person.queues)
    else:
        queues = frozenset(queue for name in of_teams for queue in center.agents[name].queues)
    if not teams:
        of_teams = {name for name, agent in center.agents.items() if queues & set(agent.queues)}
    campaigns = frozenset(name for name, campaign in center.campaigns.items() if campaign.queue in queues)
    return Scope(queues, frozenset(of_teams), campaigns)


def named(kind: Row, word: str) -> Mapping[str, Any] | None:
    """Return the least row of somebody who is called so; None: his row has to be looked up."""
    return {_NAMED_BY[kind]: word} if kind in _NAMED_BY else None


def beyond(scope: Scope, teams: Collection[str], values: Any) -> str | None:
    """Return the first key of a queue's new `values` that reaches other parts of the centre; None: there is none."""
    left = [] if scope.is_whole else [values]
    while left:
        value = left.pop()
        if isinstance(value, list):
            left += value
        for key, inner in value.items() if isinstance(value, dict) else ():
            mine = scope.queues if key in _QUEUES else teams if key in _TEAMS else None
            named_here = inner if isinstance(inner, list) else [inner]
            strange = mine is not None and any(str(each) not in mine for each in named_here if each is not None)
            if strange or (key in _FOR_THE_WHOLE and inner is not None):
                return str(key)
            if key not in _OTHER_WORDS:
                left.append(inner)
    return None


def health_of(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return of the engine's row what is nobody's figures."""
    return {key: row[key] for key in HEALTH if key in row}


def without_places(content: Any) -> Any:
    """Return an answer without those who wait: for whoever may see the figures of a queue, and no call."""
    if not isinstance(content, dict) or not isinstance(content.get("queues"), list):
        return content
    return {**content, "queues": [{**row, "position": []} if "position" in row else row for row in content["queues"]]}


def only_rows(content: Any, operation: Operation, scope: Scope) -> Any | None:
    """Return an answer with the rows of `scope` only; None where the one that it is about is not in it."""
    if scope.is_whole or not isinstance(content, dict):
        return content
    kept = {key: value for key, value in content.items() if key != "exists"}  # names of others
    for key, kind in operation.rows.items():
        found = kept.get(key)
        if isinstance(found, dict) and not scope.has(kind, found):
            return None
        if isinstance(found, dict) and kind is Row.STATUS:
            kept[key] = health_of(found)
        if isinstance(found, list):
            kept[key] = [row for row in found if isinstance(row, dict) and scope.has(kind, row)]
    return kept
