"""Which worlds have a name? Reads and writes scenario files (YAML): a plan, why it exists, and what must come of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import yaml

from cti.model import policy
from cti.sim.plan import AgentPlan, Caller, Fault, PhonePlan, Plan, Reload, Request, Supervision, Wish


class Scenario(msgspec.Struct):
    """`expect` counts outcomes ("answered": 2); outcomes that are not named are not judged."""

    why: str
    plan: Plan
    expect: dict[str, int] = {}


class _File(msgspec.Struct, forbid_unknown_fields=True):
    why: str
    policy: dict[str, Any]
    seed: int = 0
    nodes: list[str] = msgspec.field(default_factory=lambda: ["node1"])
    callers: list[Caller] = []
    agents: dict[str, AgentPlan] = {}
    requests: list[Request] = []
    phones: list[PhonePlan] = []
    faults: list[Fault] = []
    supervision: list[Supervision] = []
    reloads: list[Reload] = []
    wishes: list[Wish] = []
    expect: dict[str, int] = {}


def load(path: Path) -> Scenario:
    """Read `path`. Raises msgspec.ValidationError, pydantic.ValidationError or yaml.YAMLError."""
    file = msgspec.convert(yaml.safe_load(path.read_text(encoding="utf-8")), _File)
    center = policy.Center.model_validate(file.policy)
    people = (file.callers, file.agents, file.requests, file.phones, file.faults)
    plan = Plan(center, file.seed, file.nodes, *people, file.supervision, file.reloads, file.wishes)
    return Scenario(file.why, plan, file.expect)


def dump(plan: Plan, why: str) -> str:
    """`plan` as the text of a scenario file; only what differs from the defaults."""
    center = plan.policy.model_dump(mode="json", exclude_defaults=True)
    data: dict[str, Any] = {"why": why, "seed": plan.seed, "nodes": plan.nodes, "policy": center}
    for name in ("callers", "agents", "requests", "phones", "faults", "supervision", "reloads", "wishes"):
        found = msgspec.to_builtins(getattr(plan, name))
        if found:
            data[name] = found
    return yaml.safe_dump(data, sort_keys=False, width=120, default_flow_style=None)
