"""Does systemd hear what it asked for, and are our units such that it takes them?"""

from __future__ import annotations

import asyncio
import configparser
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from cti import closing
from cti.api import serving
from cti.config.joined import Joined
from cti.store import threads
from cti.switch import fastagi
from cti.systemd import live, tell

pytestmark = pytest.mark.contract

DOCS = Path(__file__).resolve().parents[1] / "docs"
UNITS = ["cti.service", "cti@.service"]
COMPOSED = ["docker-compose.yml", "deploy/several-engines/docker-compose.yml"]


def stop_takes_s() -> float:
    """At most, whatever hangs, with a lease of the usual length; see the unwinding of app.py, and turns.py."""
    doors = 3 * 2 * serving.SHUTDOWN_S  # control, web, http
    return doors + fastagi.GRACE_S + closing.WITHIN_S + closing.SPARE_S + threads.END_S + Joined().lease_s


@pytest.fixture
def heard(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(30)
        yield listening


def test_lines_go_to_the_socket_that_systemd_names(heard: socket.socket) -> None:
    tell("READY=1", "STATUS=stands by", environ={"NOTIFY_SOCKET": heard.getsockname()})
    assert heard.recv(1000) == b"READY=1\nSTATUS=stands by"


def test_an_abstract_address() -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(f"\0cti-test-{os.getpid()}")
        listening.settimeout(30)
        tell("STOPPING=1", environ={"NOTIFY_SOCKET": f"@cti-test-{os.getpid()}"})
        assert listening.recv(1000) == b"STOPPING=1"


def test_where_nobody_listens_nothing_happens(tmp_path: Path) -> None:
    for environ in ({}, {"NOTIFY_SOCKET": str(tmp_path / "gone")}):
        tell("READY=1", environ=environ)


async def test_it_tells_that_it_lives_as_long_as_the_loop_turns(heard: socket.socket) -> None:
    living = asyncio.create_task(live({"NOTIFY_SOCKET": heard.getsockname(), "WATCHDOG_USEC": "30000"}))
    for _ in range(2):
        assert await asyncio.to_thread(heard.recv, 1000) == b"WATCHDOG=1"
    living.cancel()
    others = {"WATCHDOG_USEC": "30000", "WATCHDOG_PID": "1"}
    await asyncio.wait_for(live(others), 30)
    await asyncio.wait_for(live({}), 30)


@pytest.mark.parametrize("name", COMPOSED)
def test_containers_have_as_long_to_stop(name: str) -> None:
    services = yaml.safe_load((DOCS.parent / name).read_text())["services"]
    ours = [service for service in services.values() if service.get("build", {}).get("target") == "engine"]
    assert ours and all(float(service["stop_grace_period"].rstrip("s")) > stop_takes_s() for service in ours)


@pytest.mark.parametrize("name", UNITS)
def test_the_units(name: str, tmp_path: Path) -> None:
    text = (DOCS / name).read_text()
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(text)
    service = unit["Service"]
    assert (service["Type"], service["NotifyAccess"], service["Restart"]) == ("notify", "main", "always")
    assert ("%i" in text) is ("@" in name)
    assert stop_takes_s() < float(service["TimeoutStopSec"])
    program = shutil.which("systemd-analyze")
    if program is None:  # a machine without systemd: what it would say of words that it does not know is not known
        return
    (tmp_path / name).write_text(text.replace("/opt/cti/venv/bin/cti", sys.executable))
    asked = tmp_path / name.replace("@", "@a")
    done = subprocess.run(
        [program, "verify", "--man=no", "--recursive-errors=no", str(asked)], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
