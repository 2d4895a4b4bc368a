"""Which world does a seed mean? Small and diverse random policies, people and faults; pure, from one generator."""

from __future__ import annotations

import copy
import random
from typing import Any

from cti.model import policy
from cti.sim.plan import (
    AgentPlan,
    Caller,
    Fault,
    FaultKind,
    PhonePlan,
    Plan,
    Reload,
    Request,
    Ring,
    Supervision,
)
from cti.sim.plan_flows import side_flows
from cti.sim.wishes import draw_wishes

KINDS: tuple[FaultKind, ...] = ("lost", "repeated", "late", "slow", "cut", "agi", "kill", "jump", "restart")
SKILLS = ("en", "zh", "vip")
QUICK_TALKS_S = (5.0, 20.0, 60.0)  # so short that much happens in little time
DAILY_TALKS_S = (60.0, 120.0, 240.0)  # as long as those of real centres


def random_plan(
    seed: int,
    *,
    calls: int | None = None,
    hours: float | None = None,
    faults: tuple[FaultKind, ...] | None = None,
    talks_s: tuple[float, ...] = QUICK_TALKS_S,
) -> Plan:
    """The world of `seed`: some minutes, some dozens of calls, any mixture of faults (or just those of `faults`).

    `hours` makes it long instead, at the same load; `calls` sets the number of callers. `talks_s`: the mean length of a
    talk is one of these; at the same load, longer talks are fewer calls.
    """
    rng = random.Random(seed)
    center = random_policy(rng)
    n_calls = calls if calls is not None else rng.randint(5, 60)
    load = rng.choice((0.4, 0.8, 1.1, 1.6))
    mean_talk_s = rng.choice(talks_s)
    gap_s = mean_talk_s / (load * max(1, len(center.agents)))
    if hours is not None:
        n_calls = int(hours * 3600 / gap_s)
    nodes = [f"node{n + 1}" for n in range(rng.choice((1, 1, 2)))]
    callers, at = [], 0.0
    for _ in range(n_calls):
        at += 0.0 if rng.random() < 0.1 else rng.expovariate(1 / gap_s)
        callers.append(_caller(rng, at, center, rng.choice(nodes), mean_talk_s))
    length_s = at + 60
    plan = Plan(center, seed, nodes, callers)
    rough = rng.choice((0.0, 0.3, 0.6))  # how often a ring does not end in an answer
    for name, agent in center.agents.items():
        rings = [_ring(rng, rough) for _ in range(max(10, min(n_calls, 40)))]
        plan.agents[name] = AgentPlan(rings, rng.choice((5.0, 30.0, 90.0)))
        _day_of(rng, plan, name, agent, length_s)
    if faults is None:
        faults = tuple(kind for kind in KINDS if rng.random() < 0.3)
    for kind in faults:
        for _ in range(rng.randint(1, 3) if hours is None else max(1, int(4 * hours))):
            plan.faults.append(_fault(rng, kind, rng.choice(nodes), length_s))
    _office(random.Random(f"office of {seed}"), plan, length_s)
    draw_wishes(random.Random(f"wishes of {seed}"), plan, length_s)
    _results(random.Random(f"results of {seed}"), plan, length_s)
    _drains(random.Random(f"drains of {seed}"), plan, length_s)
    plan.faults.sort(key=lambda fault: fault.at)
    plan.requests.sort(key=lambda request: request.at)
    return plan


def _caller(rng: random.Random, at: float, center: policy.Center, node: str, mean_talk_s: float) -> Caller:
    number = rng.choice(sorted(center.entries))
    caller = Caller(at, number, node, patience_s=rng.choice((3.0, 30.0, 120.0, 400.0)) * (0.2 + rng.expovariate(1)))
    caller.talk_s = 0.05 if rng.random() < 0.05 else rng.expovariate(1 / mean_talk_s)
    caller.ends = "agent" if rng.random() < 0.5 else "caller"
    if rng.random() < 0.2:
        caller.digits = [(rng.uniform(0, 40), rng.choice("123#")) for _ in range(rng.randint(1, 3))]
    if rng.random() < 0.08:
        caller.leaves_ringing_after_s = rng.choice((0.0, rng.uniform(0, 5)))
    if rng.random() < 0.12:
        exten = rng.choice(sorted(center.entries))
        caller.transfer_to = f"cti-inbound,{exten}" if rng.random() < 0.7 else "cti-agent,2001"
    if rng.random() < 0.1:
        caller.held_s = rng.uniform(0.5, 10)
    return caller


def _ring(rng: random.Random, rough: float) -> Ring:
    if rng.random() >= rough:
        return Ring("answer", rng.choice((0.0, 0.3, rng.uniform(0.5, 8))))
    does = rng.choice(("miss", "reject", "busy", "broken", "logout", "pause", "race", "late"))
    return Ring(does, rng.choice((0.0, rng.uniform(0, 4))))  # type: ignore[arg-type]


