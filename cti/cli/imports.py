"""What does `cti import` read and write? The words of the command line around cti/import_*.py.

Exit codes: 0 done, 1 an option is unknown and --strict asked for it, 2 wrong words, or a file that cannot be used (each
problem as file:line: what).
"""

from __future__ import annotations

import shutil
import textwrap
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from cti.importing.app_queue import convert
from cti.importing.report import Kind

UNKNOWN_OPTION = 1
BAD_INPUT = 2

import_app = typer.Typer(name="import", help="Move here from another system.", no_args_is_help=True)

Penalty = typer.Option(min=0, max=1000, help="what your dialplan sets QUEUE_MIN_PENALTY or QUEUE_MAX_PENALTY to")


@import_app.callback()
def _one_word_for_each_system() -> None:
    """Without this Typer makes the only command of a group the group itself."""


@import_app.command("app_queue")
def app_queue(
    queues: Annotated[Path, typer.Argument(metavar="QUEUES.CONF")],
    rules: Annotated[Path | None, typer.Argument(metavar="[QUEUERULES.CONF]")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="CENTER.YAML", help="write here instead of to stdout")
    ] = None,
    min_penalty: Annotated[int | None, Penalty] = None,
    max_penalty: Annotated[int | None, Penalty] = None,
    force: Annotated[bool, typer.Option("--force", help="replace CENTER.YAML if it is there")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="exit with 1 if an option is unknown to app_queue")] = False,
) -> None:
    """Write the YAML of a centre that runs on Asterisk's app_queue; what cannot be carried over is listed."""
    if output is not None and output.exists() and not force:
        _refuse([f"{output}: is there already; --force replaces it"])
    imported = convert(queues, rules, min_penalty=min_penalty, max_penalty=max_penalty)
    if imported.errors:
        _refuse(imported.errors)
    width = max(40, shutil.get_terminal_size().columns)
    for heading, lines in imported.notes.items():
        typer.echo(f"{heading}:", err=True)
        for line in lines:
            wrapped = textwrap.wrap(line, width, initial_indent="- ", subsequent_indent="  ", break_on_hyphens=False)
            typer.echo("\n".join(wrapped), err=True)
    if output is None:
        typer.echo(imported.yaml, nl=False)
    else:
        _write(output, imported.yaml)
    if strict and Kind.UNKNOWN in imported.notes:
        raise typer.Exit(UNKNOWN_OPTION)


def _write(output: Path, text: str) -> None:
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        _refuse([f"{output}: cannot be written: {error.strerror}"])
    typer.echo(f"wrote {output}; now: cti check {output}", err=True)


def _refuse(problems: list[str]) -> NoReturn:
    for line in problems:
        typer.echo(f"error: {line}", err=True)
    raise typer.Exit(BAD_INPUT)
