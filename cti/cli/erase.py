"""What does `cti number erase` do? A person's number leaves the store and the files, and the proof is printed.

Exit codes: 0 it is gone, 1 something of it is left (each is named), 2 wrong words, or nobody
said yes: nothing was done.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import phonenumbers
import typer

from cti.cli import ask, control
from cti.cli.ask import REFUSED, AsJson
from cti.cli.control import EngineRefused, NotRunning
from cti.cli.numbers_shown import shown
from cti.cli.store import ConfigOption, Region, one_number, opened
from cti.config.settings import Settings
from cti.erasing_files import Times, erase_in_file, packed, with_older_ones
from cti.ivr.doing import recordings_of
from cti.model.dialling import LeadId
from cti.model.uploads import UPLOADS
from cti.number_in_text import LEAST_DIGITS, Sought
from cti.store.callback_erasure import delete_recordings, open_of
from cti.store.callback_spool import BAD
from cti.store.database import Store
from cti.store.erasure import erase
from cti.store.overwriting import ONLY_LOOKED_AT

OWN_WORDS = [table.name for table in ONLY_LOOKED_AT]
WITHDRAWN_WITHIN_S = 5.0
LOOK_EVERY_S = 0.2


def erase_number(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="+442079460123, or without + and with --region")],
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
    region: Region = None,
    config: ConfigOption = None,
    as_json: AsJson = False,
) -> None:
    """Take a person's number out of history, callbacks, lists, surveys, recordings, journal and queue_log.

    Counts stay, and so does a do-not-call entry. Backups, and an Asterisk's own records, are yours to mind.

    Example: cti number erase +442079460123 --yes
    """
    wanted = one_number(number, region, as_json)
    if not yes and not as_json:
        _be_sure(shown(wanted, False))
    with opened(config, as_json) as (store, settings):
        forms = [*forms_of(wanted), *rarer_forms_of(wanted, region or settings.center.outbound.region)]
        waiting = _withdraw(store, settings, forms)
        files, unread = _overwritten(_spooled(settings.callback_spool), forms)  # before the engine takes one over
        found = erase(store, forms, ask.who(), os.getuid(), time.time())
        later, unread_later = _overwritten(_written(settings), forms)
        files, unread = files | later, unread + unread_later
        perhaps = found.perhaps | {name: times.perhaps for name, times in files.items() if times.perhaps}
        gone, elsewhere = delete_recordings([*found.recordings, *_of_flows(settings, found.calls)])
        elsewhere += _where_flows_record(settings, found.calls)
    told: dict[str, Any] = {
        "rows": found.rows,
        "files": {name: times.overwritten for name, times in files.items()},
        "recordings_deleted": gone,
        "recordings_elsewhere": elsewhere,
        "files_not_read": unread,
        "lists_being_uploaded": [str(path) for path in (settings.state_dir / UPLOADS).glob("*.csv")],
        "callbacks_the_engine_still_has": waiting,
        "left": found.left,
        "perhaps": perhaps,
        "overwritten_on_disk": found.vacuumed,
    }
    named = ("left", "perhaps", "lists_being_uploaded", "callbacks_the_engine_still_has")
    left = bool(any(told[name] for name in named) or unread or elsewhere or not found.vacuumed)
    if as_json:
        ask.print_json({"ok": not left, **told})
    else:
        _print(told)
    raise typer.Exit(REFUSED if left else 0)


def _be_sure(number: str) -> None:
    """Ask a person. Another exit code than what is left has: a cron job could not tell the two."""
    said = False
    with contextlib.suppress(typer.Abort):  # there is no terminal, and so nobody to answer
        said = typer.confirm(f"take {number} out of everything that is kept? This cannot be taken back")
    if not said:
        ask.fail(ask.BAD_CONFIG, "nothing was erased: nobody said yes. A script says it with --yes", False)


def forms_of(number: str) -> list[str]:
    """How an E.164 number is written by networks: with +, with 00, bare, and as at home."""
    digits = number.removeprefix("+")
    home = phonenumbers.format_number(phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.NATIONAL)
    national = "".join(letter for letter in home if letter.isdecimal())
    return list(dict.fromkeys([number, f"00{digits}", digits, national]))


def rarer_forms_of(number: str, region: str | None) -> list[str]:
    """How it may be written, too, where that is nobody else's number.

    With 001 and 009 before the country, where that is no number of +1 or +9..., and as at home without the 0, where
    `region` (None: unknown) is its home and it is long enough.
    """
    parsed, digits = phonenumbers.parse(number), number.removeprefix("+")
    found = [f"00{more}{digits}" for more in ("1", "9") if not _possible(f"+{more}{digits}")]
    rest = phonenumbers.national_significant_number(parsed)
    if len(rest) >= LEAST_DIGITS and region in (None, phonenumbers.region_code_for_number(parsed)):
        found.append(rest)
    return [form for form in found if form not in forms_of(number)]


def _possible(number: str) -> bool:
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return False


def _withdraw(store: Store, settings: Settings, forms: list[str]) -> list[LeadId]:
    """A running engine has open promises in memory: let it end them first. Those that it still has then."""
    ids = open_of(store, forms[0])
    try:
        for number in ids:
            control.ask(settings.control, "POST", f"/api/v1/callbacks/{number}/withdraw", {"by": ask.who()})
    except NotRunning:
        return []
    except EngineRefused:
        pass
    until = time.monotonic() + WITHDRAWN_WITHIN_S
    while ids and (left := open_of(store, forms[0])):
        if time.monotonic() > until:
            return left
        time.sleep(LOOK_EVERY_S)
    return []


def _spooled(folder: Path | None) -> list[Path]:
    """Requests that the script for times without an engine has left, those too that nobody could read."""
    found = [] if folder is None else [*folder.glob("*.json"), *(folder / BAD).glob("*")]
    return sorted(path for path in found if path.is_file() and not path.is_symlink())


def _written(settings: Settings) -> list[Path]:
    paths = (settings.journal, settings.queue_log)
    return [file for path in paths if path is not None for file in with_older_ones(path)]


def _overwritten(paths: Sequence[Path], forms: list[str]) -> tuple[dict[str, Times], list[str]]:
    """How often it stood in which file; and the files into which nobody has looked."""
    found, sought = dict[str, Times](), Sought(forms)
    unread = [str(path) for path in packed(paths)]
    for path in paths:
        if str(path) not in unread:
            try:
                found[str(path)] = erase_in_file(path, sought)
            except FileNotFoundError:  # taken over, or turned to another name, which is looked at by itself
                continue
            except OSError:
                unread.append(str(path))
    return found, unread


def _of_flows(settings: Settings, calls: Sequence[str]) -> list[str]:
    """What flows have recorded of these calls on this machine, no ending: in no row where it was no message."""
    folder = None if settings.flows is None else Path(settings.flows.recordings)
    if folder is None:
        return []
    return sorted(str(path.with_suffix("")) for call in calls for path in folder.glob(f"{recordings_of(call)}*.wav"))


def _where_flows_record(settings: Settings, calls: Sequence[str]) -> list[str]:
    """The same where the folder is the Asterisk's own: nobody here can tell whether there is any."""
    if settings.flows is None or Path(settings.flows.recordings).is_dir():
        return []
    return [f"{settings.flows.recordings}/{recordings_of(call)}*.wav" for call in calls]


