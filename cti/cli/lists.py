"""What can somebody type about lists of leads? Look at a file, take it over, see what there is.

Exit codes: 0 done, 1 refused (another import runs, a full disk), 2 wrong words or a file that cannot be used.
"""

from __future__ import annotations

import csv
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TextIO

import typer
from msgspec import structs
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from cti.cli import ask
from cti.cli import show as cli_show
from cti.cli.ask import REFUSED, AsJson
from cti.cli.control import config_file
from cti.cli.list_tables import COUNTS, LISTS, PREVIEW, WORDS, how, shown_row
from cti.cli.numbers_shown import ShowNumbers
from cti.cli.store import (
    CampaignOption,
    ConfigOption,
    Encoding,
    Mapping,
    Region,
    checked_region,
    known_campaign,
    opened,
    refuse,
)
from cti.config.settings import Settings, located
from cti.lists.form import not_there, with_form
from cti.lists.importing import Found, OpenNow, Reading, Tally, import_list, look_at
from cti.lists.judge import Rules, Verdict, judge_row, plain
from cti.lists.mapping import Field, read_said
from cti.lists.numbers import known_zone
from cti.model.dialling import CampaignState
from cti.model.errors import ConfigError
from cti.outbound.do_not_call import DoNotCall
from cti.outbound.windows import Window
from cti.store.campaigns import restored
from cti.store.database import Store
from cti.store.lead_loading import AnotherImport, ImportLost
from cti.store.leads import load_lists
from cti.typed import typed

PREVIEW_ROWS = 8
MOST_REASONS = 10

