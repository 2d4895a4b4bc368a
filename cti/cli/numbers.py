"""What can somebody type about one number? Keep it from being called, let it be called again, read its whole journal.

Exit codes: 0 done (check: it may be called), 1 refused (check: it must not be called), 2 wrong words, or a file that
cannot be used.
"""

from __future__ import annotations

import itertools
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from cti.cli import ask, show
from cti.cli.ask import REFUSED, AsJson
from cti.cli.erase import erase_number
from cti.cli.numbers_shown import ShowNumbers, shown
from cti.cli.show import Column
from cti.cli.store import (
    CampaignOption,
    ConfigOption,
    Encoding,
    Mapping,
    Region,
    checked_region,
    known_campaign,
    one_number,
    opened,
    refuse,
)
from cti.lists.importing import Reading
from cti.lists.judge import plain
from cti.lists.mapping import read_said
from cti.lists.numbers import Fault, read_pattern
from cti.lists.wishes import look_at_wishes, read_wishes
from cti.model.errors import ConfigError
from cti.outbound.do_not_call import DoNotCall
from cti.store.attempts import Attempt, attempts_of
from cti.store.do_not_call import Entry, add_entries, add_entry, blocked, end_entries, entries_of
from cti.store.leads import leads_with

PORTION = 5_000
MOST_REASON_CHARS = 80
DAY_S = 86_400.0

dnc_app = typer.Typer(name="dnc", help="Who must not be called: add, remove, check, import.", no_args_is_help=True)
number_app = typer.Typer(name="number", help="What is known of one number.", no_args_is_help=True)

Number = Annotated[str, typer.Argument(metavar="NUMBER", help="+442079460123, or without + and with --region")]
Pattern = Annotated[str, typer.Argument(metavar="NUMBER", help='a number, or how numbers begin and a *: "+4420*"')]
Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="why: asked, register, wrong number ...")]
Days = Annotated[float | None, typer.Option("--days", min=0.001, help="for so many days; default: for ever")]

JOURNAL = (
    Column("when", lambda row: show.clock(row["at"])),
    Column("what", lambda row: show.clean(row["what"])),
    Column("campaign", lambda row: show.clean(row["campaign"])),
    Column("state", lambda row: show.clean(row["state"])),
    Column("result", lambda row: show.clean(row["result"])),
    Column("rule", lambda row: show.clean(row["rule"]), 2, folds_at=16),
    Column("by", lambda row: show.clean(row["by"]), 1),
    Column("contact", lambda row: show.clean(row["contact"]), 3),
)


@dnc_app.command("add")
def add(
    number: Pattern,
    reason: Reason = "asked",
    campaign: CampaignOption = "",
    days: Days = None,
    region: Region = None,
    config: ConfigOption = None,
    as_json: AsJson = False,
) -> None:
    """Keep a number, or all that begin so, from being called: from the next dial on.

    Example: cti dnc add +442079460123 --reason "asked on the phone"
    """
    pattern = _pattern(number, region, as_json)
    with opened(config, as_json) as (store, settings):
        known_campaign(settings, campaign, as_json)
        now = time.time()
        until = None if days is None else now + days * DAY_S
        new = add_entry(store, Entry(pattern, campaign, plain(reason)[:MOST_REASON_CHARS], ask.who(), now, until))
    scope = f"for campaign {campaign}" if campaign else "for any campaign"
    _say(
        as_json, {"ok": True, "new": new}, f"not called any more {scope}" if new else f"is on the list {scope} already"
    )


@dnc_app.command("remove")
def remove(
    number: Pattern,
    campaign: CampaignOption = "",
    region: Region = None,
    config: ConfigOption = None,
    as_json: AsJson = False,
) -> None:
    """End an entry: exactly this number or beginning, of exactly this campaign or of all. It stays in the journal.

    Example: cti dnc remove +442079460123
    """
    pattern = _pattern(number, region, as_json)
    with opened(config, as_json, only_look=True) as (store, _):
        ended = end_entries(store, pattern, campaign, ask.who(), time.time())
    if not ended:
        ask.fail(
            REFUSED, f"there is no such entry {f'of campaign {campaign}' if campaign else 'of all campaigns'}", as_json
        )
    _say(as_json, {"ok": True, "ended": ended}, "may be called again, as far as this entry goes")


@dnc_app.command("check")
def check(
    number: Number,
    campaign: CampaignOption = "",
    region: Region = None,
    config: ConfigOption = None,
    as_json: AsJson = False,
) -> None:
    """Say whether a number may be called as far as do-not-call lists go; exit code 1 if it must not.

    Example: cti dnc check +442079460123 --campaign winter
    """
    wanted = one_number(number, region, as_json)
    with opened(config, as_json, only_look=True) as (store, settings):
        known_campaign(settings, campaign, as_json)
        entry = blocked(store, wanted, campaign, time.time())
        written = DoNotCall(settings.outbound.do_not_call).says_no(wanted)
    if entry is None and not written:
        _say(as_json, {"ok": True, "may_be_called": True}, "is on no do-not-call list")
        return
    body: dict[str, Any] = {"may_be_called": False, "pattern_of_the_configuration": bool(written)}
    text = "must not be called: a pattern of the configuration (outbound.do_not_call)"
    if entry is not None:
        body |= {"reason": entry.reason, "by": entry.by, "at": entry.at, "until": entry.until}
        text = f"must not be called: {show.clean(entry.reason)}, by {show.clean(entry.by)}"
        text += f" at {show.clock(entry.at)}" + (f", until {show.clock(entry.until)}" if entry.until else "")
    ask.fail(REFUSED, text, as_json, body)


