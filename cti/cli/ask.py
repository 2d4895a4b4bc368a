"""How does a command ask the running engine, and end? One clear line and an exit code for all that goes wrong."""

from __future__ import annotations

import getpass
import json
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from cti.cli import control as cli_control
from cti.cli import show as cli_show
from cti.cli.control import CONFIG_PLACES, EngineRefused, NotRunning, rows
from cti.suggest import did_you_mean
from cti.typed import typed

REFUSED, BAD_CONFIG, NOT_RUNNING = 1, 2, 3

AsJson = Annotated[bool, typer.Option("--json", help="print JSON for programs")]
Control = Annotated[
    Path | None,
    typer.Option(
        "--control",
        "-s",
        envvar="CTI_CONTROL",
        metavar="SOCKET",
        help="the engine's control socket; default: what the configuration names",
    ),
]
ConfigFile = Annotated[
    Path | None,
    typer.Argument(envvar="CTI_CONFIG", metavar="[FILE]", help=f"default: the first of {', '.join(CONFIG_PLACES)}"),
]
AgentName = Annotated[str, typer.Argument(metavar="AGENT")]


def ask(
    control: Path | None,
    method: str,
    path: str,
    as_json: bool,
    body: dict[str, Any] | None = None,
    timeout_s: float | None = None,
) -> Any:
    """Return the engine's answer; ends the command where there is no engine. Raises EngineRefused."""
    socket = control or cli_control.default_socket()
    more = () if timeout_s is None else (timeout_s,)
    try:
        return cli_control.ask(socket, method, path, body, *more)
    except NotRunning as error:
        fail(NOT_RUNNING, str(error), as_json)


def get(control: Path | None, what: str, as_json: bool) -> list[dict[str, Any]]:
    """Return the rows of `what` (queues, agents, calls); ends the command where there is no engine."""
    try:
        return rows(ask(control, "GET", f"/api/v1/{what}", as_json), what)
    except EngineRefused as error:
        fail(REFUSED, str(error), as_json)


def only(found: list[dict[str, Any]], key: str, name: str, what: str, as_json: bool) -> list[dict[str, Any]]:
    """Return the one row called `name`; ends the command, with the nearest name, where there is none."""
    named = [row for row in found if row.get(key) == name]
    if not named:
        known = [str(row.get(key)) for row in found]
        fail(REFUSED, f'there is no {what} "{cli_show.clean(name)}"{did_you_mean(name, known)}', as_json)
    return named


def show(
    columns: Sequence[cli_show.Column],
    found: list[dict[str, Any]],
    as_json: bool,
    nothing: str,
    narrow: Sequence[cli_show.Column] | None = None,
) -> None:
    """Print rows as a table (`narrow`: of these columns where the others have no room) or as JSON."""
    if as_json:
        print_json(found)
        return
    cli_show.print_table(columns, found, nothing, narrow)


def warn_of_nodes(control: Path | None) -> None:
    """Say on stderr which Asterisk is not connected: an empty table would not tell it from a quiet day."""
    try:
        status = cli_control.ask(control or cli_control.default_socket(), "GET", "/api/v1/status").get("status", {})
    except (NotRunning, EngineRefused, AttributeError):
        return
    for name in sorted(node for node, state in status.get("nodes", {}).items() if state != "up"):
        typer.echo(f"{cli_show.clean(name)} is not connected: no calls come in there; try: {typed('doctor')}", err=True)


def act(agent: str, action: str, reason: str, control: Path | None, as_json: bool, done: str) -> None:
    """Ask for an agent's change of status and say what came of it."""
    if not agent.isascii() or not agent.replace("_", "").replace("-", "").isalnum():
        fail(REFUSED, f'"{cli_show.clean(agent)}" cannot be an agent: names have A-Z a-z 0-9 _ -', as_json)
    try:
        answer = ask(control, "POST", f"/api/v1/agents/{agent}/{action}", as_json, {"reason": reason, "by": who()})
    except EngineRefused as error:
        fail(REFUSED, _why_refused(error, agent, control, as_json), as_json, error.body)
    if as_json:
        print_json(answer)
    else:
        row = answer.get("agent") if isinstance(answer, dict) else None
        typer.echo(f"{agent}: {cli_show.outcome(action, row) if isinstance(row, dict) else done}")


def _why_refused(error: EngineRefused, agent: str, control: Path | None, as_json: bool) -> str:
    reason = str(error.body.get("refused") or ("unknown_agent" if error.status == 404 else ""))
    detail = cli_show.clean(error.body.get("detail") or "")
    if reason == "unknown_agent":
        known = error.body.get("exists") or [str(row.get("id")) for row in get(control, "agents", as_json)]
        return f'there is no agent "{agent}"{did_you_mean(agent, known)}'
    if error.status == 400:
        return f"the engine does not take this: {cli_show.clean(error.body.get('error'))}"
    words = {
        "unknown_reason": f"there is no such break; {detail}",
        "unknown_queue": f"there is no such queue; {detail}",
        "not_logged_in": f"{agent} is not logged in; first: {typed(f'agent login {agent}')}",
        "already": f"{agent} already is {detail}" if detail != cli_show.DASH else f"{agent} already is",
        "not_in_wrapup": f"{agent} is not in wrap-up",
        "unknown_disposition": f"there is no such disposition; {detail}",
        "no_preview": f"{agent} sees nobody whom he might call; see: {typed('campaign list')}",
        "not_now": detail,
        "disposition_required": f"first: {typed(f'agent disposition {agent} NAME')}; {detail}",
    }
    return words.get(reason, f"refused: {reason or error} {detail if detail != cli_show.DASH else ''}".strip())


def who() -> str:
    """Return whom a request names: the user at this terminal."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError):  # a uid without a name, as in containers
        user = str(os.getuid())
    return f"cli.{re.sub(r'[^A-Za-z0-9._-]', '_', user)[:40]}"


def fail(code: int, text: str, as_json: bool, body: dict[str, Any] | None = None) -> NoReturn:
    """End the command with `code` and one line."""
    if as_json:
        print_json({**(body or {}), "ok": False, "error": text})
    else:
        typer.echo("\n".join(cli_show.clean(line) if line else "" for line in text.split("\n")), err=True)
    raise typer.Exit(code)


def print_json(value: Any) -> None:
    """Print one JSON value in one line."""
    typer.echo(json.dumps(value, ensure_ascii=False, default=str))
