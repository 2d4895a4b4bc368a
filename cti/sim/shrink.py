"""What is the smallest world that still fails in the same way? Removes callers, faults, rings and wishes; pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from cti.model import policy
from cti.sim.plan import AgentPlan, Caller, Fault, PhonePlan, Plan, Request, Supervision, Wish
from cti.sim.world import run

MAX_RUNS = 3000


class _Budget:
    def __init__(self, rule: str) -> None:
        self.rule, self.left = rule, MAX_RUNS

    def fails(self, plan: Plan) -> bool:
        """Whether `plan` breaks the same rule; False when the budget is used up."""
        self.left -= 1
        if self.left < 0:
            return False
        violation = run(plan, keep=1).violation
        return violation is not None and violation.rule == self.rule


def shrink(plan: Plan, rule: str) -> Plan:
    """The smallest plan found that still breaks `rule`, by taking away what is not needed."""
    budget = _Budget(rule)
    before = -1
    while before != (before := _size(plan)):
        for name in ("callers", "faults", "requests", "phones", "supervision", "reloads", "wishes"):
            plan = _fewer(plan, name, budget)
        for agent in list(plan.policy.agents):
            plan = _try(plan, _without_agent(plan, agent), budget)
        for agent, rings in plan.agents.items():
            plan = _try(plan, _with(plan, agents={**plan.agents, agent: AgentPlan([], rings.returns_after_s)}), budget)
            for n in range(len(rings.rings), 0, -5):
                shorter = AgentPlan(rings.rings[: n - 5], rings.returns_after_s)
                plan = _try(plan, _with(plan, agents={**plan.agents, agent: shorter}), budget)
        for n, caller in enumerate(plan.callers):
            plain = Caller(caller.at, caller.dialled, caller.node, caller.patience_s, caller.talk_s, caller.ends)
            plan = _try(plan, _with(plan, callers=[*plan.callers[:n], plain, *plan.callers[n + 1 :]]), budget)
        plan = _plainer_policy(plan, budget)
    for digits in (0, 1, 2):
        rounder = _rounded(plan, digits)
        if budget.fails(rounder):
            return rounder
    return plan


def _rounded(plan: Plan, digits: int) -> Plan:
    def walk(value: Any) -> Any:
        if isinstance(value, float):
            return round(value, digits)
        if isinstance(value, list):
            return [walk(item) for item in value]
        return {key: walk(item) for key, item in value.items()} if isinstance(value, dict) else value

    def parts(name: str, kind: Any) -> Any:
        return msgspec.convert(walk(msgspec.to_builtins(getattr(plan, name))), kind)

    return _with(
        plan,
        callers=parts("callers", list[Caller]),
        agents=parts("agents", dict[str, AgentPlan]),
        requests=parts("requests", list[Request]),
        phones=parts("phones", list[PhonePlan]),
        faults=parts("faults", list[Fault]),
        supervision=parts("supervision", list[Supervision]),
        wishes=parts("wishes", list[Wish]),
    )


def _size(plan: Plan) -> int:
    people = (
        plan.callers,
        plan.agents,
        plan.requests,
        plan.phones,
        plan.faults,
        plan.supervision,
        plan.reloads,
        plan.wishes,
    )
    return len(msgspec.json.encode(people)) + len(plan.policy.model_dump_json(exclude_defaults=True))


def _with(plan: Plan, **changes: Any) -> Plan:
    return msgspec.structs.replace(plan, **changes)


def _try(plan: Plan, smaller: Plan | None, budget: _Budget) -> Plan:
    return smaller if smaller is not None and _size(smaller) < _size(plan) and budget.fails(smaller) else plan


def _fewer(plan: Plan, name: str, budget: _Budget) -> Plan:
    """Delta debugging of one list: take away halves, quarters, ... single items."""
    chunk = max(1, len(getattr(plan, name)) // 2)
    while True:
        start = 0
        while start < len(items := getattr(plan, name)):
            smaller = _with(plan, **{name: items[:start] + items[start + chunk :]})
            if budget.fails(smaller):
                plan = smaller
            else:
                start += chunk
        if chunk == 1:
            return plan
        chunk = max(1, chunk // 2)


def _without_agent(plan: Plan, agent: str) -> Plan | None:
    phone = plan.policy.agents[agent].phone
    agents = {name: rules for name, rules in plan.policy.agents.items() if name != agent}
    return _with(
        plan,
        policy=plan.policy.model_copy(update={"agents": agents}),
        agents={name: rules for name, rules in plan.agents.items() if name != agent},
        requests=[wish for wish in plan.requests if wish.agent != agent],
        phones=[item for item in plan.phones if item.phone != phone],
    )


def _plainer_policy(plan: Plan, budget: _Budget) -> Plan:
    """Queues nobody needs go; of the others every value that can be the default becomes it."""
    for name in list(plan.policy.queues):
        plan = _try(plan, _change(plan, lambda data, name=name: _drop_queue(data, name)), budget)  # type: ignore[misc]
    for part in ("queues", "agents", "entries"):
        for name in list(getattr(plan.policy, part)):
            found = plan.policy.model_dump(mode="json", exclude_defaults=True).get(part, {}).get(name, {})
            for key in found:
                if key not in ("phone", "queues", "queue"):
                    change = lambda data, part=part, name=name, key=key: data[part][name].pop(key)  # noqa: E731
                    plan = _try(plan, _change(plan, change), budget)
    return plan


def _change(plan: Plan, change: Callable[[dict[str, Any]], object]) -> Plan | None:
    data = plan.policy.model_dump(mode="json", exclude_defaults=True)
    try:
        change(data)
        return _with(plan, policy=policy.Center.model_validate(data))
    except (KeyError, ValueError):
        return None


def _drop_queue(data: dict[str, Any], name: str) -> None:
    del data["queues"][name]
    text = repr(data["queues"])
    if f"'queue': '{name}'" in text:
        raise KeyError(name)
    for agent in data.get("agents", {}).values():
        agent.get("queues", {}).pop(name, None)
    data["entries"] = {number: entry for number, entry in data["entries"].items() if entry.get("queue") != name}
