"""What is different between two versions of the flows, in lines for people and as data? Nodes by their names. PURE.

What is said or dialled never stands in a line: a reload must fit into a log.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cti.config.difference import Difference, in_words
from cti.config.settings import FlowRules
from cti.model.flow import Flow


def difference(old: Mapping[str, Flow], new: Mapping[str, Flow]) -> list[Difference]:
    """Return what a change from `old` to `new` means, flow by flow."""
    found = [_all_of("+", new[name], "added") for name in new if name not in old]
    found += [_all_of("-", old[name], "removed") for name in old if name not in new]
    for name, before in old.items():
        if name in new:
            found += _one_flow(before, new[name])
    return found


def rules_difference(old: FlowRules | None, new: FlowRules | None) -> list[Difference]:
    """Return what changes around the flows: who callers may be connected to, where things lie."""
    before, after = (rules.transfers if rules else {} for rules in (old, new))
    found = [Difference(f"+ transfer {name}", "transfer", name, "added") for name in after if name not in before]
    found += [Difference(f"- transfer {name}", "transfer", name, "removed") for name in before if name not in after]
    for name, target in before.items():
        if after.get(name, target) != target:
            found.append(Difference(f"transfer {name}: another target", "transfer", name, "changed"))
    if old is not None and new is not None:
        for key in ("folder", "recordings"):
            was, is_now = str(getattr(old, key)), str(getattr(new, key))
            if was != is_now:
                line = f"flows.{key} {in_words(was)} -> {in_words(is_now)}"
                found.append(Difference(line, "flows", "", "changed", key, was, is_now))
    return found


def _all_of(sign: str, flow: Flow, change: str) -> Difference:
    count = len(flow.nodes)
    return Difference(f"{sign} flow {flow.name} ({count} node{'' if count == 1 else 's'})", "flow", flow.name, change)


def _one_flow(old: Flow, new: Flow) -> Iterator[Difference]:
    if old == new:
        return
    name = old.name
    for key in type(old).model_fields:
        before, after = getattr(old, key), getattr(new, key)
        if before == after:
            continue
        if key in ("nodes", "variables"):
            yield from _named(name, key, before, after)
        elif key in ("start", "languages"):
            was, is_now = (list(value) if isinstance(value, tuple) else value for value in (before, after))
            line = f"flow {name}: {key} {in_words(was)} -> {in_words(is_now)}"
            yield Difference(line, "flow", name, "changed", key, was, is_now)
        else:
            yield Difference(f"flow {name}: {key} changed", "flow", name, "changed", key)


def _named(flow: str, key: str, old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[Difference]:
    noun = key.removesuffix("s")
    for name in new:
        if name not in old:
            yield Difference(f"flow {flow}: + {noun} {name}", "flow", flow, "added", f"{key}.{name}")
    for name in old:
        if name not in new:
            yield Difference(f"flow {flow}: - {noun} {name}", "flow", flow, "removed", f"{key}.{name}")
    for name, before in old.items():
        if name in new and before != new[name]:
            yield Difference(f"flow {flow}: {noun} {name} changed", "flow", flow, "changed", f"{key}.{name}")
