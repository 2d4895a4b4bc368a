"""What can be typed before an engine runs? `cti check`: is a configuration, with its flows, in order?

Exit codes: 0 ok, 1 warnings with --strict, 2 errors.
"""

from __future__ import annotations

import os
from typing import Annotated

import typer

from cti.cli import ask, control, show
from cti.cli.ask import BAD_CONFIG, REFUSED, AsJson, ConfigFile
from cti.config import bound as config_bound
from cti.config import flows as config_flows
from cti.config import settings as config


def check_command(
    file: ConfigFile = None,
    strict: Annotated[bool, typer.Option("--strict", help="exit with 1 where there are warnings")] = False,
    as_json: AsJson = False,
) -> None:
    """Check a configuration and its flows, like nginx -t: what is wrong, as file:line:column, by kinds.

    Also tells each queue's starvation bound: after so long a caller goes before everybody who begins to wait then.
    """
    path = control.config_file(file)
    reading = config.read(path, lenient=True)
    flows = config_flows.fit(reading)
    errors = reading.lines(reading.errors) + flows.errors
    warnings = reading.lines(reading.warnings) + flows.warnings
    settings = None if errors else reading.settings
    verdict = f"configuration file {path} "
    if settings is None:
        verdict += f"has {_count(len(errors), 'error')}"
    else:
        sizes = {"queue": len(settings.queues), "agent": len(settings.agents), "entry": len(settings.entries)}
        sizes["node"] = len(settings.nodes)
        if settings.flows is not None:
            sizes["flow"] = len(flows.folder.flows)
        verdict += f"is ok: {', '.join(_count(number, word) for word, number in sizes.items())}"
    verdict += f", {_count(len(warnings), 'warning')}" if warnings else ""
    code = BAD_CONFIG if settings is None else REFUSED if strict and warnings else 0
    bounds = config_bound.bounds(settings) if settings is not None else []
    if as_json:
        found = {"ok": code == 0, "file": os.fspath(path), "errors": errors, "warnings": warnings}
        ask.print_json(found | {"starvation_bounds": [bound._asdict() for bound in bounds]})
    else:
        for line in errors:
            typer.echo(f"error: {line}", err=True)
        for line in warnings:
            typer.echo(f"warning: {line}", err=True)
        for bound in bounds:
            typer.echo(config_bound.in_words(bound))
        typer.echo(show.clean(verdict), err=settings is None)
    raise typer.Exit(code)


def _count(number: int, word: str) -> str:
    plural = f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"
    return f"{number} {word if number == 1 else plural}"
