"""How does the demo centre look where nobody looks: in a pipe, a log, a build? One line for a moment. PURE."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cti.cli.show import duration, percent
from cti.demo.facts import Facts
from cti.demo.summary import overall_level, to_be_called


def line(snapshot: Mapping[str, Any], facts: Facts) -> str:
    """E.g. `1:05  node1 up  waiting 3 (sales 2, support 1), longest 7 s  talking 8  offered 31  answered 20 ...`."""
    queues, status = snapshot.get("queues", []), snapshot.get("status", {})
    if not queues:
        return f"{duration(facts.up_s)}  the engine has not answered yet"
    waiting = {queue["name"]: queue["waiting"] for queue in queues if queue["waiting"]}
    at_home = to_be_called(queues)
    calls = f"; {at_home} of them to be called" if at_home else ""
    inside = f" ({', '.join(f'{name} {count}' for name, count in waiting.items())}{calls})" if waiting else ""
    longest = max((queue["longest_wait_s"] for queue in queues if queue["longest_wait_s"] is not None), default=None)
    free = [
        agent
        for agent in snapshot.get("agents", ())
        if agent["status"] == "available" and agent["activity"] == "idle" and not agent["engaged"]
    ]
    for_them = sum(not waiting.keys().isdisjoint(agent.get("queues", ())) for agent in free)
    fit = f" ({for_them} in a queue where somebody waits)" if free and waiting else ""
    nodes = ", ".join(f"{node} {state}" for node, state in status.get("nodes", {}).items()) or "no node yet"
    parts = [
        duration(facts.up_s),
        nodes,
        f"waiting {sum(waiting.values())}{inside}{f', longest {duration(longest)}' if longest is not None else ''}",
        *([f"in flow {status['in_flow']}"] if status.get("in_flow") else []),
        f"talking {status.get('talking', 0)}",
        f"free agents {len(free)}{fit}",
        *(f"{name} {sum(queue[name] for queue in queues)}" for name in ("offered", "answered", "abandoned", "lost")),
        f"in time {percent(overall_level(queues))}",
    ]
    if facts.called:
        parts.append(facts.called)
    if facts.age_s is not None and facts.age_s > 3:
        parts.append(f"ENGINE SILENT FOR {duration(facts.age_s)}")
    if facts.note:
        parts.append(facts.note)
    return "  ".join(parts)
