"""What can an operator type to take an engine away? `cti drain`."""

from __future__ import annotations

from typing import Annotated

import typer

from cti.cli import ask, change
from cti.cli.ask import AsJson, Control


def add_commands(app: typer.Typer) -> None:
    """Hang the command in."""
    app.command("drain")(drain)


def drain(
    alone: Annotated[bool, typer.Option("--alone", help="also where engines are joined and nobody stands by")] = False,
    as_json: AsJson = False,
    control: Control = None,
) -> None:
    """Let the engine go. Where another one stands by it takes over at once: who waits keeps his place, talks go on.

    Where engines are joined and nobody stands by, it is refused without --alone: nobody would serve.
    Alone it begins and takes nothing new (new callers go where admission.goto leads), finishes what is inside, and
    ends; asked again it says how many are left. A service that restarts by itself comes back, as a standby where there
    is another owner.

    Example: cti drain
    """
    found = change.send(
        "POST", "/api/v1/drain", control, as_json, {"by": ask.who()} | ({"alone": True} if alone else {})
    )
    if as_json:
        ask.print_json(found)
    elif found.get("drain") == "handed_over":
        typer.echo("a standby takes over")
    else:
        typer.echo(f"takes nothing new; ends when nobody is inside ({found.get('inside')} now)")
