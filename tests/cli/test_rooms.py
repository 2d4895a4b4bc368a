"""Is a start of `cti` short, and is nevertheless every command there, in help, by name and in suggestions?"""

from __future__ import annotations

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from cti.cli import main
from cti.cli.rooms import ROOMS, load

pytestmark = pytest.mark.contract

HEAVY = (
    "aiohttp",
    "sqlalchemy",
    "holidays",
    "cti.config.settings",
    "cti.acd",
    "cti.sim",
    "cti.ivr",
    "cti.prompts",
    "cti.app",
    "cti.people",
    "asyncio",
    "phonenumbers",
    "rapidfuzz",
)


def test_a_start_loads_nothing_that_the_command_does_not_need() -> None:
    asked = f"import sys, cti.cli.main; print(*(name for name in {HEAVY!r} if name in sys.modules))"
    found = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, timeout=60)
    assert found.stdout.split() == []


def test_help_loads_none_of_them() -> None:
    rooms = sorted({room.module for room in ROOMS.values()})
    asked = f"""import sys
from cti.cli.main import app
sys.argv = ["cti", "--help"]
try: app()
except SystemExit: print("loaded:", *(name for name in {rooms!r} if name in sys.modules))"""
    found = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, timeout=60)
    assert found.stdout.splitlines()[-1] == "loaded:"


@pytest.mark.parametrize("name", list(ROOMS))
def test_the_line_about_a_room_is_its_own(name: str) -> None:
    assert (load(name).help or "").split("\n\n")[0] == ROOMS[name].help


@pytest.mark.parametrize("name", list(ROOMS))
def test_every_room_opens(name: str) -> None:
    found = CliRunner().invoke(main.app, [name, "--help"])
    assert found.exit_code == 0, found.output
    assert f"cti {name}" in found.stdout and "--install-completion" not in found.stdout
    assert CliRunner().invoke(main.app, [name, "-h"]).exit_code == 0


def test_the_help_lists_all_of_them_with_a_word_about_each() -> None:
    lines = CliRunner().invoke(main.app, ["--help"], env={"COLUMNS": "120"}).stdout.splitlines()
    for name in (*ROOMS, "run", "queue", "reload"):
        [line] = [line for line in lines if f" {name} " in line and line.split()[1:2] == [name]]
        assert len(line.strip(" │").split()) > 3, line


def test_a_slip_of_the_pen_is_answered_with_the_command_that_was_meant() -> None:
    found = CliRunner().invoke(main.app, ["explian"])
    assert found.exit_code == 2 and "explain" in found.stderr
