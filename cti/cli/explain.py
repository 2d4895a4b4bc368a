"""`cti explain`: why did a contact go where it went, and why does an agent get nothing? Asks the engine, and prints."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from cti.cli import ask, show, why
from cti.cli import control as cli_control
from cti.cli.ask import REFUSED, AsJson, Control
from cti.cli.control import EngineRefused, NotRunning
from cti.meant import IN_WORDS
from cti.suggest import did_you_mean
from cti.typed import typed

explain_app = typer.Typer(
    name="explain", help="Why contacts went where they went, and why an agent gets no calls.", no_args_is_help=True
)

Everything = Annotated[bool, typer.Option("--all", "-a", help="every look and every agent, however many")]


@explain_app.command("contact")
def explain_contact(
    contact: Annotated[
        str | None,
        typer.Argument(metavar="[ID]", help=f"{IN_WORDS}; without it: the newest"),
    ] = None,
    everything: Everything = False,
    as_json: AsJson = False,
    control: Control = None,
) -> None:
    """Tell a contact's story, and for every look for an agent who was compared, who was not free, and why.

    Holds for contacts that are over too, as long as history.keep_days says.
    """
    if contact is None:
        found = _get(control, "/api/v1/contacts?limit=50", as_json)["contacts"]
        if as_json:
            ask.print_json(found)
            return
        show.print_table(why.CONTACTS, [why.contact_row(row) for row in found], "no contact yet")
        return
    if not contact.strip():
        ask.fail(REFUSED, f"whose? The id is empty; for a list: {typed('explain contact')}", as_json)
    path = f"/api/v1/contacts/{quote(contact, safe='/')}"
    try:
        told = _get(control, f"{path}/timeline", as_json)
        decided = _get(control, f"{path}/decisions", as_json)
    except EngineRefused as error:
        text = _no_contact(contact, error.body) if error.body.get("refused") else str(error)
        ask.fail(REFUSED, text, as_json, error.body)
    decided["stored"] = told.get("stored", True) and decided.get("stored", True)
    if as_json:
        ask.print_json(told | decided)
        return
    why.print_contact(told | decided, everything=everything, out=show.console())


@explain_app.command("agent")
def explain_agent(
    agent: Annotated[str, typer.Argument(metavar="AGENT")],
    as_json: AsJson = False,
    control: Control = None,
) -> None:
    """Tell why an agent gets no calls: how he stands, what each queue has for him, and which decisions he lost."""
    try:
        told = _get(control, f"/api/v1/agents/{quote(agent, safe='')}/explain", as_json)
    except EngineRefused as error:
        exists = [str(name) for name in error.body.get("exists", [])]
        unknown = f'there is no agent "{show.clean(agent)}"{did_you_mean(agent, exists)}'
        text = unknown if error.body.get("refused") else str(error)
        ask.fail(REFUSED, text, as_json, error.body)
    if as_json:
        ask.print_json(told)
        return
    why.print_agent(told, show.console())


def _get(control: Path | None, path: str, as_json: bool) -> dict[str, Any]:
    """The engine's answer. Raises EngineRefused."""
    try:
        found = cli_control.ask(control or cli_control.default_socket(), "GET", path)
    except NotRunning as error:
        ask.fail(ask.NOT_RUNNING, str(error), as_json)
    return found if isinstance(found, dict) else {}


def _no_contact(asked: str, body: dict[str, Any]) -> str:
    exists = [show.clean(contact) for contact in body.get("exists", [])]
    listed = "\n".join(f"  {contact}" for contact in exists[:10])
    if body.get("refused") == "ambiguous":
        return f'several contacts have "{show.clean(asked)}" in their ids, write more of it:\n{listed}'
    if not exists:
        return f'there is no contact "{show.clean(asked)}"; the history is empty'
    more = f"more: {typed('explain contact')}"
    return f'there is no contact "{show.clean(asked)}"; the newest are:\n{listed}\n{more}'
