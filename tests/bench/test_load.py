"""When does bench.load leave its records behind? Always, unless the run was good, or the person ended it."""

from __future__ import annotations

import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bench import load

pytestmark = pytest.mark.unit

GOOD = SimpleNamespace(is_good=True, words=lambda: ["well"], figures=lambda: {"lost": 0})
BAD = SimpleNamespace(is_good=False, words=lambda: ["not well"], figures=lambda: {"lost": 1})


class Run:
    """`main` with a machine on which nothing is started; what it measures is `end`, or raised."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.end: Any = GOOD
        self.teardown: Exception | None = None
        self.lacking: list[str] = []
        self._folder, self._patch = folder, monkeypatch
        monkeypatch.setattr(tempfile, "tempdir", str(folder))
        monkeypatch.setattr(load, "raise_file_limit", lambda: None)
        monkeypatch.setattr(load, "nodes", self._nodes)
        monkeypatch.setattr(load, "Centre", lambda _plan, _lab, own: (own / "record").write_text("x"))
        monkeypatch.setattr(load, "measure", self._measure)
        monkeypatch.setattr(load.needs, "look", lambda _folder: None)
        monkeypatch.setattr(load.needs, "missing", lambda _plan, _machine: self.lacking)

    @contextmanager
    def _nodes(self, _plan: object, _own: Path) -> Iterator[None]:
        yield
        if self.teardown is not None:
            raise self.teardown

    async def _measure(self, _plan: object, _centres: object) -> Any:
        if isinstance(self.end, BaseException):
            raise self.end
        return self.end

    def __call__(self, *words: str) -> int:
        self._patch.setattr(sys, "argv", ["bench.load", "--calls", "20", *words])
        return load.main()

    @property
    def left(self) -> list[str]:
        """The records that are left."""
        return [file.name for file in self._folder.rglob("record")]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    return Run(tmp_path, monkeypatch)


def test_a_good_run_leaves_nothing_behind(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 0
    assert list(tmp_path.iterdir()) == []
    assert capsys.readouterr().out.splitlines() == ['{"lost": 0}']
    assert run("--keep") == 0
    assert run.left == ["record"]


def test_a_run_that_lost_somebody_leaves_its_records(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run.end = BAD
    assert run() == 1
    said = capsys.readouterr()
    assert run.left == ["record"] and "kept: " in said.err
    assert said.out.splitlines() == ['{"lost": 1}']


@pytest.mark.parametrize(
    "problem",
    [
        SystemExit("SIPp did not start"),
        ConnectionRefusedError("the first look"),
        sqlite3.OperationalError("no such table"),
        KeyError("c1"),
        ValueError("max() of nothing"),
    ],
    ids=lambda problem: type(problem).__name__,
)
def test_a_run_that_an_exception_ends_leaves_its_records(
    run: Run, problem: BaseException, capsys: pytest.CaptureFixture[str]
) -> None:
    run.end = problem
    with pytest.raises((type(problem), SystemExit)):
        run()
    assert run.left == ["record"] and "kept: " in capsys.readouterr().err


def test_a_run_whose_end_fails_is_not_a_good_one(run: Run) -> None:
    run.teardown = OSError("an Asterisk would not end")
    with pytest.raises(OSError, match="would not end"):
        run()
    assert run.left == ["record"]


def test_words_that_cannot_be_told_leave_the_records(run: Run) -> None:
    run.end = SimpleNamespace(is_good=True, words=list, figures=lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run()
    assert run.left == ["record"]


def test_who_ends_the_run_himself_needs_no_records(run: Run, tmp_path: Path) -> None:
    run.end = KeyboardInterrupt()
    with pytest.raises(SystemExit) as ended:
        run()
    assert ended.value.code == 130 and list(tmp_path.iterdir()) == []
    with pytest.raises(SystemExit):
        run("--keep")
    assert run.left == ["record"]


def test_a_machine_that_cannot_bear_it_has_nothing_to_keep(run: Run, tmp_path: Path) -> None:
    run.lacking = ["no memory"]
    assert run() == 2
    assert list(tmp_path.iterdir()) == []
