"""What can be typed to change the flows of a running engine? `cti flow reload | versions | rollback`.

Exit codes: those of cli.py; flows with errors are 2, and the engine goes on with what it had.
"""

from __future__ import annotations

from typing import Annotated

import typer

from cti import cli_ask, cli_change, cli_control, cli_show
from cti.cli_ask import AsJson, Control
from cti.cli_change import RELOAD_TIMEOUT_S, when

VERSIONS = (
    cli_show.Column("version", lambda row: cli_show.clean(row.get("version")), right=True),
    cli_show.Column("holds", lambda row: "yes" if row.get("holds") else ""),
    cli_show.Column("callers inside", lambda row: cli_show.clean(row.get("calls")), right=True),
    cli_show.Column("since", lambda row: when(row.get("at"))),
    cli_show.Column("by", lambda row: cli_show.clean(row.get("by"))),
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
    body = {"check": check, "by": cli_ask.who()}
    found = cli_change.send("POST", "/api/v1/flows/reload", control, as_json, body, RELOAD_TIMEOUT_S)
    cli_change.tell_reload(found, as_json, check=check)


def flow_versions(as_json: AsJson = False, control: Control = None) -> None:
    """List the versions of the flows: who brought them when, which one holds, and who is inside.

    Example: cti flow versions
    """
    found = cli_change.send("GET", "/api/v1/flows", control, as_json)
    if as_json:
        cli_ask.print_json(found)
        return
    cli_show.print_table(VERSIONS, cli_control.rows(found, "versions"), "the configuration names no flows")
    if found.get("rolled_back"):
        since = f"version {cli_show.clean(found.get('version'))} was rolled back to at {when(found.get('since'))}"
        typer.echo(f"{since} by {cli_show.clean(found.get('by'))}; it holds until a flow is changed and reloaded")


def flow_rollback(
    version: Annotated[int | None, typer.Argument(metavar="[N]", min=1, help="default: the one before")] = None,
    as_json: AsJson = False,
    control: Control = None,
) -> None:
    """Let an older version of the flows hold for new calls, over restarts too, until a flow is changed and reloaded.

    Example: cti flow rollback 4
    """
    body = {"by": cli_ask.who()} | ({} if version is None else {"to": version})
    found = cli_change.send("POST", "/api/v1/flows/rollback", control, as_json, body, RELOAD_TIMEOUT_S)
    cli_change.tell_reload(found, as_json, done="rolled back")
