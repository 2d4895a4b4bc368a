"""How do commands that need no engine get at the store, and how is a number shown? The configuration's database.

Numbers are personal data: masked wherever nobody has asked to see them.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from collections.abc import Mapping as Environment
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from cti.cli import control
from cti.cli.ask import BAD_CONFIG, REFUSED, fail
from cti.config import settings as config
from cti.config.settings import Settings
from cti.lists.numbers import Fault, known_region, read_number
from cti.model.errors import ConfigError
from cti.store.database import Store, open_store
from cti.suggest import did_you_mean

SQLITE = "sqlite:///"
NAMES_THE_STORE = tuple((f"{key}_{source}",) for key in ("store", "state_dir") for source in ("env", "file"))

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", "-c", envvar="CTI_CONFIG", metavar="FILE", help="the configuration that names the store"),
]
Region = Annotated[
    str | None,
    typer.Option("--region", metavar="CN", help="whose numbers those without a country code are (ISO 3166)"),
]
Encoding = Annotated[str | None, typer.Option("--encoding", metavar="NAME", help="such as gb18030; default: found out")]
Mapping = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        metavar="FIELD=COLUMN",
        help="phone (several, in order), name, zone, priority, consent; COLUMN - is none",
    ),
]
CampaignOption = Annotated[
    str, typer.Option("--campaign", metavar="NAME", help="only of this campaign; default: of all")
]


@contextmanager
def opened(file: Path | None, as_json: bool = False, *, only_look: bool = False) -> Iterator[tuple[Store, Settings]]:
    """Give the configuration and its store; ends the command, in a few lines, where either cannot be used.

    The secrets that the engine needs may be missing here. `only_look`: whoever only looks makes no store where there
    is none; he sees an empty one, and is told so. Who changes something and named no file is told whose store it is.
    """
    with ExitStack() as leaving:
        try:
            found = control.config_file(file)
            settings = _settings(found)
            if file is None:
                _same_engine(found, settings, os.environ)
            store = _look_at(settings.store, leaving) if only_look else _store(settings)
        except (ConfigError, OSError) as error:
            refuse(error.problems if isinstance(error, ConfigError) else [str(error)], as_json)
        leaving.callback(store.close)
        if file is None and not only_look and not as_json:
            place = make_url(settings.store).render_as_string(hide_password=True)
            typer.echo(f"store {place}, of {found}", err=True)
        try:
            yield store, settings
        except ConfigError as error:
            refuse(error.problems, as_json)
        except SQLAlchemyError as error:
            fail(REFUSED, f"the store does not take it: {type(error).__name__}; nothing was changed", as_json)


def _same_engine(found: Path, settings: Settings, environ: Environment[str, str]) -> None:
    """Raises ConfigError where the requests of this terminal go to another centre than `found`, which nobody named."""
    socket = environ.get("CTI_CONTROL")
    if socket and Path(socket).absolute() != settings.control.absolute():
        raise ConfigError(
            [
                f"CTI_CONTROL names the engine at {socket}, and {found} is of another one ({settings.control}): "
                "say whose store is meant with CTI_CONFIG=... or --config"
            ]
        )


def _settings(file: Path) -> Settings:
    """The configuration, with stand-ins for secrets that only the engine has; its store must be known."""
    reading = config.read(file, lenient=True)
    unknown = [problem for problem in reading.warnings if problem.path in NAMES_THE_STORE]
    if reading.settings is None or unknown:
        raise ConfigError(reading.lines([*reading.errors, *unknown]))
    return reading.settings


def _store(settings: Settings) -> Store:
    if settings.store.startswith(SQLITE):
        settings.state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    return open_store(settings.store)


def _look_at(url: str, leaving: ExitStack) -> Store:
    place = Path(url.removeprefix(SQLITE))
    if not url.startswith(SQLITE) or place.exists():
        return open_store(url)
    typer.echo(f"there is no store yet at {place} (the engine makes it, or the first import)", err=True)
    folder = leaving.enter_context(tempfile.TemporaryDirectory(prefix="cti-empty-"))
    return open_store(f"{SQLITE}{folder}/cti.db")


def refuse(problems: list[str], as_json: bool = False) -> NoReturn:
    """End the command: what it was given cannot be used."""
    fail(BAD_CONFIG, "\n".join(f"error: {line}" for line in problems), as_json)


def known_campaign(settings: Settings, name: str, as_json: bool = False) -> None:
    """End the command where the configuration has no such campaign."""
    if name and name not in settings.campaigns:
        there = list(settings.campaigns)
        hint = did_you_mean(name, there) or (f"; there are: {', '.join(there)}" if there else "; it has none at all")
        refuse([f'the configuration has no campaign "{name[:60]}"{hint}'], as_json)


def checked_region(region: str | None) -> str | None:
    """Return the region in capitals. Raises ConfigError where there is no such country."""
    if region is not None and not known_region(region.upper()):
        raise ConfigError([f'--region: there is no country "{region[:10]}": two letters of ISO 3166, such as CN or GB'])
    return None if region is None else region.upper()


def one_number(text: str, region: str | None, as_json: bool = False) -> str:
    """Return the number meant by `text`; ends the command where it is none."""
    try:
        found = read_number(text, checked_region(region))
    except ConfigError as error:
        refuse(error.problems, as_json)
    return refuse([f"NUMBER: {found}"], as_json) if isinstance(found, Fault) else found.e164
