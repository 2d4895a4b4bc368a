"""What does `cti import` read and write? The words of the command line around cti/import_*.py.

Exit codes: 0 done, 2 wrong words, or a file that cannot be used (each problem as file:line: what).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NoReturn

import typer

from cti.import_app_queue import convert

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
) -> None:
    """Write the YAML of a centre that runs on Asterisk's app_queue; what cannot be carried over is listed."""
    if output is not None and output.exists() and not force:
        _refuse([f"{output}: is there already; --force replaces it"])
    imported = convert(queues, rules, min_penalty=min_penalty, max_penalty=max_penalty)
    if imported.errors:
        _refuse(imported.errors)
    for heading, lines in imported.notes.items():
        typer.echo(f"{heading}:", err=True)
        for line in lines:
            typer.echo(f"  {line}", err=True)
    if output is None:
        typer.echo(imported.yaml, nl=False)
        return
    try:
        output.write_text(imported.yaml, encoding="utf-8")
    except OSError as error:
        _refuse([f"{output}: cannot be written: {error.strerror}"])
    typer.echo(f"wrote {output}; now: cti check {output}", err=True)


def _refuse(problems: list[str]) -> NoReturn:
    for line in problems:
        typer.echo(f"error: {line}", err=True)
    raise typer.Exit(BAD_INPUT)
