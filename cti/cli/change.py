"""How does a command ask for a change, and tell what came of it? What the commands of policy and flows share.

Exit codes: 1 refused, 2 a broken configuration, 3 no engine answers.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import typer

from cti.cli import ask, show
from cti.cli.ask import BAD_CONFIG, REFUSED
from cti.cli.control import EngineRefused
from cti.suggest import did_you_mean
from cti.typed import typed

RELOAD_TIMEOUT_S = 60.0


def when(at: Any) -> str:
    """Return epoch seconds as a date and a time, a dash for anything else."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(at)) if isinstance(at, int | float) else show.DASH


def send(
    method: str,
    path: str,
    control: Path | None,
    as_json: bool,
    body: dict[str, Any] | None = None,
    timeout_s: float | None = None,
) -> Any:
    """Return the engine's answer; a refusal ends the command with its reason and code."""
    try:
        return ask.ask(control, method, path, as_json, body, timeout_s)
    except EngineRefused as error:
        _refuse(error, as_json)


def _refuse(error: EngineRefused, as_json: bool) -> None:
    reason, detail = str(error.body.get("refused") or ""), show.clean(error.body.get("detail"))
    if reason == "bad_configuration":
        errors = [show.clean(line) for line in error.body.get("errors") or [detail]]
        if not as_json:
            for line in errors[:-1]:
                typer.echo(f"error: {line}", err=True)
        ask.fail(BAD_CONFIG, f"error: {errors[-1]}" if not as_json else "; ".join(errors), as_json, error.body)
    if error.status == 400:
        text = f"the engine does not take this: {show.clean(error.body.get('error'))}"
        ask.fail(REFUSED, text, as_json)
    known = [str(name) for name in error.body.get("exists") or ()]
    words = {
        "unknown_agent": f"there is no such agent{_near(detail, known)}",
        "unknown_queue": f"there is no such queue{_near(detail, known)}",
        "unknown_node": f"there is no such node{_near(detail, known)}",
        "unknown_field": f"no such key was set{_near(detail, known)}",
        "in_use": f"live calls use what would be gone: {detail}; nothing was changed. {_emptied(detail)}",
        "unknown_version": f"{detail}; see: {typed('flow versions')}",
        "unknown_callback": f"{detail}; see: {typed('callback list')}",
        "unknown_follow_up": f"{detail}; see: {typed('follow-up list')}",
        "no_flows": f"{detail}: add flows: {{folder: flows}} to it, then: {typed('reload')}",
        "nobody_stands_by": f"{detail}. Wait until one does ({typed('status')}), or let this one go without: "
        f"{typed('drain --alone')}",
        "already": detail,
        "no_file": f"{detail}: start it with {typed('run FILE')}",
    }
    ask.fail(REFUSED, words.get(reason, f"refused: {reason or error} {detail}".strip()), as_json, error.body)


def _emptied(detail: str) -> str:
    """What to do first about what is in use, as the engine names it (acd/reload.py)."""
    moved = f"move who waits there ({typed('contact list')}, {typed('contact move ID QUEUE')}), or "
    return f"First {moved if 'queue ' in detail else ''}let the calls end; then once more"


def _near(detail: str, known: list[str]) -> str:
    return f"; {detail}" if detail != show.DASH else did_you_mean("", known)


def tell(found: Any, as_json: bool, unchanged: str) -> None:
    """Print what a change came to, or that there was none."""
    if as_json:
        ask.print_json(found)
        return
    tell_rest(found)
    lines = found.get("difference") or []
    for line in lines:
        typer.echo(show.clean(line))
    if not lines:
        typer.echo(unchanged)


def tell_reload(found: Any, as_json: bool, *, check: bool = False, done: str = "reloaded") -> None:
    """Print what reading something again came to, and what holds now."""
    if as_json:
        ask.print_json(found)
        return
    tell_rest(found)
    lines = found.get("difference") or []
    for line in lines:
        typer.echo(show.clean(line))
    count = f"{len(lines)} difference{'' if len(lines) == 1 else 's'}"
    if not lines:
        typer.echo("nothing has changed")
    elif check:
        typer.echo(f"{count}; nothing was changed (--check)")
    else:
        kinds = (("version", found.get("version")), ("flows version", found.get("flows")))
        holds = [f"{kind} {show.clean(version)}" for kind, version in kinds if version]
        typer.echo(", ".join([f"{done}: {count}", *holds]))


def tell_rest(found: dict[str, Any]) -> None:
    """What else there is to know, on stderr."""
    for line in found.get("warnings") or ():
        typer.echo(f"warning: {show.clean(line)}", err=True)
    for line in found.get("dropped") or ():
        typer.echo(f"dropped: a live change no longer fits the file: {show.clean(line)}", err=True)
    restart = ", ".join(show.clean(key) for key in found.get("needs_restart") or ())
    if restart:
        typer.echo(f"needs a restart: {restart}", err=True)
