"""How does the engine stand, in a few lines? `cti status`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer

from cti.cli import ask, change, show
from cti.cli.ask import AsJson, Control


def status_command(as_json: AsJson = False, control: Control = None) -> None:
    """Say how the engine stands: its Asterisks, its calls, whether it takes new ones, who could take over.

    Example: cti status
    """
    found = change.send("GET", "/api/v1/status", control, as_json)
    if as_json:
        ask.print_json(found)
        return
    for line in lines(found.get("status") or {}):
        typer.echo(line)


def lines(status: dict[str, Any]) -> Iterator[str]:
    """Yield what is told of a status row."""
    nodes = [f"{show.clean(name)} {show.clean(state)}" for name, state in sorted(status.get("nodes", {}).items())]
    yield f"Asterisk: {', '.join(nodes)}"
    inside = ", ".join(f"{status.get(key)} {word}" for key, word in _INSIDE)
    yield f"calls: {status.get('calls_active')} ({inside})"
    closed = (status.get("admission") or {}).get("closed")
    yield f"new callers: {f'turned away, {show.clean(closed)}' if closed else 'taken'}"
    redis = status.get("redis")
    yield "engines: this one alone" if redis is None else f"engines: {_joined(redis)}"
    yield f"store: {_written(status.get('store') or {})}"
    yield f"repairs since the start: {_counted(status.get('repairs') or {})}"
    yield f"errors since the start: {_counted({**(status.get('errors') or {}), 'bug': status.get('bugs', 0)})}"


_INSIDE = (("waiting", "wait"), ("talking", "talk"), ("in_flow", "in flows"))


def _counted(kinds: dict[str, int]) -> str:
    return ", ".join(f"{show.clean(kind)} {count}" for kind, count in sorted(kinds.items()) if count) or "none"


def _written(store: dict[str, Any]) -> str:
    if not store.get("why"):
        return "takes what happens"
    why, since = show.clean(store["why"]), show.clock(store.get("since"))
    return f"takes nothing since {since} ({why}): what happens waits in memory, and nobody is called"


def _joined(redis: dict[str, Any]) -> str:
    owns = f"this one owns the centre since {show.clock(redis.get('owner_since'))}"
    if not redis.get("up"):
        return f"{owns}; Redis gives no answer since {show.clock(redis.get('away_since'))}: nobody could take over"
    standbys = redis.get("standbys")
    return f"{owns}; {standbys} could take over" if standbys else f"{owns}; no other one could take over"