list_app = typer.Typer(name="list", help="Lists of leads: look at, import, show.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(metavar="FILE", help="CSV, in any encoding and with any delimiter")]
Delimiter = Annotated[str | None, typer.Option("--delimiter", metavar="CHAR", help="default: found out")]
Header = Annotated[
    bool | None, typer.Option("--header/--no-header", help="whether the first record names columns; default: found out")
]
Zone = Annotated[
    str, typer.Option("--zone", metavar="ZONE", help="of leads whose time zone nobody can tell, such as Asia/Tokyo")
]


@list_app.command("preview")
def preview(
    file: File,
    mapping: Mapping = None,
    region: Region = None,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    header: Header = None,
    zone: Zone = "",
    campaign: Annotated[str, typer.Option("--campaign", metavar="NAME", help="as its `lists` says")] = "",
    config: ConfigOption = None,
    show_numbers: ShowNumbers = False,
    as_json: AsJson = False,
) -> None:
    """Show how a file would be read: encoding, delimiter, which column is what, and its first rows.

    Example: cti list preview customers.csv --region GB
    """
    try:
        reading = _reading(mapping, region, encoding, delimiter, header, zone)
        if campaign:
            with opened(config, as_json, only_look=True) as (_, settings):
                known_campaign(settings, campaign, as_json)
                zone = zone or settings.campaigns[campaign].lists.zone or ""
                reading, found = _as_written(file, reading, settings, campaign, config)
        else:
            found = look_at(file, reading)
    except ConfigError as error:
        refuse(error.problems, as_json)
    rules = Rules("", reading.region, zone)
    rows = [judge_row(n, record, found.columns, rules) for n, record in enumerate(found.sample[:PREVIEW_ROWS], 1)]
    if as_json:
        ask.print_json({**how(found), "rows": [shown_row(row, show_numbers) for row in rows]})
        return
    for what, value in how(found).items():
        typer.echo(f"{what:>10}  {cli_show.clean(value)}")
    cli_show.print_table(PREVIEW, [shown_row(row, show_numbers) for row in rows], "there are no rows")
    if all(row.verdict is Verdict.INVALID for row in rows):
        typer.echo("no row can be taken: is --region missing, or --map phone=COLUMN?", err=True)


@list_app.command("import")
def import_command(
    file: File,
    campaign: Annotated[str, typer.Option("--campaign", metavar="NAME", help="whose leads they become")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only say what would come of it; nothing is kept")] = False,
    mapping: Mapping = None,
    region: Region = None,
    encoding: Encoding = None,
    delimiter: Delimiter = None,
    header: Header = None,
    zone: Zone = "",
    not_across: Annotated[bool, typer.Option("--not-across", help="refuse who is in another campaign")] = False,
    rejects: Annotated[
        Path | None,
        typer.Option(
            "--rejects",
            metavar="FILE",
            help="refused rows; default: a.rejected.csv beside a.csv, and none of a dry run",
        ),
    ] = None,
    config: ConfigOption = None,
    as_json: AsJson = False,
) -> None:
    """Take a list over into a campaign, as a whole or not at all. Refused rows go into a file, with the reason.

    Example: cti list import customers.csv --campaign winter --region GB --dry-run
    """
    with opened(config, as_json, only_look=dry_run) as (store, settings):
        known_campaign(settings, campaign, as_json)
        given = _reading(mapping, region, encoding, delimiter, header, zone)
        reading, found = _as_written(file, given, settings, campaign, config)
        supposed = zone or settings.campaigns[campaign].lists.zone or settings.outbound.suppose_zone or ""
        rules = Rules(campaign, reading.region, supposed, not_across)
        place = rejects or (None if dry_run else file.with_name(f"{file.stem}.rejected.csv"))
        try:
            tally = _import(store, settings, file, found, rules, place, dry_run)
        except (AnotherImport, ImportLost, OSError) as error:
            why = "it was taken for dead, and removed" if isinstance(error, ImportLost) else str(error)
            ask.fail(REFUSED, f"{file.name}: {why}; nothing was imported", as_json)
        is_done = not dry_run and any(
            each.campaign == campaign and each.state is CampaignState.DONE for each in restored(store)
        )
    _tell(tally, found, place, dry_run, as_json)
    if is_done and not as_json:
        typer.echo(f"{campaign} is done: {typed(f'campaign start {campaign}')} lets it go on with these")


@list_app.command("show")
def show(campaign: CampaignOption = "", config: ConfigOption = None, as_json: AsJson = False) -> None:
    """List what was imported, the newest first, and how its leads stand.

    Example: cti list show --campaign winter
    """
    with opened(config, as_json, only_look=True) as (store, _):
        rows = load_lists(store, campaign)
    ask.show(LISTS, rows, as_json, f"there are no lists; import one: {typed('list import FILE --campaign NAME')}")


def _reading(
    mapping: list[str] | None,
    region: str | None,
    encoding: str | None,
    delimiter: str | None,
    header: bool | None,
    zone: str,
) -> Reading:
    delimiter = {"\\t": "\t", "tab": "\t"}.get(delimiter or "", delimiter)
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n'):
        raise ConfigError(["--delimiter: must be one character, or tab"])
    if zone and not known_zone(zone):
        raise ConfigError([f'--zone: there is no time zone "{zone[:40]}"; write for example Asia/Tokyo'])
    return Reading(checked_region(region), encoding, delimiter, header, read_said(mapping or []))


def _as_written(
    file: Path, given: Reading, settings: Settings, campaign: str, config: Path | None
) -> tuple[Reading, Found]:
    """Look at the file by what was given, and else by the campaign's `lists`. Raises ConfigError, with the place there.

    Columns that the file does not have are told with the line of the configuration that names them.
    """
    form = settings.campaigns[campaign].lists
    reading = with_form(given, form, settings.outbound)
    try:
        return reading, look_at(file, reading)
    except ConfigError:
        if given.said or not reading.said:
            raise
        header = look_at(file, structs.replace(reading, said={Field.PHONE: ["#1"]})).columns.header
        paths = [(("campaigns", campaign, "lists", *path), text) for path, text in not_there(form, header)]
        if not paths:
            raise
        raise ConfigError(located(config_file(config), paths)) from None


def _import(
    store: Store, settings: Settings, file: Path, found: Found, rules: Rules, place: Path | None, dry_run: bool
) -> Tally:
    open_now, forbidden = _of_the_campaign(settings, rules.campaign)
    with (
        _rejects(place) as refused,
        Progress(
            TextColumn(file.name),
            BarColumn(),
            DownloadColumn(),
            TimeRemainingColumn(),
            console=cli_show.console(stderr=True),
            transient=True,
        ) as progress,
    ):
        bar = progress.add_task("list", total=None)
        return import_list(
            store,
            file,
            found,
            rules,
            time.time,
            by=ask.who(),
            dry_run=dry_run,
            rejects=refused,
            open_now=open_now,
            forbidden=forbidden,
            told=lambda done, whole: progress.update(bar, total=whole, completed=done),
        )


def _of_the_campaign(settings: Settings, name: str) -> tuple[OpenNow, DoNotCall]:
    window = Window(settings.campaigns[name].limits.window)
    now = time.time()
    return (lambda zones: window.reason(zones, now) is None), DoNotCall(settings.outbound.do_not_call)


@contextmanager
def _rejects(place: Path | None) -> Iterator[TextIO | None]:
    """A file for its owner only; without one refused row there is none afterwards, and no old one either."""
    if place is None:
        yield None
        return
    half = place.with_name(f".{place.name}.{os.getpid()}")
    try:
        descriptor = os.open(half, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="") as file:
            yield file
        with half.open(encoding="utf-8-sig", newline="") as written:
            any_row = sum(1 for _, _ in zip(range(2), csv.reader(written), strict=False)) > 1
        if any_row:
            half.replace(place)
        else:
            place.unlink(missing_ok=True)
    finally:
        half.unlink(missing_ok=True)


def _tell(tally: Tally, found: Found, place: Path | None, dry_run: bool, as_json: bool) -> None:
    refused = tally.rows - tally.verdicts[Verdict.VALID]
    numbers = {verdict.value: tally.verdicts[verdict] for verdict in Verdict}
    more = {"outside_hours_now": tally.outside_hours, "in_another_campaign": tally.elsewhere}
    more |= {"numbers_left_out": tally.left_out, "unreadable_letters": tally.unreadable}
    if as_json:
        body = {"ok": True, "dry_run": dry_run, "list": tally.list_id, "rows": tally.rows, **numbers, **more}
        ask.print_json({**body, **how(found), "rejects": str(place) if refused and place else None})
        return
    rows = [{"what": WORDS[verdict], "number": tally.verdicts[verdict]} for verdict in Verdict]
    cli_show.print_table(COUNTS, [*rows, {"what": "all", "number": tally.rows}], "")
    for text, number in (
        ("of those taken may not be called at this hour", tally.outside_hours),
        ("of those taken are in another campaign too", tally.elsewhere),
        ("of those taken have letters that cannot be read: is the encoding right?", tally.unreadable),
        ("numbers of those taken will not be dialled (wrong, or somebody has them already)", tally.left_out),
    ):
        if number:
            typer.echo(f"{number:,} {text}")
    for reason, number in tally.reasons.most_common(MOST_REASONS):
        typer.echo(f"{number:>9,} refused: {plain(reason)}")
    if refused and place is None:
        typer.echo("refused rows are written by the import, or with --rejects FILE")
    elif refused:
        typer.echo(f"refused rows, with line and reason: {place} (holds personal data)")
    done = "dry run: nothing was kept" if dry_run else f"list {tally.list_id}: {tally.verdicts[Verdict.VALID]:,} leads"
    typer.echo(done)
