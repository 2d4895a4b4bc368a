"""What does chaos tell of a wait that is long, and what does it count of an owner who is replaced, or is not?"""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bench import chaos_run, chaos_takeovers
from bench.chaos_plan import Fault, Kind
from bench.chaos_run import Chaos

pytestmark = pytest.mark.unit


class Slow(Chaos):
    """All is well at the third look."""

    def __init__(self) -> None:
        super().__init__(cast(Any, None), cast(Any, None), 1)
        self.looks = 0

    async def look(self) -> list[str]:
        self.looks += 1
        return ["the engine does not answer"] if self.looks % 3 else []


def test_a_start_is_told_as_a_start(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(chaos_run, "TELL_S", -1.0)
    monkeypatch.setattr(chaos_run, "LOOK_S", 0.0)
    asyncio.run(Slow().well(60.0, "starting"))
    assert capsys.readouterr().err.splitlines() == ["    starting, after 0 s: the engine does not answer"] * 2
    asyncio.run(Slow().well(60.0))
    assert "    not well yet, after 0 s: the engine does not answer" in capsys.readouterr().err


class Lab:
    """A centre of several engines whose owner breaks; `replaced`: whether another one then owns it."""

    def __init__(self, replaced: bool, store: str = "sqlite:////nowhere/shared.db") -> None:
        self.engines = [SimpleNamespace(pid=os.getpid()), SimpleNamespace(pid=0)]
        self.engine, self.store = self.engines[0], store
        self.is_broken = False
        self.taken_over, self.stands_by = lambda: replaced, lambda: True

    async def breaks(self, _fault: Fault) -> None:
        self.is_broken = True

    async def mends(self, _fault: Fault) -> None:
        self.is_broken = False


class Told(Chaos):
    """All is well at each look, and nobody is there."""

    def __init__(self, lab: Lab) -> None:
        nobody = SimpleNamespace(services=0, live={}, dropped=lambda: 0, forget=lambda: None)
        super().__init__(cast(Any, lab), cast(Any, nobody), 1)

    async def look(self) -> list[str]:
        self.heard_at = min(self.heard_at, time.monotonic())  # as the true one does
        return []


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Faults last for tenths of a second."""
    for name in ("TAKEOVER_LOOK_S", "TAKEOVER_S"):
        monkeypatch.setattr(chaos_run, name, 0.02)
    monkeypatch.setattr(chaos_takeovers, "REPLACED_S", 0.05)


def broken(lab: Lab, kind: Kind, for_s: float = 0.2) -> Told:
    chaos = Told(lab)
    asyncio.run(chaos.go_through(Fault(kind, for_s, 0.0)))
    return chaos


@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("kind", [Kind.ENGINE_KILL, Kind.ENGINE_STOP])
def test_an_owner_whom_nobody_replaces_is_stuck(kind: Kind) -> None:
    chaos = broken(Lab(replaced=False), kind)
    assert chaos.stuck == [f"{kind} for 0.2 s: nobody took over"]
    assert [each.after_s for each in chaos.takeovers] == [None]


@pytest.mark.usefixtures("hasty")
def test_who_is_frozen_for_a_moment_or_with_sqlites_lock_is_counted_and_not_stuck(tmp_path: Path) -> None:
    assert broken(Lab(replaced=False), Kind.ENGINE_STOP, 0.04).stuck == []
    file = tmp_path / "shared.db"
    with closing(sqlite3.connect(file, isolation_level=None)) as books:
        books.execute("PRAGMA journal_mode=WAL")
        books.execute("BEGIN IMMEDIATE")
        chaos = broken(Lab(replaced=False, store=f"sqlite:///{file}"), Kind.ENGINE_STOP)
    assert chaos.stuck == [] and [each.locked for each in chaos.takeovers] == [True]


@pytest.mark.usefixtures("hasty")
def test_what_a_frozen_owner_holds_is_asked_before_he_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    lab = Lab(replaced=False)
    monkeypatch.setattr(chaos_run, "holds_lock", lambda pid, store: asked.append((pid, store, lab.is_broken)))
    broken(lab, Kind.ENGINE_STOP)
    assert asked == [(os.getpid(), lab.store, True)]


@pytest.mark.usefixtures("hasty")
def test_nothing_of_the_next_owner_is_excused_by_the_death_of_the_former_one() -> None:
    (episode,) = broken(Lab(replaced=True), Kind.ENGINE_KILL, 0.5).episodes
    assert episode.heard_at < episode.mended_at


@pytest.mark.usefixtures("hasty")
def test_an_owner_that_dies_as_it_is_mended_is_followed_by_who_is_seen_then() -> None:
    (episode,) = broken(Lab(replaced=True), Kind.DISK_FULL_KILL).episodes
    assert episode.heard_at >= episode.mended_at


def test_one_engine_alone_is_replaced_by_nobody() -> None:
    lab = Lab(replaced=False)
    del lab.engines[1]
    chaos = broken(lab, Kind.ENGINE_KILL, 0.0)
    assert chaos.stuck == [] and chaos.takeovers == []
