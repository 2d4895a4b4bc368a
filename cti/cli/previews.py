"""`cti agent preview`, `accept`, `skip`: whom would an agent call, and does he want to? Nothing is dialled before."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from cti.cli import ask, show
from cti.cli.ask import AgentName, AsJson, Control
from cti.cli.change import send
from cti.cli.numbers_shown import ShowNumbers, shown


def add_commands(agents: typer.Typer) -> None:
    """Under `cti agent`."""
    agents.command("preview")(preview)
    agents.command("accept")(accept)
    agents.command("skip")(skip)


def preview(
    agent: AgentName, show_numbers: ShowNumbers = False, as_json: AsJson = False, control: Control = None
) -> None:
    """Show the lead that an agent may call, if he wants to: accept or skip it."""
    found = send("GET", f"/api/v1/agents/{agent}/preview", control, as_json)
    lead = found.get("preview")
    if lead is not None:
        lead = {**lead, "number": shown(str(lead.get("number") or ""), show_numbers)}
    if as_json:
        ask.print_json({**found, "preview": lead})
        return
    if lead is None:
        typer.echo("nobody")
        return
    left_s = max(0, round(float(lead["until"]) - time.time()))
    typer.echo(f"{show.clean(lead['number'])} of campaign {show.clean(lead['campaign'])}, {left_s} s to decide")
    for key, value in sorted(lead["data"].items()):
        typer.echo(f"  {show.clean(key)}: {show.clean(value)}")


def accept(agent: AgentName, as_json: AsJson = False, control: Control = None) -> None:
    """Call the lead that an agent sees: his phone rings first, then the customer's."""
    ask.act(agent, "preview/accept", "", control, as_json, "his phone rings, then the customer's")


def skip(
    agent: AgentName,
    reason: Annotated[str, typer.Argument(help="why, in one word")] = "",
    as_json: AsJson = False,
    control: Control = None,
) -> None:
    """Do not call the lead that an agent sees; it comes again after `skipped_after_s`."""
    ask.act(agent, "preview/skip", reason, control, as_json, "skipped")
