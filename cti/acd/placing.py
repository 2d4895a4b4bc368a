"""From which node is the next customer called? By weight, and by the calls that each has already. PURE.

Of the nodes that have less than their part of all calls, this one too, the one goes first that would soonest have too
little: earliest deadline first, which on one line meets every deadline that can be met (Liu, Layland 1973). So as long
as no call ends, each node is never a whole call away from its part, whatever the weights.
"""

from __future__ import annotations

from collections.abc import Mapping

from cti.model.words import NodeId


def place(weights: Mapping[NodeId, int], calls: Mapping[NodeId, int]) -> NodeId | None:
    """Return one of the nodes in `weights` (above 0); None where there is none. `calls`: how many each has."""
    whole, all_calls = sum(weights.values()), 1 + sum(calls.get(node, 0) for node in weights)
    below = [node for node, weight in weights.items() if calls.get(node, 0) * whole < all_calls * weight]
    return min(below, key=lambda node: ((calls.get(node, 0) + 1) / weights[node], node), default=None)