@dnc_app.command("import")
def import_command(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, or one number or pattern a line")],
    reason: Reason = "register",
    campaign: CampaignOption = "",
    days: Days = None,
    mapping: Mapping = None,
    region: Region = None,
    encoding: Encoding = None,
    config: ConfigOption = None,
    as_json: AsJson = False,
) -> None:
    """Take a register over. Numbers that are there already stay; done twice, it changes nothing.

    Example: cti dnc import register.csv --region GB --days 31
    """
    with opened(config, as_json) as (store, settings):
        known_campaign(settings, campaign, as_json)
        reading = Reading(checked_region(region), encoding, said=read_said(mapping or []))
        found = look_at_wishes(file, reading)
        now, wishes = time.time(), read_wishes(file, found, reading)
        until = None if days is None else now + days * DAY_S
        told = (campaign, plain(reason)[:MOST_REASON_CHARS], ask.who(), now, until)
        rows = new = 0
        faults: list[str] = []
        while portion := list(itertools.islice(wishes, PORTION)):
            rows += len(portion)
            faults += [f"{file}:{wish.line}: {wish.fault}" for wish in portion if wish.fault]
            with store.durable.begin() as connection:
                new += add_entries(connection, [Entry(wish.pattern, *told) for wish in portion if not wish.fault])
    for line in faults[:20]:
        typer.echo(line, err=True)
    body = {"ok": True, "rows": rows, "new": new, "there_already": rows - new - len(faults), "invalid": len(faults)}
    _say(as_json, body, f"{rows:,} rows: {new:,} new, {body['there_already']:,} there already, {len(faults):,} invalid")


number_app.command("erase")(erase_number)


@number_app.command("journal")
def journal(
    number: Number,
    region: Region = None,
    show_numbers: ShowNumbers = False,
    config: ConfigOption = None,
    as_json: AsJson = False,
) -> None:
    """Tell everything about a number: every attempt with its rule and result, do-not-call entries, lists it is in.

    Example: cti number journal +442079460123
    """
    wanted = one_number(number, region, as_json)
    with opened(config, as_json, only_look=True) as (store, _):
        rows = [_attempt_row(made) for made in attempts_of(store, wanted)]
        rows += [row for entry in entries_of(store, wanted) for row in _entry_rows(entry)]
        leads = leads_with(store, wanted)
    rows.sort(key=lambda row: row["at"])
    in_lists = [
        {"campaign": lead.campaign, "lead": lead.id, "state": lead.state, "result": lead.result} for lead in leads
    ]
    if as_json:
        ask.print_json({"number": shown(wanted, show_numbers), "journal": rows, "leads": in_lists})
        return
    show.print_table(JOURNAL, rows, f"{shown(wanted, show_numbers)}: never called, and on no do-not-call list")
    for lead in in_lists:
        result = f", {show.clean(lead['result'])}" if lead["result"] else ""
        typer.echo(f"lead {lead['lead']} of campaign {show.clean(lead['campaign'])}: {lead['state']}{result}")


def _attempt_row(made: Attempt) -> dict[str, Any]:
    return {
        "at": made.intended_at or 0.0,
        "what": f"attempt {made.attempt_no}",
        "campaign": made.campaign,
        "state": made.state.value,
        "result": made.result,
        "rule": made.rule,
        "by": made.by,
        "contact": made.contact,
        "sent_at": made.sent_at,
        "ended_at": made.ended_at,
    }


def _entry_rows(entry: Entry) -> list[dict[str, Any]]:
    rule = "pattern" if entry.pattern.endswith("*") else ""
    row = {"campaign": entry.campaign or "all", "state": "", "rule": rule, "contact": ""}
    begun = {**row, "at": entry.at, "what": "do not call", "result": entry.reason, "by": entry.by}
    if entry.until is None:
        return [begun]
    return [begun, {**row, "at": entry.until, "what": "entry ends", "result": "", "by": entry.ended_by}]


def _pattern(text: str, region: str | None, as_json: bool) -> str:
    try:
        found = read_pattern(text, checked_region(region))
    except ConfigError as error:
        refuse(error.problems, as_json)
    return refuse([f"NUMBER: {found}"], as_json) if isinstance(found, Fault) else found


def _say(as_json: bool, body: dict[str, Any], text: str) -> None:
    if as_json:
        ask.print_json(body)
    else:
        typer.echo(text)
