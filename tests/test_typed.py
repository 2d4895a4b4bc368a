"""A command in a message can be typed as it stands."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from cti.typed import typed

pytestmark = pytest.mark.unit


def test_the_command_is_as_short_as_this_folder_allows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "env"))
    monkeypatch.chdir(tmp_path)
    assert typed("doctor") == f"{sys.executable} -m cti doctor"  # not installed
    program = tmp_path / "env" / "bin" / "cti"
    program.parent.mkdir(parents=True)
    program.touch(mode=0o755)
    monkeypatch.setenv("PATH", "/usr/bin")
    assert typed("doctor") == "env/bin/cti doctor"
    monkeypatch.chdir("/")
    assert typed("doctor") == f"{program} doctor"
    monkeypatch.setenv("PATH", str(program.parent))
    assert typed("doctor") == "cti doctor"
