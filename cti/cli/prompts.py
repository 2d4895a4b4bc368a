"""What does `cti prompts` read and show? The words of the command line around cti/prompts/.

Exit codes: 0 done, 1 prompts are missing or sound wrong, 2 wrong words or a file that cannot be used.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cti.cli import ask, show
from cti.cli.show import Column
from cti.model.errors import ConfigError
from cti.model.spoken import PromptText
from cti.prompt_sources import prompts_in
from cti.prompts import ear, wanted
from cti.prompts.build import Busy, Made, build
from cti.prompts.shelf import MADE, Finding, Folders, State, look
from cti.prompts.sound import NotSound, Sound, read_wav
from cti.prompts.voices import ENGINES, NoVoice, cache_folder
from cti.suggest import did_you_mean
from cti.typed import typed

WRONG, BAD_INPUT = 1, 2
CORE_PLACES = ("/usr/share/asterisk/sounds", "/var/lib/asterisk/sounds")

prompts_app = typer.Typer(
    name="prompts", help="What callers hear: texts, recordings, sound files.", no_args_is_help=True
)

Source = Annotated[
    Path | None,
    typer.Argument(
        metavar="[DIR]", help=f"the folder with {wanted.FILE}, flows/ and recordings/; or one list of prompts"
    ),
]
Shelf = Annotated[
    Path | None,
    typer.Option("--to", envvar="CTI_SOUNDS", metavar="DIR", help="where the sound files are; default: var/sounds"),
]
Core = Annotated[
    list[Path] | None,
    typer.Option("--core", metavar="DIR", help="sounds of Asterisk, used where they have the name; default: installed"),
]
AsJson = Annotated[bool, typer.Option("--json", help="print JSON for programs")]

COLUMNS = (
    Column("prompt", lambda row: row["name"]),
    Column("language", lambda row: row["language"]),
    Column("from", lambda row: row["source"]),
    Column("state", lambda row: row["state"]),
    Column("seconds", lambda row: "" if row["seconds"] is None else f"{row['seconds']:.1f}", right=True),
    Column("text", lambda row: row["text"], rank=1),
)


@prompts_app.command("list")
def list_prompts(source: Source = None, to: Shelf = None, core: Core = None, as_json: AsJson = False) -> None:
    """Show every prompt that is wanted: where its sound comes from, and whether it is there.

    A recording (recordings/en/welcome.wav) goes before a file somebody put into the sounds folder, that before a core
    sound of Asterisk, and that before a voice that reads the text.
    """
    prompts, folders = _wanted(source, to, core)
    ask.show(COLUMNS, [_row(finding) for finding in look(prompts, folders)], as_json, "no prompts are wanted")


@prompts_app.command("build")
def build_prompts(
    source: Source = None,
    to: Shelf = None,
    core: Core = None,
    engine: Annotated[str, typer.Option(help=f"who speaks: {', '.join(ENGINES)}")] = "espeak-ng",
    anew: Annotated[bool, typer.Option("--anew", help="make all of ours again, cached or not")] = False,
    as_json: AsJson = False,
) -> None:
    """Make the sound files that are missing or whose text has changed: 8 and 16 kHz, all equally loud.

    Asterisk finds them by links in its sounds folder: docs/prompts.md.
    """
    prompts, folders = _wanted(source, to, core)
    if engine not in ENGINES:
        _refuse([f'there is no engine "{engine}"{did_you_mean(engine, ENGINES)}'])
    with Progress(
        TextColumn("prompts"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=show.console(stderr=True),
        transient=True,
    ) as progress:
        bar = progress.add_task("prompts", total=None)
        try:
            done = build(
                prompts,
                folders,
                ENGINES[engine],
                anew=anew,
                told=lambda made, number: progress.update(bar, total=number, advance=1),
            )
        except (NoVoice, Busy) as error:
            progress.stop()
            _refuse([str(error)], WRONG)
        except OSError as error:
            progress.stop()
            _refuse([f"{error.filename or folders.sounds}: {error.strerror}"], WRONG)
    _tell(done, len(prompts), folders, as_json)


def _tell(done: list[Made], number: int, folders: Folders, as_json: bool) -> NoReturn:
    failed = [made for made in done if made.why_not]
    if as_json:
        rows = [{**_row(made.finding), "error": made.why_not} for made in done]
        ask.print_json({"ok": not failed, "wanted": number, "made": rows, "sounds": os.fspath(folders.sounds)})
    else:
        for made in failed:
            typer.echo(f"error: {made.finding.prompt.name} ({made.finding.prompt.language}): {made.why_not}", err=True)
        typer.echo(f"{number} prompts in {folders.sounds}: {len(done) - len(failed)} made, {len(failed)} failed")
    raise typer.Exit(WRONG if failed else 0)


@prompts_app.command("check")
def check_prompts(source: Source = None, to: Shelf = None, core: Core = None, as_json: AsJson = False) -> None:
    """Listen to every prompt as a machine can: there, right rate, neither silent nor clipped, as loud as the others."""
    prompts, folders = _wanted(source, to, core)
    heard = [(finding, problems(finding)) for finding in look(prompts, folders)]
    wrong = [(finding.prompt, found) for finding, found in heard if found]
    if as_json:
        rows = [{**_row(finding), "problems": found} for finding, found in heard]
        ask.print_json({"ok": not wrong, "prompts": rows})
    else:
        for prompt, found in wrong:
            for problem in found:
                typer.echo(f"{prompt.name} ({prompt.language}): {problem}", err=True)
        typer.echo(f"{len(prompts)} prompts: {'all are there and sound right' if not wrong else f'{len(wrong)} wrong'}")
    raise typer.Exit(WRONG if wrong else 0)


def problems(finding: Finding) -> list[str]:
    """Return what is wrong with a prompt; a file in a format that only Asterisk reads is taken as it is."""
    if finding.state == State.MISSING:
        return [f"missing; make it: {typed('prompts build')}"]
    found = []
    if finding.state == State.OUTDATED:
        found.append(f"made from another text, voice or recording; make it anew: {typed('prompts build')}")
    text = finding.prompt.text if finding.source == "text" and finding.state == State.READY else ""
    for file in finding.files:
        if file.suffix in MADE:
            sound = _heard(file)
            judged = [sound] if isinstance(sound, str) else ear.judge(sound, file.suffix, text)
            found += [f"{file.name}: {problem}" for problem in judged]
    return found


def _heard(file: Path) -> Sound | str:
    try:
        return read_wav(file.read_bytes())
    except NotSound as error:
        return str(error)
    except OSError as error:
        return f"cannot be read: {error.strerror}"


def _wanted(source: Path | None, to: Path | None, core: list[Path] | None) -> tuple[list[PromptText], Folders]:
    given = source or Path("config" if Path("config").is_dir() else ".")
    folder = given.parent if given.suffix else given
    cache = cache_folder()
    places = core or [*map(Path, CORE_PLACES), *sorted(cache.glob("asterisk-*/usr/share/asterisk/sounds"))]
    shelf = to or Path(os.environ.get("CTI_STATE") or "var") / "sounds"
    try:
        prompts = wanted.merged(wanted.read(given)) if given.suffix else prompts_in(folder)
    except ConfigError as error:
        _refuse(error.problems)
    return prompts, Folders(shelf, folder / "recordings", cache / "prompts", tuple(places))


def _row(finding: Finding) -> dict[str, object]:
    sound = _heard(finding.files[0]) if finding.files and finding.files[0].suffix == ".wav" else None
    return {
        **finding.prompt._asdict(),
        "source": str(finding.source),
        "state": str(finding.state),
        "seconds": round(sound.seconds, 2) if isinstance(sound, Sound) else None,
        "files": [os.fspath(file) for file in finding.files],
    }


def _refuse(lines: list[str], code: int = BAD_INPUT) -> NoReturn:
    for line in lines:
        typer.echo(f"error: {line}", err=True)
    raise typer.Exit(code)
