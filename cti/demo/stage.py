"""What can a demo take place on, seen from outside? The words that every stage shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import yaml

from cti.demo.outcomes import Tally
from cti.model.errors import CtiError
from cti.typed import typed
from cti.web_room import PASSWORD_FILE


class DemoFailed(CtiError):
    """The demo cannot go on; the text says why and what to do."""


class Traffic(Protocol):
    """Callers and agents."""

    async def start(self) -> None:
        """Let them begin."""

    async def step(self, agents: Sequence[Mapping[str, Any]]) -> None:
        """Called about once a second with the agents of the live view."""

    def tally(self, live: frozenset[str], promised: frozenset[str]) -> Tally | None:
        """What became of the callers; `live`: numbers that the engine knows now; `promised`: whom it promised a call.

        None where nobody counts.
        """

    def called_say(self) -> list[str] | None:
        """What those say whom the engine calls, `NUMBER WORD` a line. None where nobody asks them."""

    def trouble(self) -> str:
        """What stopped by itself and should not have; empty where all is well."""

    async def stop(self) -> None:
        """End them all."""


class NoTraffic:
    """Callers and agents are none of ours: nothing has to be done for them."""

    async def start(self) -> None:
        return

    async def step(self, agents: Sequence[Mapping[str, Any]]) -> None:
        return

    def tally(self, live: frozenset[str], promised: frozenset[str]) -> Tally | None:
        return None

    def called_say(self) -> list[str] | None:
        return None

    def trouble(self) -> str:
        return ""

    async def stop(self) -> None:
        return


@dataclass(frozen=True)
class Stage:
    """A place that is ready: the engine can be started. `hello` is printed once, `join` stays on the screen.

    `campaign`: the one that is to be started; its list is taken over before.
    """

    title: str
    center: Mapping[str, Any]
    control: Path
    environ: Mapping[str, str]
    traffic: Traffic
    hello: tuple[str, ...] = ()
    join: tuple[str, ...] = field(default=())
    campaign: str = ""


def write_center(center: Mapping[str, Any], folder: Path) -> Path:
    """Write the engine's configuration and return where it is."""
    file = folder / "center.yaml"
    file.write_text(yaml.safe_dump(dict(center), allow_unicode=True, sort_keys=False), encoding="utf-8")
    return file


def ask_hint(http: str, folder: Path, web: str) -> tuple[str, ...]:
    """What a person may look at in a browser, and from another terminal."""
    return (
        f"Pages: http://{web}, name admin, password in {from_here(folder / 'state' / PASSWORD_FILE)}",
        "From another terminal:",
        f"  CTI_CONFIG={from_here(folder / 'center.yaml')} {typed('queue show')}",
        f"  metrics http://{http}/metrics, logs in {from_here(folder)}",
    )


def from_here(path: Path) -> Path:
    """Return `path` as short as it can be typed in this folder."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
