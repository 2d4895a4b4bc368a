"""What can be typed about promised callbacks? `cti callback list | schedule | show | withdraw | now`.

Exit codes: those of cli/main.py.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cti.calendar.wanted_time import FORMS
from cti.cli import ask, change
from cti.cli import control as cli_control
from cti.cli import show as cli_show
from cti.cli.ask import AsJson, Control
from cti.cli.change import when
from cti.cli.numbers_shown import ShowNumbers, shown
from cti.cli.show import Column, Row

callback_app = typer.Typer(
    name="callback", help="Callbacks that were promised: list, schedule, show, withdraw, now.", no_args_is_help=True
)

Number = Annotated[int, typer.Argument(metavar="ID", min=1, help='as "cti callback list" has it')]

CALLBACKS = (
    Column("id", lambda row: cli_show.clean(row.get("id")), right=True),
    Column("state", lambda row: cli_show.clean(row.get("state"))),
    Column("queue", lambda row: cli_show.clean(row.get("queue"))),
    Column("number", lambda row: cli_show.clean(row.get("number"))),
    Column("due", lambda row: when(row.get("due_at"))),
    Column("tries", lambda row: str(len(row.get("tries") or ())), right=True),
    Column("last", lambda row: _last(row), 1),
    Column("kind", lambda row: cli_show.clean(row.get("kind")), 1),
    Column("why", lambda row: cli_show.clean(row.get("reason")), 2, folds_at=16),
)


@callback_app.command("list")
def callback_list(
    all_of_them: Annotated[bool, typer.Option("--all", help="those that have ended, too, the newest first")] = False,
    show_numbers: ShowNumbers = False,
    as_json: AsJson = False,
    control: Control = None,
) -> None:
    """List what is open, what is due first first.

    Example: cti callback list --all
    """
    found = change.send("GET", f"/api/v1/callbacks?all={int(all_of_them)}", control, as_json)
    rows = [_shown(row, show_numbers) for row in cli_control.rows(found, "callbacks")]
    ask.show(CALLBACKS, rows, as_json, "no callback was ever promised" if all_of_them else "no callback is open")


@callback_app.command("schedule")
def callback_schedule(
    number: Annotated[str, typer.Option("--number", metavar="NUMBER", help="whom: +493012345, or by your region")],
    at: Annotated[str, typer.Option("--at", metavar="TIME", help=f"when: {FORMS}; without it: now")] = "",
    agent: Annotated[str, typer.Option("--agent", metavar="NAME", help="who calls him")] = "",
    queue: Annotated[
        str, typer.Option("--queue", metavar="NAME", help="whose call it is, or becomes when the agent does not come")
    ] = "",
    topic: Annotated[str, typer.Option("--topic", metavar="WORDS", help="what it is about")] = "",
    exactly: Annotated[
        bool, typer.Option("--exactly", help="refuse a time at which he may not be called, instead of the next one")
    ] = False,
    as_json: AsJson = False,
    control: Control = None,
) -> None:
    """Promise a call at a time: by an agent, or by anybody of a queue.

    The agent's phone rings first. What lies outside the hours of the callee is moved to the next minute at which he
    may be called, and this command says so.

    Example: cti callback schedule --number +493012345 --at "2026-12-24 10:30" --agent anna --topic offer
    """
    body = {"number": number, "at": at, "agent": agent, "queue": queue, "topic": topic, "exactly": exactly}
    found = change.send("POST", "/api/v1/callbacks", control, as_json, {**body, "by": ask.who()})
    tell_promised(found, as_json)


def tell_promised(found: Any, as_json: bool) -> None:
    """Say what has been promised."""
    row = _shown(found["callback"], False)
    if as_json:
        ask.print_json({**found, "callback": row})
        return
    into = row.get("merged_into")
    whom = f"by {cli_show.clean(row['agent'])} " if row.get("agent") else ""
    queue = cli_show.clean(row.get("queue"))
    typer.echo(f"callback {row['id']} is promised {whom}for {when(row.get('due_at'))} ({queue})")
    if into:
        typer.echo(f"he had a promise about this already: the two are one, callback {into}")
    if found.get("moved"):
        typer.echo(cli_show.clean(found["moved"]))


@callback_app.command("show")
def callback_show(
    number: Number, show_numbers: ShowNumbers = False, as_json: AsJson = False, control: Control = None
) -> None:
    """Show how one stands, with each try and what came of it.

    Example: cti callback show 17
    """
    found = change.send("GET", f"/api/v1/callbacks/{number}", control, as_json)
    row = _shown(found["callback"], show_numbers)
    if as_json:
        ask.print_json(row)
        return
    for word, text in _facts(row):
        typer.echo(f"{word:<10}{text}")
    for tried in row.get("tries") or ():
        result = cli_show.clean(tried.get("result") or "being made")
        typer.echo(f"{'try ' + cli_show.clean(tried.get('attempt_no')):<10}{when(tried.get('at'))}  {result}")


@callback_app.command("withdraw")
def callback_withdraw(number: Number, as_json: AsJson = False, control: Control = None) -> None:
    """Take a promise back: nobody is called. One whose phone rings just now stops ringing.

    Example: cti callback withdraw 17
    """
    _ask(number, "withdraw", "is taken back", control, as_json)


@callback_app.command("now")
def callback_now(number: Number, as_json: AsJson = False, control: Control = None) -> None:
    """Let its time be now, whatever was agreed. The hours in which the customer may be called hold all the same.

    Example: cti callback now 17
    """
    _ask(number, "now", "is due now", control, as_json)


def _ask(number: int, action: str, done: str, control: Any, as_json: bool) -> None:
    found = change.send("POST", f"/api/v1/callbacks/{number}/{action}", control, as_json, {"by": ask.who()})
    row = found.get("callback") if isinstance(found, dict) else None
    if as_json:
        ask.print_json({**found, "callback": _shown(row, False)} if isinstance(row, dict) else found)
    else:
        state = f" ({cli_show.clean(row.get('state'))})" if isinstance(row, dict) else ""
        typer.echo(f"callback {number} {done}{state}")


def _shown(row: dict[str, Any], whole: bool) -> dict[str, Any]:
    return {**row, "number": shown(str(row.get("number") or ""), whole)}


def _last(row: Row) -> str:
    tries = row.get("tries") or ()
    return cli_show.clean(tries[-1].get("result") or "being made") if tries else cli_show.DASH


def _facts(row: dict[str, Any]) -> list[tuple[str, str]]:
    plain = [("id", "id"), ("state", "state"), ("why", "reason"), ("kind", "kind"), ("queue", "queue")]
    plain += [("agent", "agent"), ("number", "number"), ("topic", "topic"), ("into", "merged_into")]
    times = [("promised", "promised_at"), ("due", "due_at"), ("waits from", "since"), ("until", "expires_at")]
    plain += [("follow-up", "follow_up"), ("lies on", "node")]
    facts = [(word, cli_show.clean(row[key])) for word, key in plain if row.get(key)]
    facts += [("message", cli_show.clean(f"{file}.wav")) for file in row.get("recordings") or ()]
    return facts + [(f"{word:<10} ", when(row[key])) for word, key in times if row.get(key) is not None]
