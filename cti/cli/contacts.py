"""What can a supervisor type about one contact? List, move, prioritise, withdraw; listen, whisper, barge.

Exit codes: those of cli/main.py.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from cti.cli import ask, show
from cti.cli import control as cli_control
from cti.cli.ask import REFUSED, AsJson, Control
from cti.cli.control import EngineRefused
from cti.meant import IN_WORDS, meant
from cti.suggest import did_you_mean
from cti.typed import typed

MAX_CANDIDATES = 5

contact_app = typer.Typer(
    name="contact", help="One caller: move, prioritise, withdraw; listen, whisper, barge.", no_args_is_help=True
)

ContactName = Annotated[str, typer.Argument(metavar="ID", help=f'{IN_WORDS}; "cti contact list" has them')]

CONTACTS = (
    show.Column("contact", lambda row: show.clean(row.get("contact"))),
    show.Column("queue", lambda row: show.clean(row.get("queue"))),
    show.Column("pos", lambda row: show.clean(row.get("position")), right=True),
    show.Column("waits", lambda row: show.duration(row.get("wait_s")), right=True),
    show.Column("state", lambda row: show.clean(row.get("state")), 1),
    show.Column("caller", lambda row: show.clean(row.get("caller")), 2),
)


@contact_app.command("list")
def contact_list(as_json: AsJson = False, control: Control = None) -> None:
    """List everybody who waits, queue by queue, in the order in which they will be served.

    Example: cti contact list
    """
    found = _waiting(control, as_json)
    if not as_json:
        ask.warn_of_nodes(control)
    ask.show(CONTACTS, found, as_json, "nobody waits")


@contact_app.command("move")
def contact_move(
    contact: ContactName,
    queue: Annotated[str, typer.Argument(metavar="QUEUE", help="where it waits from now on")],
    as_json: AsJson = False,
    control: Control = None,
) -> None:
    """Put a waiting caller into another queue. He keeps the time he has waited.

    Example: cti contact move 1763763014.42 support
    """
    _ask(contact, "move", {"queue": queue}, f"waits in {queue} now", as_json, control)


@contact_app.command("prioritise", context_settings={"ignore_unknown_options": True})
def contact_prioritise(
    contact: ContactName,
    seconds: Annotated[
        float, typer.Argument(metavar="SECONDS", help="as if he had waited so much longer; less than 0 takes away")
    ],
    as_json: AsJson = False,
    control: Control = None,
) -> None:
    """Count some seconds of waiting more (or less) for a caller. A move and a restart keep them.

    Example: cti contact prioritise 1763763014.42 120
    """
    _ask(contact, "prioritise", {"seconds": seconds}, _given(seconds), as_json, control)


@contact_app.command("withdraw")
def contact_withdraw(contact: ContactName, as_json: AsJson = False, control: Control = None) -> None:
    """End a caller's wait: he is let go, and the call is hung up.

    Example: cti contact withdraw 1763763014.42
    """
    _ask(contact, "withdraw", {}, "waits no longer", as_json, control)


Phone = Annotated[str, typer.Option("--phone", metavar="PHONE", help="yours, which rings: 1009, or PJSIP/1009")]


@contact_app.command("listen")
def contact_listen(contact: ContactName, phone: Phone, as_json: AsJson = False, control: Control = None) -> None:
    """Hear a talk from your own phone. Neither side hears you.

    Example: cti contact listen 1763763014.42 --phone 1009
    """
    _spy(contact, "listen", phone, as_json, control)


@contact_app.command("whisper")
def contact_whisper(contact: ContactName, phone: Phone, as_json: AsJson = False, control: Control = None) -> None:
    """Hear a talk, and be heard by its agent alone.

    Example: cti contact whisper 1763763014.42 --phone 1009
    """
    _spy(contact, "whisper", phone, as_json, control)


@contact_app.command("barge")
def contact_barge(contact: ContactName, phone: Phone, as_json: AsJson = False, control: Control = None) -> None:
    """Join a talk: both sides hear you.

    Example: cti contact barge 1763763014.42 --phone 1009
    """
    _spy(contact, "barge", phone, as_json, control)


def _spy(part: str, mode: str, phone: str, as_json: bool, control: Path | None) -> None:
    contact = _one_of(part, ask.get(control, "calls", as_json), "call show", as_json)
    _tell(contact, mode, {"phone": phone}, f"{phone} rings; it ends with the talk", as_json, control)


def _given(seconds: float) -> str:
    """What he was given before stays his, so only the difference is certain."""
    more = "more" if seconds > 0 else "less"
    return f"counts {abs(seconds):g} s of waiting {more} than before" if seconds else "counts as before"


def _ask(part: str, action: str, body: dict[str, Any], done: str, as_json: bool, control: Path | None) -> None:
    _tell(_whole(part, control, as_json), action, body, done, as_json, control)


def _tell(contact: str, action: str, body: dict[str, Any], done: str, as_json: bool, control: Path | None) -> None:
    path = f"/api/v1/contacts/{quote(contact, safe='')}/{action}"
    try:
        found = ask.ask(control, "POST", path, as_json, {**body, "by": ask.who()})
    except EngineRefused as error:
        ask.fail(REFUSED, _why_refused(error, contact, body), as_json, error.body)
    if as_json:
        ask.print_json(found)
        return
    row = found.get("contact") if isinstance(found, dict) else None
    rings = isinstance(row, dict) and row.get("state") == "offered" and action != "prioritise"
    at_once = "; a phone rings for him: as soon as that has been taken back" if rings else ""
    typer.echo(f"{contact}: {done}{at_once}")


def _whole(part: str, control: Path | None, as_json: bool) -> str:
    """The id that is meant by a part of it; ends the command where that is nobody's, or several have it."""
    return _one_of(part, _waiting(control, as_json), "contact list", as_json)


