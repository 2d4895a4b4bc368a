"""How do the Asterisk nodes stand, as the stream of facts tells it? Connected, drained, how many calls. PURE."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from cti.metrics.rows import ContactRow
from cti.model.changes import Changed
from cti.model.node_rules import NodeRules
from cti.model.policy import Center


class NodeBook:
    """`connected`: "up" or "down" of each node. `drains`: "draining" or "empty" of those that are drained."""

    def __init__(self, nodes: Iterable[str] = ()) -> None:
        self.connected = dict.fromkeys(nodes, "down")  # until the first news of each
        self.drains: dict[str, str] = {}
        self._since: dict[str, float] = {}
        self._called_from: dict[str, str] = {}  # attempt in the air -> node

    def reload(self, policy: Center) -> None:
        """New nodes are there at once; those that are gone go with the core's word."""
        for name in policy.nodes:
            self.connected.setdefault(name, "down")

    def forget_gone(self, policy: Center) -> None:
        """Drop what the policy does not have: the core has refused the one that had it."""
        for name in [name for name in self.connected if policy.nodes and name not in policy.nodes]:
            self._remove(name)

    def node(self, changed: Changed) -> None:
        """Take in a fact of kind NODE."""
        if changed.new == "removed":
            self._remove(changed.id)
        else:
            self.connected[changed.id], self._since[changed.id] = changed.new, changed.at

    def drain(self, changed: Changed) -> None:
        """Take in a fact of kind DRAIN."""
        if changed.new:
            self.drains[changed.id] = changed.new
        else:
            self.drains.pop(changed.id, None)

    def attempt(self, changed: Changed) -> None:
        """Take in a fact of kind ATTEMPT."""
        if changed.new in ("placed", "answered") and changed.node is not None:
            self._called_from[changed.id] = changed.node
        else:
            self._called_from.pop(changed.id, None)

    def calls(self, contacts: Iterable[ContactRow]) -> Counter[str]:
        """How many calls of ours each node has, those included that it is just making."""
        found = Counter(row.call.partition("/")[0] for row in contacts if row.call)
        found.update(self._called_from.values())
        return found

    def rows(self, policy: Center, contacts: Iterable[ContactRow]) -> list[dict[str, Any]]:
        """Each node as people are shown it."""
        calls = self.calls(contacts)
        rules = {name: policy.nodes.get(name) or NodeRules() for name in self.connected}
        return [
            {
                "name": name,
                "state": state,
                "since": self._since.get(name),
                "drain": self.drains.get(name, ""),
                "reason": rules[name].drained or "",
                "weight": rules[name].weight,
                "calls": calls[name],
            }
            for name, state in self.connected.items()
        ]

    def _remove(self, name: str) -> None:
        for book in (self.connected, self.drains, self._since):
            book.pop(name, None)
