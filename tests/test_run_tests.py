"""What becomes of a test that failed beside others?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools import run_tests

pytestmark = pytest.mark.unit


class Runs:
    """Runs of pytest that end as they are told: `ends` are the tests that each one leaves failing."""

    def __init__(self, memory: Path, *ends: list[str], code: int = run_tests.SOME_FAILED) -> None:
        self.memory, self.ends, self.code, self.asked = memory, list(ends), code, list[tuple[str, ...]]()

    def __call__(self, *words: str) -> int:
        self.asked.append(words)
        failing = self.ends.pop(0)
        self.memory.write_text(json.dumps(dict.fromkeys(failing, True)))
        return self.code if failing else 0


@pytest.mark.parametrize(
    ("ends", "code", "runs"),
    [
        ([[]], 0, 1),
        ([["a", "b"], []], 0, 2),
        ([["a", "b"], ["b"]], 1, 2),
        ([[f"t{number}" for number in range(run_tests.FEW + 1)]], 1, 1),
    ],
)
def test_a_few_have_a_second_chance(
    ends: list[list[str]], code: int, runs: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_tests, "MEMORY", tmp_path / "lastfailed")
    made = Runs(tmp_path / "lastfailed", *ends)
    monkeypatch.setattr(run_tests, "pytest", made)
    assert run_tests.main([]) == code
    assert len(made.asked) == runs
    if runs == 2:
        assert made.asked[1] == ("a", "b")


def test_what_held_only_alone_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run_tests, "MEMORY", tmp_path / "lastfailed")
    monkeypatch.setattr(run_tests, "pytest", Runs(tmp_path / "lastfailed", ["a", "b"], ["b"]))
    run_tests.main([])
    said = capsys.readouterr().out
    assert "HELD ALONE: a" in said and "FAILED TWICE: b" in said


def test_a_run_that_broke_off_is_final(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_tests, "MEMORY", tmp_path / "lastfailed")
    made = Runs(tmp_path / "lastfailed", ["a"], code=2)
    monkeypatch.setattr(run_tests, "pytest", made)
    assert run_tests.main([]) == 2 and len(made.asked) == 1
