"""`cti import app_queue` as an operator types it."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cti.cli import main
from tests.imported import MEMBERS

pytestmark = pytest.mark.unit


def test_the_command_writes_what_check_accepts(tmp_path: Path) -> None:
    queues, center = tmp_path / "queues.conf", tmp_path / "center.yaml"
    queues.write_text(f"[sales]\n{MEMBERS}announce=beep\n", encoding="utf-8")
    words = ["import", "app_queue", str(queues)]
    shown = CliRunner().invoke(main.app, words)
    assert (shown.exit_code, "queues:\n  sales:" in shown.stdout) == (0, True)
    written = CliRunner().invoke(main.app, [*words, "-o", str(center)])
    assert written.exit_code == 0
    assert "announce = beep (queues.conf:4)" in written.stderr
    assert CliRunner().invoke(main.app, ["check", str(center)]).exit_code == 0
    again = CliRunner().invoke(main.app, [*words, "-o", str(center)])
    assert (again.exit_code, "--force" in again.stderr) == (2, True)
    queues.write_text("[sales]\nstrategy=x\n", encoding="utf-8")
    wrong = CliRunner().invoke(main.app, words)
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert "queues.conf:2: [sales] strategy: unknown strategy" in wrong.stderr


def test_an_unknown_option_fails_only_if_strict(tmp_path: Path) -> None:
    queues, center = tmp_path / "queues.conf", tmp_path / "center.yaml"
    queues.write_text(f"[sales]\n{MEMBERS}cron_schedule=never\n", encoding="utf-8")
    words = ["import", "app_queue", str(queues), "-o", str(center), "--force"]
    usual, strict = CliRunner().invoke(main.app, words), CliRunner().invoke(main.app, [*words, "--strict"])
    assert (usual.exit_code, strict.exit_code) == (0, 1)
    assert "cron_schedule = never (queues.conf:4)" in usual.stderr
    assert "sales:" in center.read_text(encoding="utf-8")


def test_notes_fit_the_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    queues = tmp_path / "queues.conf"
    queues.write_text(f"[sales]\n{MEMBERS}autofill=no\nretry=9\nweight=1\n[b]\n", encoding="utf-8")
    shown = CliRunner().invoke(main.app, ["import", "app_queue", str(queues)])
    assert shown.exit_code == 0
    assert max(map(len, shown.stderr.splitlines())) <= 80
