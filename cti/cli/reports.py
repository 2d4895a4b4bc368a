"""What does `cti report` read and print? A table, JSON, CSV or a picture of what was, out of the configuration's store.

Exit codes: 0 done, 1 the store does not answer, 2 wrong words. Needs no engine.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated, Any

import typer

from cti.cli import ask, show
from cti.cli.show import Column
from cti.cli.store import ConfigOption, opened, refuse
from cti.metrics.contract import FIGURES
from cti.reports.chart import chart
from cti.reports.query import FILTERS, STEPS, BadQuery
from cti.reports.report import TOTAL, Report
from cti.reports.running import REPORTS, Reports

HEADS = {"sl_offered": "SL", "abandon_rate": "abandon", "occupancy": "occupied", "dial_abandon_rate": "abandon"}
LESS = {  # what a person wants to see first, by report; all of it is in --csv and --json
    "queues": (
        *("offered", "waiting", "answered", "abandoned", "sl_offered", "abandon_rate", "asa_s", "wait_p90_s", "aht_s"),
        *("occupancy", "transferred", "csat", "resolved_first", "callbacks_kept", "lost"),
    ),
    "agents": (
        "handled",
        "missed",
        "transferred",
        "talk_s",
        "hold_s",
        "wrapup_s",
        "break_s",
        "occupancy",
        "aht_s",
        "csat",
    ),
    "campaigns": (
        *("placed", "answers", "reach_rate", "with_agent", "dial_abandoned", "dial_abandon_rate", "high"),
        *("no_answer", "busy", "machine", "leads_reached", "unknown"),
    ),
}
LESS["intervals"] = LESS["queues"]

Word = Annotated[str | None, typer.Option(metavar="NAME", help="only of this one; several: a,b")]


def report_command(
    name: Annotated[str, typer.Argument(metavar="NAME", help=", ".join(REPORTS))],
    begin: Annotated[str, typer.Option("--from", help="2026-11-01, 2026-11-01T08:00, today, yesterday, -7d")] = "today",
    end: Annotated[str | None, typer.Option("--to", help="the same; a day is meant whole; default: now")] = None,
    step: Annotated[str | None, typer.Option(help=", ".join(STEPS))] = None,
    queue: Word = None,
    agent: Word = None,
    campaign: Word = None,
    flow: Word = None,
    number: Word = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="print it for a spreadsheet: every column")] = False,
    as_json: ask.AsJson = False,
    chart_file: Annotated[Path | None, typer.Option("--chart", metavar="OUT.svg", help="draw it")] = None,
    config: ConfigOption = None,
) -> None:
    """Say what was, by the definitions of docs/metrics.md. Reads the store; needs no running engine.

    Example: cti report queues --from -7d --step day --queue sales --csv
    """
    asked = {"from": begin, "to": end, "step": step}
    asked |= dict(zip(FILTERS, (queue, agent, campaign, flow, number), strict=False))
    if chart_file is not None and chart_file.suffix.lower() != ".svg":
        refuse(
            [f"--chart {chart_file}: only SVG is drawn, which browsers show: --chart {chart_file.with_suffix('.svg')}"]
        )
    with opened(config, as_json) as (store, settings):
        try:
            found = Reports(store, lambda: settings.zone, time.time).run(
                name, {key: text for key, text in asked.items() if text}
            )
        except BadQuery as error:
            refuse([str(error)], as_json)
    if chart_file is not None:
        try:
            chart_file.write_text(chart(found), encoding="utf-8")
        except OSError as error:
            refuse([f"{chart_file}: cannot be written: {error.strerror}"], as_json)
    if as_json:
        ask.print_json(found.as_object())
    elif as_csv:
        typer.echo(found.as_csv(), nl=False)
    else:
        _print(found)


def _print(found: Report) -> None:
    span = f"{found.query.shown(found.query.span.begin)} to {found.query.shown(found.query.span.end)}"
    typer.echo(f"{found.name}, {span}, {found.query.zone}", err=True)
    rows = found.as_object()["rows"]
    heads = [name for name in found.columns if FIGURES[name].unit in ("name", "time") or name == "wait_s"]
    wanted = LESS.get(found.name, tuple(found.columns))
    figures = [name for name in wanted if name not in heads and any(row[name] for row in rows)]
    columns = [_column(found, name, place) for place, name in enumerate([*heads, *figures])]
    show.print_table(columns, rows, "nothing was counted in this time\n")
    if found.weak:
        typer.echo("~ from too little to say much", err=True)


def _column(found: Report, name: str, place: int) -> Column:
    unit = FIGURES[name].unit
    weak = {row for row, column in found.weak if column == name}

    def text(row: Any) -> str:
        value = row.get(name)
        mark = "~" if weak and _place(found, row) in weak and value is not None else ""
        if unit == "time":
            return found.query.shown(value)[:16]
        if unit == "name":
            return show.clean(value) if value else TOTAL
        if unit == "s":
            return show.duration(value)
        if unit == "share":
            return mark + show.percent(value)
        return show.DASH if value is None else f"{mark}{value:.2f}" if unit == "score" else f"{value}"

    return Column(HEADS.get(name, name.removesuffix("_s").replace("_", " ")), text, place, right=unit != "name")


def _place(found: Report, row: Any) -> int:
    return found.rows.index(tuple(row[name] for name in found.columns))
