"""What can be typed about follow-ups? `cti follow-up list | call | done`: what low answers and messages have opened.

Exit codes: those of cli/main.py.
"""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

import typer

from cti.calendar.wanted_time import FORMS
from cti.cli import ask, callbacks, change, show
from cti.cli import control as cli_control
from cti.cli.ask import AsJson, Control
from cti.cli.change import when

follow_up_app = typer.Typer(
    name="follow-up",
    help="What low answers and messages have opened: list, call, done.",
    no_args_is_help=True,
)

FOLLOW_UPS = (
    show.Column("number", lambda row: show.clean(row.get("id")), right=True),
    show.Column("owner", lambda row: show.clean(row.get("owner"))),
    show.Column("due", lambda row: when(row.get("due_at"))),
    show.Column("survey", lambda row: "message" if row.get("recording") else show.clean(row.get("survey"))),
    show.Column("answer", lambda row: show.clean(row.get("answer"))),
    show.Column("queue", lambda row: show.clean(row.get("queue")), 1),
    show.Column("agent", lambda row: show.clean(row.get("agent")), 1),
    show.Column("caller", lambda row: show.clean(row.get("number")), 2),
    show.Column("outcome", lambda row: show.clean(row.get("outcome")), 1),
    show.Column("callback", lambda row: show.clean(row.get("callback")), 2),
    show.Column("file", lambda row: _file(row), 2),
)


@follow_up_app.command("list")
def follow_up_list(
    owner: Annotated[str, typer.Option("--owner", metavar="NAME", help="only those of this agent, queue or team")] = "",
    done: Annotated[bool, typer.Option("--done", help="those that are done, the newest first")] = False,
    as_json: AsJson = False,
    control: Control = None,
) -> None:
    """List what is open, what is due first first.

    Example: cti follow-up list --owner anna
    """
    query = urlencode({"owner": owner, "done": int(done)})
    found = change.send("GET", f"/api/v1/follow-ups?{query}", control, as_json)
    ask.show(FOLLOW_UPS, cli_control.rows(found, "follow_ups"), as_json, "nothing to follow up")


@follow_up_app.command("call")
def follow_up_call(
    number: Annotated[int, typer.Argument(metavar="NUMBER", min=1, help='as "cti follow-up list" has it')],
    at: Annotated[str, typer.Option("--at", metavar="TIME", help=f"when: {FORMS}; without it: now")] = "",
    as_json: AsJson = False,
    control: Control = None,
) -> None:
    """Promise a call for one: by its owner where that is an agent. Reached, it is done.

    Example: cti follow-up call 17 --at 14:30
    """
    body = {"at": at, "by": ask.who()}
    callbacks.tell_promised(change.send("POST", f"/api/v1/follow-ups/{number}/call", control, as_json, body), as_json)


@follow_up_app.command("done")
def follow_up_done(
    number: Annotated[int, typer.Argument(metavar="NUMBER", min=1, help='as "cti follow-up list" has it')],
    outcome: Annotated[str, typer.Argument(metavar="[OUTCOME]", help="what came of it")] = "",
    as_json: AsJson = False,
    control: Control = None,
) -> None:
    """Say that one is done, and what came of it.

    Example: cti follow-up done 17 "apologised, refund sent"
    """
    body = {"outcome": outcome, "by": ask.who()}
    found = change.send("POST", f"/api/v1/follow-ups/{number}/done", control, as_json, body)
    if as_json:
        ask.print_json(found)
    else:
        typer.echo(f"follow-up {number} is done")


def _file(row: show.Row) -> str:
    return show.clean(f"{row['recording']}.wav") if row.get("recording") else show.DASH