def _one_of(part: str, rows: list[dict[str, Any]], look: str, as_json: bool) -> str:
    named = meant(part, rows)
    if len(named) == 1:
        return str(named[0]["contact"])
    if not named and "/" in part:
        return part  # the lists end after a thousand: the engine knows
    text = f'nobody there has "{show.clean(part)}" in his id; look: {typed(look)}'
    if named:
        ids = [show.clean(row.get("contact")) for row in named]
        more = f" and {len(ids) - MAX_CANDIDATES} more" if len(ids) > MAX_CANDIDATES else ""
        text = f'"{show.clean(part)}" could be {", ".join(ids[:MAX_CANDIDATES])}{more}: write more of it'
    return ask.fail(REFUSED, text, as_json)


def _waiting(control: Path | None, as_json: bool) -> list[dict[str, Any]]:
    queues = ask.get(control, "queues", as_json)
    return [row for queue in queues for row in cli_control.rows(queue.get("position", []), "")]


def _why_refused(error: EngineRefused, contact: str, body: dict[str, Any]) -> str:
    reason, detail = str(error.body.get("refused") or ""), show.clean(error.body.get("detail"))
    if reason == "unknown_queue":
        known = [str(name) for name in error.body.get("exists") or ()]
        return f'there is no queue "{show.clean(body.get("queue"))}"{did_you_mean(str(body.get("queue")), known)}'
    words = {
        "unknown_contact": f"{show.clean(contact)} is not there: it may have ended meanwhile",
        "not_waiting": f"{show.clean(contact)} does not wait: it is {detail}",
        "not_talking": f"{show.clean(contact)} talks to nobody: it is {detail}",
        "phone_busy": f"{show.clean(body.get('phone'))} is busy: {detail}",
        "already": f"{show.clean(contact)} already waits in {detail}",
    }
    if error.status == 400:
        return f"the engine does not take this: {show.clean(error.body.get('error'))}"
    return words.get(reason, f"refused: {reason or error}")
