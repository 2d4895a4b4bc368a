"""What of the rules for nodes will disappoint their operator? PURE: a policy in, findings out."""

from __future__ import annotations

from collections.abc import Iterator

from cti.config.finding import Finding
from cti.model.policy import Center


def nodes(center: Center) -> Iterator[Finding]:
    """Return nodes that take nothing new, where that leaves nobody who does."""
    if not center.nodes:
        return
    drained = [name for name, rules in center.nodes.items() if rules.drained is not None]
    if len(drained) == len(center.nodes):
        text = "every node is drained: new callers are sent away, and nobody is called, until one is resumed"
        yield Finding(("nodes", drained[0], "drained"), text)
    elif not any(rules.weight and rules.drained is None for rules in center.nodes.values()):
        light = next(name for name, rules in center.nodes.items() if not rules.weight)
        text = "every node that is not drained weighs 0: no customer is called; give one of them 1"
        yield Finding(("nodes", light, "weight"), text)