def _print(told: dict[str, Any]) -> None:
    for table, count in told["rows"].items():
        typer.echo(f"{count:>8,} rows of {table}")
    for file, count in told["files"].items():
        typer.echo(f"{count:>8,} times in {file}: overwritten")
    for file in told["recordings_deleted"]:
        typer.echo(f"         {file}: deleted")
    for what, text in (
        ("recordings_elsewhere", "is not on this machine: delete it on the Asterisk's, if it is there"),
        ("files_not_read", "is packed or not yours, and was not looked into: delete or unpack it, and run this again"),
        ("lists_being_uploaded", "is a list that somebody uploads: take it back there; it is gone within the hour"),
        ("callbacks_the_engine_still_has", "is a callback that the engine still has: run this again"),
    ):
        for each in told[what]:
            typer.echo(f"LEFT     {each} {text}", err=True)
    for table, count in told["left"].items():
        is_ours = table in OWN_WORDS
        why = "your own configuration names it, now or before" if is_ours else "a call that goes on? Run this again"
        typer.echo(f"LEFT     {count:,} rows of {table} still hold it: {why}", err=True)
    for place, count in told["perhaps"].items():
        why = "perhaps it is this number: other digits stand before it, or it is a plain count. Look there"
        typer.echo(f"LEFT     {count:,} times in {place}: {why}", err=True)
    if not told["overwritten_on_disk"]:
        typer.echo(
            "LEFT     the database file is in use: what was freed in it is not overwritten; run this again", err=True
        )
    if not told["left"] and not told["perhaps"]:
        typer.echo("looked through every table afterwards: it is in none (do-not-call entries are kept)")