def _day_of(rng: random.Random, plan: Plan, name: str, agent: policy.Agent, length_s: float) -> None:
    """Log-in, breaks, private calls."""
    at = 0.0 if rng.random() < 0.7 else rng.uniform(0, 60)
    plan.requests.append(Request(at, name, "login"))
    for _ in range(rng.choice((0, 0, 1, 3))):
        at = rng.uniform(0, length_s)
        action = rng.choice(("pause", "logout", "ready", "unpause", "login"))
        reason = rng.choice(("lunch", "1", "")) if action == "pause" else ""
        plan.requests.append(Request(at, name, action, reason))  # type: ignore[arg-type]
    if rng.random() < 0.25:
        does = rng.choice(("private", "unregistered"))
        plan.phones.append(PhonePlan(rng.uniform(0, length_s), agent.phone, does, rng.uniform(0.5, 40)))  # type: ignore[arg-type]


def _office(rng: random.Random, plan: Plan, length_s: float) -> None:
    """Supervisors at work, and an operator who changes the policy while calls run. A generator of its own."""
    queues = sorted(plan.policy.queues)
    for _ in range(rng.choice((0, 0, 0, 4, 12))):
        action = rng.choice(("move", "prioritise", "withdraw"))
        wish = Supervision(rng.uniform(0, length_s), rng.randrange(100), action)  # type: ignore[arg-type]
        wish.queue, wish.seconds = rng.choice(queues), rng.choice((-30.0, 20.0, 300.0))
        plan.supervision.append(wish)
    before = plan.policy.model_dump(mode="json", exclude_defaults=True)
    for _ in range(rng.choice((0, 0, 0, 1, 4))):
        new = before if rng.random() < 0.3 else _other_policy(rng, before)
        plan.reloads.append(Reload(rng.uniform(0, length_s), new))


def _drains(rng: random.Random, plan: Plan, length_s: float) -> None:
    """An operator who drains the last of several nodes, uses it again, and weighs it. A generator of its own."""
    if len(plan.nodes) == 1 or rng.random() < 0.3:
        return

    def rules() -> dict[str, Any]:
        last = rng.choice(({}, {"drained": "new kernel"}, {"weight": 0}, {"weight": 3}))
        return {node: {} for node in plan.nodes} | {plan.nodes[-1]: last}

    whole = plan.policy.model_dump(mode="json", exclude_defaults=True)
    plan.policy = policy.Center.model_validate(whole | {"nodes": rules()})
    for _ in range(rng.choice((1, 2, 6))):
        plan.reloads.append(Reload(0.0, whole))
    for reload in plan.reloads:
        reload.at, reload.policy = reload.at or rng.uniform(0, length_s), reload.policy | {"nodes": rules()}


def _results(rng: random.Random, plan: Plan, length_s: float) -> None:
    """Queues that want to know what came of a talk, and agents who say it now and then. A generator of its own."""
    queues = dict(plan.policy.queues)
    for name, rules in plan.policy.queues.items():
        if rng.random() < 0.3:
            more = {"dispositions": {"sale": "Sale", "none": "No sale"}, "disposition_default": "none"}
            how = {"disposition": rng.choice(("optional", "required"))}
            queues[name] = policy.Queue.model_validate(rules.model_dump(exclude_defaults=True) | more | how)
    plan.policy = plan.policy.model_copy(update={"queues": queues})
    for name in plan.policy.agents:
        for _ in range(rng.choice((0, 0, 2, 6))):
            said = rng.choice(("sale", "none", "none", "else"))
            plan.requests.append(Request(rng.uniform(0, length_s), name, "disposition", said))


def _other_policy(rng: random.Random, before: dict[str, Any]) -> dict[str, Any]:
    """Other rules, memberships, people; now and then a queue less. The phones stay whose they were."""
    new: dict[str, Any] = copy.deepcopy(before)
    names = sorted(new["queues"])
    for name in names:
        if rng.random() < 0.4:
            new["queues"][name] = _queue(rng, names)
    for agent in new["agents"].values():
        if rng.random() < 0.3:
            mine = rng.sample(names, rng.randint(1, len(names)))
            agent["queues"] = {name: {"level": rng.choice((1, 1, 2))} for name in mine}
        if rng.random() < 0.2:
            agent["skills"] = {skill: rng.randint(1, 5) for skill in SKILLS if rng.random() < 0.7}
    if rng.random() < 0.4 and len(new["agents"]) > 1:
        del new["agents"][rng.choice(sorted(new["agents"]))]
    if rng.random() < 0.3 and len(names) > 1:
        _without_queue(new, rng.choice(names), names)
    return new


def _without_queue(new: dict[str, Any], gone: str, names: list[str]) -> None:
    del new["queues"][gone]
    stays = next(name for name in names if name != gone)
    for agent in new["agents"].values():
        agent["queues"].pop(gone, None)
    for entry in new["entries"].values():
        if entry.get("queue") == gone:
            entry["queue"] = stays
    for rules in new["queues"].values():
        ways_out = [rules.get("on_max_wait"), rules.get("on_full"), *rules.get("keys", {}).values()]
        for way_out in ways_out:
            if way_out and way_out.get("queue") == gone:
                way_out["queue"] = stays


