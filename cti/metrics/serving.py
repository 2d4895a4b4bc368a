"""How many agents of each queue are available, and how many free? Kept as they change, agent by agent. PURE.

To count all agents at each look at the boards would cost more than all the rest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from cti.metrics.rows import AgentRow
from cti.model.policy import Agent


class Serving:
    """`free` and `available`: by queue; `all_free` and `all_available`: each agent once, whatever he serves."""

    def __init__(self) -> None:
        self.free: Counter[str] = Counter()
        self.available: Counter[str] = Counter()
        self.all_free: set[str] = set()
        self.all_available: set[str] = set()
        self._counted: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}  # the queues an agent counts in

    def count(self, name: str, rules: Agent | None, row: AgentRow | None) -> Collection[str]:
        """Count an agent as he stands now (None: he is no agent any more); the queues whose numbers may change."""
        queues = tuple(rules.queues) if rules is not None else ()
        is_available = rules is not None and row is not None and row.available()
        is_free = rules is not None and row is not None and row.free()
        (self.all_available.add if is_available else self.all_available.discard)(name)
        (self.all_free.add if is_free else self.all_free.discard)(name)
        available, free = queues if is_available else (), queues if is_free else ()
        was_available, was_free = self._counted.get(name, ((), ()))
        if (available, free) == (was_available, was_free):
            return ()
        self.available.subtract(was_available)
        self.available.update(available)
        self.free.subtract(was_free)
        self.free.update(free)
        self._counted[name] = (available, free)
        return {*was_available, *was_free, *available, *free}
