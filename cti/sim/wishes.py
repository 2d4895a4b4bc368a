"""Which customers are to be called in the world of a seed, and what comes of it? Drawn from one generator; pure."""

from __future__ import annotations

import random

from cti.sim.plan import Called, Plan, Wish


def draw_wishes(rng: random.Random, plan: Plan, length_s: float) -> None:
    """Customers who are to be called, some of whom call themselves meanwhile. A generator of its own."""
    queues, has_flow = sorted(plan.policy.queues), "6201" in plan.policy.entries
    for n in range(rng.choice((0, 0, 3, 10, 25))):
        number = f"+49555{rng.randrange(max(1, n)):05d}" if rng.random() < 0.15 else f"+49555{n:05d}"
        wish = Wish(rng.uniform(0, length_s), rng.choice(queues), number)
        wish.reserve, wish.first = rng.random() < 0.8, rng.choice(("agent", "customer"))
        wish.waited_s, wish.listens = rng.choice((0.0, 60.0, 600.0)), rng.random() < 0.3
        wish.again_after_s = rng.choice((0.0, 5.0, 30.0))
        wish.max_wait_s = rng.choice((None, 2.0, 20.0))
        wish.ring_timeout_s = rng.choice((5.0, 20.0))
        if has_flow and not wish.reserve and rng.random() < 0.3:
            wish.flow = "main"
        wish.called = [_called(rng) for _ in range(rng.choice((1, 1, 2, 3)))]
        plan.wishes.append(wish)
        if plan.callers and rng.random() < 0.3:
            rng.choice(plan.callers).number = number
    for agent in plan.agents.values():
        for ring in agent.rings:
            ring.waits_s = rng.choice((None, None, None, rng.uniform(0, 10))) if plan.wishes else None


def _called(rng: random.Random) -> Called:
    does = rng.choice(("answer", "answer", "answer", "no_answer", "busy", "reject", "machine", "brief"))
    called = Called(does, rng.choice((0.0, rng.uniform(0, 12))))  # type: ignore[arg-type]
    called.patience_s = rng.choice((1.0, 20.0, 90.0))
    called.talk_s, called.ends = rng.uniform(0, 30), rng.choice(("agent", "caller"))
    if rng.random() < 0.2:
        called.leaves_ringing_after_s = rng.choice((0.0, 2.0))
    return called
