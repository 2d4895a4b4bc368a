"""Which worlds have a name? Reads and writes scenario files (YAML): a plan, why it exists, and what must come of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import yaml

from cti.model import policy
from cti.sim.plan import Plan


class Scenario(msgspec.Struct):
    """`expect` counts outcomes ("answered": 2); outcomes that are not named are not judged."""

    why: str
    plan: Plan
    expect: dict[str, int] = {}


class _File(Plan, kw_only=True, forbid_unknown_fields=True):
    why: str
    expect: dict[str, int] = msgspec.field(default_factory=dict)


def load(path: Path) -> Scenario:
    """Read `path`. Raises msgspec.ValidationError or yaml.YAMLError."""
    file = msgspec.convert(yaml.safe_load(path.read_text(encoding="utf-8")), _File, dec_hook=_policy)
    return Scenario(file.why, Plan(**{name: getattr(file, name) for name in Plan.__struct_fields__}), file.expect)


def _policy(kind: type[Any], found: Any) -> Any:
    assert kind is policy.Center
    return policy.Center.model_validate(found)


def dump(plan: Plan, why: str) -> str:
    """`plan` as the text of a scenario file; only what differs from the defaults."""
    center = plan.policy.model_dump(mode="json", exclude_defaults=True)
    data: dict[str, Any] = {"why": why, "seed": plan.seed, "nodes": plan.nodes, "policy": center}
    for name in (name for name in Plan.__struct_fields__ if name not in data):
        found = msgspec.to_builtins(getattr(plan, name))
        if found:
            data[name] = found
    return yaml.safe_dump(data, sort_keys=False, width=120, default_flow_style=None)