def _fault(rng: random.Random, kind: FaultKind, node: str, length_s: float) -> Fault:
    at = rng.uniform(0, length_s)
    if kind in ("lost", "repeated", "late"):
        return Fault(at, kind, node, rng.uniform(5, 120), rng.choice((0.02, 0.2, 0.5)))
    for_s = {"slow": 10.0, "cut": rng.uniform(0.1, 15), "kill": rng.uniform(0.05, 4.5), "jump": rng.choice((1.0, 90.0))}
    return Fault(at, kind, node, for_s.get(kind, 0.0), rng.choice((0.2, 1.0)))


def random_policy(rng: random.Random) -> policy.Center:
    """1 to 5 queues, 1 to 12 agents, and every feature of a queue now and then."""
    names = [f"q{n + 1}" for n in range(rng.randint(1, 5))]
    queues = {name: _queue(rng, names) for name in names}
    agents: dict[str, Any] = {}
    for n in range(rng.randint(1, 12)):
        mine = rng.sample(names, rng.randint(1, len(names)))
        member = {name: {"level": rng.choice((1, 1, 2)), "penalty": rng.choice((0, 0, 5))} for name in mine}
        skills = {skill: rng.randint(1, 5) for skill in SKILLS if rng.random() < 0.7}
        starts = rng.choice(("logged_out", "available"))
        agents[f"a{n + 1}"] = {"phone": f"PJSIP/{1001 + n}", "queues": member, "skills": skills, "starts": starts}
    entries: dict[str, Any] = {}
    for n, name in enumerate(names):
        entries[str(6001 + n)] = {"queue": name}
        if rng.random() < 0.4:
            entries[str(6101 + n)] = {
                "queue": name,
                "head_start_s": rng.choice((0, 30, 300)),
                "requires": {rng.choice(SKILLS): rng.randint(1, 5)} if rng.random() < 0.6 else {},
            }
    if rng.random() < 0.3:
        entries["6201"] = {"flow": "main"}
    missed = {
        "pause_after_missed": rng.choice((0, 1, 2)),
        "pause_after_rejected": rng.choice((0, 0, 2)),
        "pause_after_unreachable": rng.choice((0, 1, 2)),
        "not_again_s": rng.choice((0, 5, 60)),
        "rest_after_busy_s": rng.choice((0.5, 5)),
    }
    return policy.Center.model_validate(
        {
            "queues": queues,
            "agents": agents,
            "entries": entries,
            "missed_offers": missed,
            "settle_s": rng.choice((0.5, 2.0)),
        }
    )


def _queue(rng: random.Random, names: list[str]) -> dict[str, Any]:
    queue: dict[str, Any] = {
        "target_s": rng.choice((5, 20, 60)),
        "tier": rng.choice((5, 5, 5, 1)),
        "head_start_s": rng.choice((0, 0, 60)),
        "ring_timeout_s": rng.choice((2, 5, 15)),
        "wrap_up_s": rng.choice((0, 0, 3, 20)),
        "strategy": rng.choice(("longest_idle", "longest_idle", "ring_all", "ring_progressively")),
        "ring_more_every_s": rng.choice((1, 4)),
        "while_ringing": rng.choice(("music", "ringing")),
    }
    if rng.random() < 0.3:
        queue["max_wait_s"] = rng.choice((5, 30, 90))
        queue["on_max_wait"] = _exit(rng, names)
    if rng.random() < 0.2:
        queue["max_waiting"] = rng.choice((1, 3))
        queue["on_full"] = _exit(rng, names)
    if rng.random() < 0.4:
        queue["keys"] = {"1": _exit(rng, names)}
    if rng.random() < 0.4:
        queue["announce"] = {
            "first_after_s": rng.choice((0, 3, 15)),
            "every_s": rng.choice((5, 20)),
            "position": rng.random() < 0.7,
            "wait": rng.random() < 0.5,
            "play": ["queue-thankyou"] if rng.random() < 0.5 else [],
        }
    if rng.random() < 0.12:
        begins, ends = rng.randint(1, 3), rng.randint(1, 2)
        queue["blending"] = {
            "begins": {"free_at_least": max(begins, ends), "waiting_at_most": rng.choice((0, 2))},
            "ends": {"free_below": ends, "waiting_over": rng.choice((2, 4))},
        }
    if rng.random() < 0.2:
        queue["requires"] = {rng.choice(SKILLS): rng.randint(1, 4)}
    side_flows(queue)
    return queue


def _exit(rng: random.Random, names: list[str]) -> dict[str, Any]:
    kind = rng.random()
    if kind < 0.4:
        return {"queue": rng.choice(names)}
    if kind < 0.6:
        return {"goto": "cti-fallback,s,1"}
    return {"play": ["queue-thankyou"]} if kind < 0.8 else {}
