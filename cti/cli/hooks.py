"""What can be typed about webhooks? `cti hook list | test | retry | secret`.

Exit codes: those of cli/main.py.
"""

from __future__ import annotations

import base64
import secrets
from typing import Annotated, Any

import typer

from cti.cli import ask, change, show
from cti.cli import control as cli_control
from cti.cli.ask import AsJson, Control
from cti.cli.change import when
from cti.cli.show import Column, Row

hook_app = typer.Typer(
    name="hook", help="Your own systems that are told what happens: list, test, retry, secret.", no_args_is_help=True
)

Name = Annotated[str, typer.Argument(metavar="NAME", help='as "cti hook list" has it')]
SECRET_BYTES = 32

HOOKS = (
    Column("hook", lambda row: show.clean(row.get("hook"))),
    Column("state", lambda row: _state(row)),
    Column("waiting", lambda row: str(row.get("waiting", 0)), right=True),
    Column("since", lambda row: when(row.get("oldest_at")), 1),
    Column("sent", lambda row: str(row.get("sent", 0)), 1, right=True),
    Column("failed", lambda row: str(row.get("failed", 0)), right=True),
    Column("answer", lambda row: show.clean(row.get("answer"))),
    Column("to", lambda row: show.clean(row.get("url")), 2, folds_at=24),
)


@hook_app.command("list")
def hook_list(as_json: AsJson = False, control: Control = None) -> None:
    """List who is told, and how their messages stand. "sent" and "failed" go back 7 and 30 days.

    Example: cti hook list
    """
    found = change.send("GET", "/api/v1/hooks", control, as_json)
    ask.show(HOOKS, cli_control.rows(found, "hooks"), as_json, "the configuration has no hooks")


@hook_app.command("test")
def hook_test(name: Name, as_json: AsJson = False, control: Control = None) -> None:
    """Send a message of type hook.test now, and say what came of it. Exit code 1: it was not taken.

    Example: cti hook test crm
    """
    found = change.send("POST", f"/api/v1/hooks/{_clean(name, as_json)}/test", control, as_json, {"by": ask.who()})
    if as_json:
        ask.print_json(found)
    else:
        word = show.clean(found.get("answer"))
        typer.echo(f"{name}: taken ({word})" if found.get("ok") else f"{name}: not taken: {_meaning(word)}")
    if not found.get("ok"):
        raise typer.Exit(ask.REFUSED)


@hook_app.command("retry")
def hook_retry(name: Name, as_json: AsJson = False, control: Control = None) -> None:
    """Send again what was given up, and everything that waits, now.

    Example: cti hook retry crm
    """
    found = change.send("POST", f"/api/v1/hooks/{_clean(name, as_json)}/retry", control, as_json, {"by": ask.who()})
    if as_json:
        ask.print_json(found)
    else:
        typer.echo(f"{name}: {found.get('messages', 0)} that were given up wait again; all that wait are sent now")


@hook_app.command("secret")
def hook_secret() -> None:
    """Make a secret, for you and the receiver: nobody keeps it here.

    Example: export CTI_HOOK_CRM=$(cti hook secret)
    """
    typer.echo(f"whsec_{base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}")


def _state(row: Row) -> str:
    if row.get("resting"):
        return "down"
    return "ok" if str(row.get("answer") or "2").startswith("2") else "trying"


def _meaning(word: str) -> str:
    meanings: dict[str, Any] = {
        "timeout": "no answer within timeout_s",
        "unreachable": "no connection (name, port or certificate)",
        "forbidden_address": "its name leads into a network that hooks.NAME.networks does not have",
    }
    return str(meanings.get(word, f"it answered {word}"))


def _clean(name: str, as_json: bool) -> str:
    if not name.isascii() or not name.replace("_", "").replace("-", "").isalnum():
        ask.fail(ask.REFUSED, f'"{show.clean(name)}" cannot be a hook: names have A-Z a-z 0-9 _ -', as_json)
    return name
