"""What does `cti simulate` read and print? The words of the command line around cti.sim.whatif.

Exit codes: 0 done, 2 wrong words, or a file that cannot be used (each problem as file:line: what).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cti.cli import show as cli_show
from cti.cli.simulate_show import show
from cti.config import settings as config
from cti.model.errors import ConfigError
from cti.model.policy import Center
from cti.sim import whatif_input
from cti.sim.whatif import Outcome, Row, Scene, simulate
from cti.sim.whatif_chart import chart, clock
from cti.sim.whatif_stats import Interval

BAD_INPUT = 2
CHART_SUFFIX = ".svg"


def simulate_command(
    config_file: Annotated[Path, typer.Option("--config", "-c", metavar="FILE", help="the configuration")],
    demand: Annotated[Path, typer.Option(metavar="FILE", help="CSV: start,queue,offered,aht_s,patience_s")],
    agents: Annotated[Path, typer.Option(metavar="FILE", help="CSV: agent,from,to,breaks")],
    days: Annotated[int, typer.Option(min=1, max=1000, help="how many days to play; more: narrower intervals")] = 5,
    config2: Annotated[
        Path | None, typer.Option("--config2", metavar="FILE", help="a second one, played with the same callers")
    ] = None,
    seed: Annotated[int, typer.Option(help="same seed, same days")] = 1,
    ring_s: Annotated[float, typer.Option(min=0, max=300, help="how long agents let it ring")] = 3.0,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON object for programs")] = False,
    chart_file: Annotated[Path | None, typer.Option("--chart", metavar="OUT.svg", help="draw it")] = None,
) -> None:
    """Play a day's callers and agents through the engine's own core, in virtual time: what would happen?"""
    if chart_file is not None and chart_file.suffix.lower() != CHART_SUFFIX:
        better = chart_file.with_suffix(CHART_SUFFIX)
        typer.echo(f"error: --chart {chart_file}: only SVG is drawn, which browsers show: --chart {better}", err=True)
        raise typer.Exit(BAD_INPUT)
    files = [config_file] if config2 is None else [config_file, config2]
    try:
        day = whatif_input.read(demand, agents)
        centers = tuple(_center(file, day, ring_s) for file in files)
    except ConfigError as error:
        for line in error.problems:
            typer.echo(f"error: {line}", err=True)
        raise typer.Exit(BAD_INPUT) from None
    outcome = _play(Scene(centers, day, days, seed, ring_s))
    if chart_file is not None:
        title = f"{days} simulated day{'' if days == 1 else 's'}, seed {seed}"
        try:
            chart_file.write_text(chart(outcome.rows, [file.name for file in files], title), encoding="utf-8")
        except OSError as error:
            typer.echo(f"error: {chart_file}: cannot be written: {error.strerror}", err=True)
            raise typer.Exit(BAD_INPUT) from None
    if as_json:
        typer.echo(json.dumps(as_object(outcome, [str(file) for file in files], days, seed), ensure_ascii=False))
    else:
        show(outcome, [file.name for file in files], days, cli_show.console())


def _center(file: Path, day: whatif_input.Day, ring_s: float) -> Center:
    reading = config.read(file, lenient=True)
    if reading.settings is None:
        raise ConfigError(reading.lines(reading.errors))
    center = reading.settings.center
    whatif_input.check(day, center, str(file))
    slow = [name for name, queue in center.queues.items() if queue.ring_timeout_s <= ring_s]
    if slow:
        raise ConfigError([f"--ring-s {ring_s:g}: {file} gives up ringing earlier in: {', '.join(sorted(slow))}"])
    return center


def _play(scene: Scene) -> Outcome:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        bar = progress.add_task("playing days", total=scene.days * len(scene.centers))
        return simulate(scene, progress=lambda done: progress.update(bar, completed=done))


# --- for programs -------------------------------------------------------------------------------------------------


def as_object(outcome: Outcome, files: Sequence[str], days: int, seed: int) -> dict[str, Any]:
    """The result as one JSON object; shares are fractions of 1, unknown is null, limits are those of 95 %."""
    return {
        "days": days,
        "seed": seed,
        "callers": outcome.callers,
        "configs": [
            {"config": file, "unserved": unserved, "rows": [_object(row) for row in rows]}
            for file, unserved, rows in zip(files, outcome.unserved, outcome.rows, strict=True)
        ],
        "difference": [_object(row) for row in outcome.differences],
    }


def _object(row: Row) -> dict[str, Any]:
    figures = {name: _limits(each) for name, each in row.figures.items()}
    return {"queue": row.queue or None, "from": None if row.start_s is None else clock(row.start_s), **figures}


def _limits(each: Interval) -> dict[str, float | None]:
    return {name: None if number is None else round(number, 4) for name, number in each._asdict().items()}
