"""What can be typed about campaigns? `cti campaign list | status | plan | results | start | pause | ...`.

Exit codes: those of cli/main.py.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cti.cli import ask, campaign_amd, change, show
from cti.cli import control as cli_control
from cti.cli.ask import AsJson, Control
from cti.cli.change import when
from cti.cli.numbers_shown import ShowNumbers, shown
from cti.cli.show import Column, Row
from cti.cli.store import ConfigOption, known_campaign, opened
from cti.store.campaign_results import all_results
from cti.store.results_csv import csv_of

campaign_app = typer.Typer(
    name="campaign",
    help="Campaigns: list, status, plan, results, amd, start, pause, resume, drain, stop.",
    no_args_is_help=True,
)

campaign_amd.add_commands(campaign_app)

Name = Annotated[str, typer.Argument(metavar="NAME", help='as "cti campaign list" has it')]
BAR = 30

CAMPAIGNS = (
    Column("campaign", lambda row: show.clean(row.get("name"))),
    Column("state", lambda row: show.clean(row.get("state"))),
    Column("mode", lambda row: show.clean(row.get("mode")), 1),
    Column("to", lambda row: show.clean(row.get("queue")), 1),
    Column("leads", lambda row: str(row.get("leads", 0)), right=True),
    Column("left", lambda row: str(row.get("leads_left", 0)), right=True),
    Column("in the air", lambda row: str(int(row.get("planned", 0)) + int(row.get("dialling", 0))), right=True),
    Column("talking", lambda row: str(row.get("connected", 0)), 1, right=True),
    Column("why", lambda row: _why(row), 2, folds_at=24),
)


@campaign_app.command("list")
def campaign_list(as_json: AsJson = False, control: Control = None) -> None:
    """List all campaigns and how far they are.

    Example: cti campaign list
    """
    found = cli_control.rows(change.send("GET", "/api/v1/campaigns", control, as_json), "campaigns")
    ask.show(CAMPAIGNS, found, as_json, "the configuration has no campaign")


@campaign_app.command("status")
def campaign_status(name: Name, as_json: AsJson = False, control: Control = None) -> None:
    """Show one: how far it is, until when it will take, what the pacing does and why.

    Example: cti campaign status spring
    """
    found = cli_control.rows(change.send("GET", "/api/v1/campaigns", control, as_json), "campaigns")
    (row,) = ask.only(found, "name", name, "campaign", as_json)
    if as_json:
        ask.print_json(row)
        return
    for word, text in _facts(row):
        typer.echo(f"{word:<10}{text}")


@campaign_app.command("plan")
def campaign_plan(
    name: Name,
    hours: Annotated[float, typer.Option("--hours", metavar="N", help="so many hours ahead, at most 24")] = 1.0,
    as_json: AsJson = False,
    control: Control = None,
) -> None:
    """Say how many leads may be dialled within the next hour, and why the others may not. Dials nobody.

    Example: cti campaign plan spring --hours 8
    """
    found = change.send("GET", f"/api/v1/campaigns/{_clean(name, as_json)}/plan?hours={hours}", control, as_json)
    plan = found.get("plan", {})
    if as_json:
        ask.print_json(plan)
        return
    counts = plan.get("counts", {})
    typer.echo(f"{plan.get('leads', 0)} leads looked at; {counts.get('dialled', 0)} may be dialled in {hours:g} h")
    for rule, count in sorted(counts.items(), key=lambda pair: -pair[1]):
        if rule != "dialled":
            typer.echo(f"{count:>8}  not: {show.clean(rule)}")


@campaign_app.command("results")
def campaign_results(
    name: Name,
    as_csv: Annotated[bool, typer.Option("--csv/--json", help="CSV, or one JSON object a line")] = True,
    show_numbers: ShowNumbers = False,
    config: ConfigOption = None,
) -> None:
    """Print what came of each lead. Reads the store, whether the engine runs or not.

    Example: cti campaign results spring --csv > spring.csv
    """
    with opened(config, not as_csv) as (store, settings):
        known_campaign(settings, name, not as_csv)
        if not as_csv:
            for row in all_results(store, name):
                ask.print_json(row | {"number": shown(row["number"], show_numbers)})
            return
        for piece in csv_of(store, name, lambda row: row | {"number": shown(row["number"], show_numbers)}):
            typer.echo(piece, nl=False)


@campaign_app.command("start")
def campaign_start(name: Name, as_json: AsJson = False, control: Control = None) -> None:
    """Begin to dial, also again after a stop.

    Example: cti campaign start spring
    """
    _ask(name, "start", control, as_json)


@campaign_app.command("pause")
def campaign_pause(name: Name, as_json: AsJson = False, control: Control = None) -> None:
    """Dial nobody new until "resume"; what rings, rings on.

    Example: cti campaign pause spring
    """
    _ask(name, "pause", control, as_json)


@campaign_app.command("resume")
def campaign_resume(name: Name, as_json: AsJson = False, control: Control = None) -> None:
    """Go on after a pause, or instead of draining.

    Example: cti campaign resume spring
    """
    _ask(name, "resume", control, as_json)


@campaign_app.command("drain")
def campaign_drain(name: Name, as_json: AsJson = False, control: Control = None) -> None:
    """Dial nobody new, and stop when the last dial is over.

    Example: cti campaign drain spring
    """
    _ask(name, "drain", control, as_json)


@campaign_app.command("stop")
def campaign_stop(name: Name, as_json: AsJson = False, control: Control = None) -> None:
    """Stop at once: what rings is hung up, talks go on.

    Example: cti campaign stop spring
    """
    _ask(name, "stop", control, as_json)


def _ask(name: str, action: str, control: Any, as_json: bool) -> None:
    path = f"/api/v1/campaigns/{_clean(name, as_json)}/{action}"
    found = change.send("POST", path, control, as_json, {"by": ask.who()})
    row = found.get("campaign") if isinstance(found, dict) else None
    if as_json:
        ask.print_json(found)
    else:
        why = _why(row) if isinstance(row, dict) else ""
        state = show.clean(row.get("state")) if isinstance(row, dict) else action
        typer.echo(f"{name}: {state}{f' ({why})' if why and why != state else ''}")


def _clean(name: str, as_json: bool) -> str:
    if not name.isascii() or not name.replace("_", "").replace("-", "").isalnum():
        ask.fail(ask.REFUSED, f'"{show.clean(name)}" cannot be a campaign: names have A-Z a-z 0-9 _ -', as_json)
    return name


def _why(row: Row) -> str:
    why, until = str(row.get("why") or ""), row.get("until")
    return show.clean(f"{why}, until {when(until)}" if why and until else why) if why else ""


def _facts(row: dict[str, Any]) -> list[tuple[str, str]]:
    leads, left = int(row.get("leads") or 0), int(row.get("leads_left") or 0)
    there = leads - int((row.get("states") or {}).get("forgotten", 0))  # who was erased has no outcome
    share = (there - left) / there if there else 0.0
    done = round(share * BAR)
    facts = [
        ("campaign", f"{show.clean(row.get('name'))} ({show.clean(row.get('mode'))})"),
        ("state", show.clean(row.get("state"))),
        ("progress", f"[{'#' * done}{'.' * (BAR - done)}] {share:.0%} of {there} leads"),
    ]
    if _why(row) and _why(row) != row.get("state"):
        facts.append(("waits", _why(row)))
    if row.get("eta_s") is not None:
        facts.append(("ready in", f"{_long(float(row['eta_s']))}, as fast as until now"))
    if row.get("pacing"):
        facts.append(("pacing", show.clean(row["pacing"])))
    if row.get("untaken"):
        facts.append(("FAILS", _untaken(row)))
    air = ", ".join(f"{row.get(key, 0)} {key}" for key in ("planned", "dialling", "connected"))
    facts.append(("now", f"{air}; {row.get('due', 0)} of {row.get('at_hand', 0)} at hand are due"))
    answered, abandoned = int(row.get("answered") or 0), int(row.get("abandoned") or 0)
    if answered:
        facts.append(("abandoned", f"{abandoned} of {answered} answers ({abandoned / answered:.1%}){_beyond(row)}"))
    ended = {state: count for state, count in (row.get("states") or {}).items() if state not in ("due", "held")}
    if ended:
        facts.append(("leads", ", ".join(f"{count} {show.clean(state)}" for state, count in sorted(ended.items()))))
    return facts


def _beyond(row: dict[str, Any]) -> str:
    cap = row.get("abandon_cap_percent")
    if cap is None or 100 * int(row["abandoned"]) <= float(cap) * int(row["answered"]):
        return ""
    return f", beyond the cap of {float(cap):g}%: no agent in time, or his phone rang on or rejected (see auto_answer)"


def _untaken(row: dict[str, Any]) -> str:
    trunk, many = show.clean(row.get("untaken_trunk")), int(row["untaken"])
    dials = "the newest dial was" if many == 1 else f"the newest {many} dials were"
    return f"{dials} taken on by no Asterisk{f', by trunk {trunk}' if trunk else ''}: cti doctor says why"


def _long(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{max(1, minutes)} min"
