"""What can a supervisor do with flows before anybody calls? `cti flow check | try | draw`, the words around flow_*.py.

Exit codes: 0 done, 1 warnings with --strict, or a script that ended too early, 2 wrong words or flows with errors.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from cti.cli import ask, show
from cti.cli.ask import REFUSED
from cti.config import flows as config_flows
from cti.config import settings as config
from cti.flows import draw, files, trying
from cti.ivr.book import FlowBook
from cti.ivr.caller import Caller
from cti.ivr.known import Known
from cti.model.errors import ConfigError

BAD_FLOW = 2
FOLDER = Path("config/flows")
HOURS = ("open", "closed", "holiday", "special_day", "closing_soon")

flow_app = typer.Typer(name="flow", help="What callers hear before anybody answers: flows.", no_args_is_help=True)

FlowPath = Annotated[Path, typer.Argument(metavar="FILE", help="a flow; its folder is read for its subflows")]
CenterFile = Annotated[
    Path | None,
    typer.Option("--config", "-c", metavar="CENTER.YAML", help="whose queues and agents; default: beside the folder"),
]


@flow_app.command("check")
def flow_check(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="[DIR]", help=f"a folder of flows, or one of them; default: what -c names, or {FOLDER}"),
    ] = None,
    center: CenterFile = None,
    strict: Annotated[bool, typer.Option("--strict", help="exit with 1 where there are warnings")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="print JSON for programs")] = False,
) -> None:
    """Check flows: loops, missing nodes and texts, wrong formulas ..., every problem at once, as file:line:column."""
    folder = folder or _folder(center)
    found = files.read(folder, _known(folder, center))
    errors, warnings = found.errors, found.warnings
    code = BAD_FLOW if errors else REFUSED if strict and warnings else 0
    if as_json:
        ask.print_json({"ok": code == 0, "errors": errors, "warnings": warnings})
        raise typer.Exit(code)
    for line in errors:
        typer.echo(f"error: {line}", err=True)
    for line in warnings:
        typer.echo(f"warning: {line}", err=True)
    sizes = f"{_count(len(found.flows), 'flow')}, {_count(sum(len(f.nodes) for f in found.flows.values()), 'node')}"
    verdict = f"has {_count(len(errors), 'error')}" if errors else f"is ok: {sizes}"
    typer.echo(
        f"{show.clean(folder)} {verdict}" + (f", {_count(len(warnings), 'warning')}" if warnings else ""),
        err=bool(errors),
    )
    raise typer.Exit(code)


@flow_app.command("try")
def flow_try_(
    file: FlowPath,
    script: Annotated[
        str | None,
        typer.Option("--script", metavar="WORDS", help='what would be typed, with commas: "1,,12345678#,hangup"'),
    ] = None,
    answers: Annotated[
        Path | None,
        typer.Option("--answers", metavar="FILE", help="answers of lookups: GET /orders/1: {status: shipped}"),
    ] = None,
    hours: Annotated[str, typer.Option("--hours", help=f"pretend: {', '.join(HOURS)}")] = "open",
    caller: Annotated[str, typer.Option("--caller", metavar="NUMBER", help="who calls")] = "+4930123456",
    known: Annotated[
        list[str] | None, typer.Option("--customer", metavar="NAME=VALUE", help="what is known of him; may be repeated")
    ] = None,
) -> None:
    """Walk through a flow as a caller: type keys (Enter: silence), fake the lookups, see what would be heard.

    hangup (or h) hangs up. With --script nothing is asked; a lookup that --answers does not know takes the next word.
    """
    if hours not in HOURS:
        _refuse([f"--hours {hours}: must be one of {', '.join(HOURS)}"])
    book, name = _book(file)
    customer = dict(pair.partition("=")[::2] for pair in known or ())
    try:
        given = trying.read_answers(answers) if answers is not None else {}
    except ConfigError as error:
        _refuse(error.problems)
    walk = trying.Walk(book, name, Caller("try/1", caller, "", customer), hours=hours, answers=given)
    complete = _by_script(walk, trying.split_script(script)) if script is not None else _by_hand(walk)
    raise typer.Exit(0 if complete else REFUSED)


@flow_app.command("draw")
def flow_draw_(
    file: FlowPath,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE.svg", help="write here instead of to stdout")
    ] = None,
    language: Annotated[str, typer.Option("--language", "-l", help="whose texts; default: the flow's first")] = "",
    dark: Annotated[bool, typer.Option("--dark", help="on dark paper")] = False,
) -> None:
    """Draw a flow as SVG, for people who would rather look than read."""
    book, name = _book(file)
    flow = book.flows[name]
    if language and language not in flow.languages:
        _refuse([f"--language {language}: the flow speaks {', '.join(flow.languages)}"])
    picture = draw.draw(flow, language or flow.languages[0], dark=dark)
    if output is None:
        typer.echo(picture, nl=False)
        return
    try:
        output.write_text(picture, encoding="utf-8")
    except OSError as error:
        _refuse([f"{output}: cannot be written: {error.strerror}"])
    typer.echo(f"wrote {output}", err=True)


# --- inside -----------------------------------------------------------------------------------------------------------


def _folder(center: Path | None) -> Path:
    """Return the folder of flows that the configuration names; the usual one where there is none."""
    if center is None:
        return FOLDER
    reading = config.read(center, lenient=True)
    if reading.settings is None:
        _refuse(reading.lines(reading.errors))
    if reading.settings.flows is None:
        _refuse([f"{center}: names no folder of flows; add flows: {{folder: flows}}, or name one here"])
    found = reading.settings.flows.folder
    return found.relative_to(Path.cwd()) if found.is_relative_to(Path.cwd()) else found


def _known(where: Path, center: Path | None) -> Known:
    """Return the names of the centre beside the flows; nothing is known where there is none, or where it is broken."""
    folder = where if where.is_dir() else where.parent
    path = center or folder.resolve().parent / "center.yaml"
    if center is None and not path.exists():
        return Known()
    reading = config.read(path, lenient=True)
    if reading.settings is None:
        if center is not None:
            _refuse(reading.lines(reading.errors))
        return Known()
    return config_flows.known_of(reading.settings)


def _book(file: Path) -> tuple[FlowBook, str]:
    found = files.read(file)
    if found.errors:
        _refuse(found.errors)
    flow = next((each.flow for each in found.files if Path(each.path) == file), None)
    if flow is None:
        _refuse([f"{file}: must be one flow, such as {FOLDER / 'main.yaml'}"])
    return FlowBook(found.flows), flow.name


def _by_script(walk: trying.Walk, words: list[str]) -> bool:
    for line in walk.lines():
        typer.echo(line)
    while not walk.over:
        answer = walk.known_answer()
        if answer is None:
            if not words:
                typer.echo(f"the script ends here ({walk.question()})", err=True)
                return False
            answer = words.pop(0)
        typer.echo(f"     > {walk.echo(answer)}")
        wrong = walk.type(answer)
        if wrong:
            _refuse([wrong])
        for line in walk.lines():
            typer.echo(line)
    return True


def _by_hand(walk: trying.Walk) -> bool:
    colour = sys.stdout.isatty()
    shown = False
    while True:
        for line in walk.lines() if not shown else ():
            typer.echo(typer.style(line, dim=True) if colour and line.startswith(("[", " ")) else line)
        if walk.over:
            return True
        answer = walk.known_answer()
        if answer is None:
            try:
                answer = input(f"({walk.question()}) > ")
            except (EOFError, KeyboardInterrupt):
                answer = "hangup"
                typer.echo()
        else:
            typer.echo(f"     > {answer}")
        wrong = walk.type(answer)
        shown = bool(wrong)
        if wrong:
            typer.echo(f"       {wrong}")


def _refuse(problems: list[str]) -> NoReturn:
    for line in problems:
        typer.echo(f"error: {line}", err=True)
    raise typer.Exit(BAD_FLOW)


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
