"""What can be typed to change the flows of a running engine? `cti flow reload | versions | rollback`.

Exit codes: those of cli/main.py; flows with errors are 2, and the engine goes on with what it had.
"""

from __future__ import annotations

from typing import Annotated

import typer

from cti.cli import ask, change, show
from cti.cli import control as cli_control
from cti.cli.ask import AsJson, Control
from cti.cli.change import RELOAD_TIMEOUT_S, when

VERSIONS = (
    show.Column("version", lambda row: show.clean(row.get("version")), right=True),
    show.Column("holds", lambda row: "yes" if row.get("holds") else ""),
    show.Column("callers inside", lambda row: show.clean(row.get("calls")), right=True),
    show.Column("since", lambda row: when(row.get("at"))),
    show.Column("by", lambda row: show.clean(row.get("by"))),
)


def add_commands(flow_app: typer.Typer) -> None:
    """Hang the commands where people look for them."""
    flow_app.command("reload")(flow_reload)
    flow_app.command("versions")(flow_versions)
    flow_app.command("rollback")(flow_rollback)


def flow_reload(
    check: Annotated[bool, typer.Option("--check", help="only say what would change")] = False,
    as_json: AsJson = False,
    control: Control = None,
) -> None:
    """Let the engine read the flows again: a new version, for new calls; who is inside finishes on his own.

    Flows with errors change nothing. `cti reload` does the same, and reads center.yaml too.

    Example: cti flow reload --check && cti flow reload
    """
    body = {"check": check, "by": ask.who()}
    found = change.send("POST", "/api/v1/flows/reload", control, as_json, body, RELOAD_TIMEOUT_S)
    change.tell_reload(found, as_json, check=check)


def flow_versions(as_json: AsJson = False, control: Control = None) -> None:
    """List the versions of the flows: who brought them when, which one holds, and who is inside.

    Example: cti flow versions
    """
    found = change.send("GET", "/api/v1/flows", control, as_json)
    if as_json:
        ask.print_json(found)
        return
    show.print_table(VERSIONS, cli_control.rows(found, "versions"), "the configuration names no flows")
    if found.get("rolled_back"):
        since = f"version {show.clean(found.get('version'))} was rolled back to at {when(found.get('since'))}"
        typer.echo(f"{since} by {show.clean(found.get('by'))}; it holds until a flow is changed and reloaded")


def flow_rollback(
    version: Annotated[int | None, typer.Argument(metavar="[N]", min=1, help="default: the one before")] = None,
    as_json: AsJson = False,
    control: Control = None,
) -> None:
    """Let an older version of the flows hold for new calls, over restarts too, until a flow is changed and reloaded.

    Example: cti flow rollback 4
    """
    body = {"by": ask.who()} | ({} if version is None else {"to": version})
    found = change.send("POST", "/api/v1/flows/rollback", control, as_json, body, RELOAD_TIMEOUT_S)
    change.tell_reload(found, as_json, done="rolled back")
