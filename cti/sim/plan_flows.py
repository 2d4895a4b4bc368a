"""Which flows run beside the line of a queue in a random world?"""

from __future__ import annotations

import random
from typing import Any


def side_flows(queue: dict[str, Any]) -> None:
    """Add to the rules of a queue some that lead beside its line, or none; drawn from the rules themselves."""
    rng = random.Random(repr(queue))  # of its own: what else is drawn stays what it was
    if rng.random() < 0.3:
        queue.setdefault("keys", {})["2"] = {"flow": "side", "keep_place": True}
    if rng.random() < 0.2:
        queue["while_waiting"] = {"flow": "side", "after_s": rng.choice((0, 5, 30)), "over_s": rng.choice((0, 0, 20))}
    if rng.random() < 0.1:
        queue["on_long_wait"] = {"over_s": 10, "to": {"flow": "side", "keep_place": rng.random() < 0.7}}
