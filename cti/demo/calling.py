"""Whom does the demo call? People who asked for it while they waited, and a campaign's invented customers. PURE.

Only where there is a town that can be called; whoever it dials lives in a range that Ofcom keeps free for drama.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple


class WaysOut(NamedTuple):
    """Dial strings: to those who have asked to be called, and to those on the list."""

    asked: str
    listed: str


CAMPAIGN, QUEUE = "autumn", "outreach"
OFFERS = {"sales": "callback_sales", "support": "callback_support"}  # config/flows has them
OFFERED_AFTER_S = 6.0
LEADS = 300
OURS = "+442920180999"  # what they see
LIST_PREFIX = "+4429201"  # Cardiff: plan.py's callers have none of it, so nobody calls us whom the campaign calls
ALWAYS = {"weekly": {"mon-sun": "00:00-24:00"}}  # the people called are no people
WAYS = WaysOut("PJSIP/{number}@trunk1", "PJSIP/{number}@trunk2")
_SOON = {"busy": 15.0, "no_answer": 25.0}  # a demo has no quarter of an hour


def with_calling(center: Mapping[str, Any], *, offers: Collection[str] = ()) -> dict[str, Any]:
    """Return `center` with a campaign that all of its agents serve besides, where no caller needs them.

    `offers`: the queues (of OFFERS) whose callers are offered a callback: its flow is there, and can be heard.
    """
    found = copy.deepcopy(dict(center))
    queues = found.get("queues") or {}
    for name in offers:
        queues[name]["while_waiting"] = {"flow": OFFERS[name], "after_s": OFFERED_AFTER_S}
    blending = {"begins": {"free_at_least": 3}, "ends": {"free_below": 2}}
    found["queues"] = {**queues, QUEUE: {"target_s": 60.0, "wrap_up_s": 4.0, "blending": blending}}
    found["agents"] = {name: _also(agent) for name, agent in (found.get("agents") or {}).items()}
    found["outbound"] = {
        "zone": "Europe/London",
        "region": "GB",
        "trunks": {
            "asked": {"dial": WAYS.asked},
            "listed": {"dial": WAYS.listed, "numbers": [LIST_PREFIX], "lines": 10},
        },
        "caller_ids": {"ours": {"numbers": [OURS]}},
        "callbacks": {"caller_ids": "ours", "window": ALWAYS, "ring_timeout_s": 15.0, "retry": _retry()},
    }
    campaign = {
        "mode": "progressive",
        "queue": QUEUE,
        "caller_ids": "ours",
        "window": ALWAYS,
        "ring_timeout_s": 8.0,
        "max_attempts": 2,
    }
    found["campaigns"] = {CAMPAIGN: {**campaign, "retry": _retry()}}
    return found


def list_csv() -> str:
    """The campaign's list, as somebody would export it."""
    return "\n".join(["Name;Phone;City", *_rows()]) + "\n"


def _rows() -> Iterator[str]:
    for row in range(LEADS):
        yield f"Customer {row:03d};{LIST_PREFIX}80{row:03d};Cardiff"


def _retry() -> dict[str, Any]:
    return {result: {"after_s": after_s, "at_most": 2, "number": "same"} for result, after_s in _SOON.items()}


def _also(agent: Mapping[str, Any]) -> dict[str, Any]:
    """He serves the campaign's queue, too. His queues are a list, or names with more about each."""
    queues = agent.get("queues") or []
    more: Any = {**queues, QUEUE: {"level": 1}} if isinstance(queues, Mapping) else [*queues, QUEUE]
    return {**agent, "queues": more}
