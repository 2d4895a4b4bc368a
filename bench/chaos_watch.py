"""Does the engine believe what the phones see? Compared from outside, once for every look; pure but for `look`.

Whatever happened on the phones a moment ago the engine may not know of yet: people.SETTLED_S.
"""

from __future__ import annotations

import http.client
import json
from collections.abc import Collection
from dataclasses import dataclass

from bench.chaos_books import WE_CALLED, doubles
from tests.acceptance.engine_process import EngineProcess

ON_THE_PHONE = frozenset({"ringing", "talking", "hold"})
EITHER = "dialling"  # who waits for a customer does so on the phone, or before it (campaigns)


@dataclass(frozen=True)
class Belief:
    """What the engine says at one moment."""

    ready: bool
    nodes: dict[str, str]
    callers: frozenset[str]  # numbers, without those whom we called
    doubled: tuple[str, ...]  # who is there twice
    agents: dict[str, tuple[str, str]]  # phone: status, activity
    waiting: dict[str, list[str]]  # of each queue, first to last
    bugs: int


def look(engine: EngineProcess) -> Belief | None:
    """What it says now; None where it says nothing."""
    try:
        ready = engine.http("/readyz")[0] == 200
        status, agents = engine.part("status"), engine.part("agents")
        calls, queues = engine.part("calls"), engine.part("queues")
    except (OSError, http.client.HTTPException, ValueError, json.JSONDecodeError, KeyError):
        return None
    callers = [
        str(row["caller"]).lstrip("+") for row in calls if row["call"] and not str(row["contact"]).startswith(WE_CALLED)
    ]
    return Belief(
        ready,
        dict(status["nodes"]),
        frozenset(callers),
        tuple(doubles(callers)),
        {row["id"][1:]: (row["status"], row["activity"]) for row in agents},
        {row["name"]: [str(each["caller"]).lstrip("+") for each in row["position"]] for row in queues},
        status["bugs"],
    )


def differences(
    belief: Belief | None,
    there: Collection[str],
    gone: Collection[str],
    phones: dict[str, bool],
) -> list[str]:
    """What the engine believes otherwise than it is. `phones`: whether each settled agent has a call."""
    if belief is None:
        return ["the engine does not answer"]
    found = [] if belief.ready else ["not ready"]
    found += [f"{node} is {state}" for node, state in belief.nodes.items() if state != "up"]
    if missing := set(there) - belief.callers:
        found.append(f"{len(missing)} callers are not known ({sorted(missing)[:3]})")
    if ghosts := belief.callers & set(gone):
        found.append(f"{len(ghosts)} who have gone are still there ({sorted(ghosts)[:3]})")
    if belief.doubled:
        found.append(f"{len(belief.doubled)} are there twice ({list(belief.doubled)[:3]})")
    for phone, has_call in phones.items():
        _, activity = belief.agents.get(phone, ("", ""))
        if activity != EITHER and (activity in ON_THE_PHONE) != has_call:
            found.append(f"agent {phone} is {activity}, and his phone {'has' if has_call else 'has no'} call")
    return found
