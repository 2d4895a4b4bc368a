"""A snapshot of the live view as the tests of the demo use it: three queues, four agents, two waiting callers."""

from __future__ import annotations

from typing import Any


def queue(name: str, **given: Any) -> dict[str, Any]:
    base = {
        "name": name, "waiting": 0, "longest_wait_s": None, "target_s": 20.0, "offered": 0, "answered": 0,
        "abandoned": 0, "timed_out": 0, "key_exit": 0, "overflowed": 0, "lost": 0,
        "short_abandoned": 0, "service_level": None,
    }  # fmt: skip
    return base | given


def agent(who: str, **given: Any) -> dict[str, Any]:
    base = {
        "id": who, "name": who.title(), "phone": "PJSIP/1001", "status": "available", "reason": "",
        "activity": "idle", "since_s": 5.0, "queues": ["sales"], "engaged": False, "answered": 0, "missed": 0,
    }  # fmt: skip
    return base | given


def snapshot(**given: Any) -> dict[str, Any]:
    base: dict[str, Any] = {
        "at": 1000.0,
        "queues": [
            queue("sales", waiting=2, longest_wait_s=25.0, offered=12, answered=8, abandoned=2, service_level=0.8),
            queue("support", target_s=30.0, offered=5, answered=5, service_level=1.0),
            queue("complaints", target_s=10.0),
        ],
        "agents": [
            agent("anna", activity="talking"),
            agent("ben", activity="wrapup", missed=1),
            agent("chen", name="陈静", status="on_break", reason="lunch"),
            agent("dora", status="logged_out", since_s=None),
        ],
        "calls": [{"call": "node1/1.2", "agent": "anna", "queue": "support", "caller": "447700900001"}],
        "decisions": [
            {
                "at": 990.0,
                "agent": "anna",
                "queue": "support",
                "text": "support: caller waited 12 s, urgency 0.6 > 0.4; longest idle 41 s of 3 free -> anna",
            }
        ],
        "status": {
            "nodes": {"node1": "up"},
            "waiting": 2,
            "talking": 1,
            "bugs": 0,
            "free_to_ring": {"count": 14, "p50_s": 0.0024, "p99_s": 0.0065, "max_s": 0.0065},
        },
    }
    return base | given
