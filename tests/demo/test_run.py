"""The demo as a newcomer starts it: it ends by itself, or when told, or when killed, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(120)]

CHECKOUT = Path(__file__).resolve().parent.parent.parent
CANNOT_BE_HAD = 3
MARK = "CTI_TEST_MARK"


class Demo:
    """A demo in a process of its own; every process that it starts inherits the mark in its environment."""

    def __init__(self, folder: Path, *words: str, stdout: int = subprocess.PIPE, **environ: str) -> None:
        self.mark = f"{MARK}={uuid.uuid4().hex}"
        name, _, value = self.mark.partition("=")
        argv = [sys.executable, "-m", "cti.demo", "--folder", str(folder), *words]
        self.process = subprocess.Popen(
            argv,
            cwd=CHECKOUT,
            env={**os.environ, **environ, name: value},
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.text = ""

    def read_until(self, needed: str) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.text += line
            if needed in line:
                return
        raise AssertionError(f"{needed!r} did not come:\n{self.text}")

    def ended(self, timeout_s: float = 60.0) -> int:
        rest, _ = self.process.communicate(timeout=timeout_s)
        self.text += rest or ""
        return self.process.returncode

    def left(self) -> list[str]:
        """Command lines of the processes that are still there."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if self.mark.encode() in (process / "environ").read_bytes().split(b"\0"):
                    found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
            except OSError:
                continue
        return found

    def nothing_left(self, within_s: float) -> bool:
        until = time.monotonic() + within_s
        while (left := self.left()) and time.monotonic() < until:
            time.sleep(0.1)
        assert left == [], "\n".join(left)
        return True


@pytest.fixture(scope="module")
def real_asterisk() -> None:
    done = subprocess.run(
        [sys.executable, str(CHECKOUT / "asterisk" / "lab"), "fetch"], capture_output=True, text=True, timeout=900
    )
    if done.returncode == CANNOT_BE_HAD:
        reason = done.stderr.strip().splitlines()[-1]
        if os.environ.get("CI") == "true":
            pytest.fail(f"no real Asterisk: {reason}")
        pytest.skip(f"NO REAL ASTERISK: {reason}")
    assert done.returncode == 0, done.stderr


@pytest.fixture
def demos() -> Iterator[list[Demo]]:
    """Demos to be ended, should a test fail before they have."""
    started: list[Demo] = []
    yield started
    for demo in started:
        if demo.process.poll() is None:
            demo.process.terminate()
            demo.process.wait(30)


def test_ends_by_itself_with_a_summary_and_loses_nobody(real_asterisk: None, tmp_path: Path, demos: list[Demo]) -> None:
    demos.append(demo := Demo(tmp_path / "demo", "--seconds", "25"))
    assert demo.ended(85.0) == 0, demo.text
    for needed in (
        "Ran on Asterisk 22.",
        "offered",
        "answered",
        "abandoned",
        "lost       0",
        "in flow",
        "self-service",
        "agent free -> his phone",
    ):
        assert needed in demo.text
    assert "user 2001, password" in demo.text
    assert demo.nothing_left(0.0)
    log = (tmp_path / "demo" / "engine.log").read_text()
    assert "level=error" not in log and "Traceback" not in log


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_ends_everything_when_told(
    real_asterisk: None, tmp_path: Path, demos: list[Demo], number: signal.Signals
) -> None:
    demos.append(demo := Demo(tmp_path / "demo"))
    demo.read_until("talking")
    demo.process.send_signal(number)
    assert demo.ended(20.0) == 0, demo.text
    assert "Ran on Asterisk" in demo.text
    assert demo.nothing_left(0.0)


def test_ends_while_it_still_starts(real_asterisk: None, tmp_path: Path, demos: list[Demo]) -> None:
    demos.append(demo := Demo(tmp_path / "demo"))
    until = time.monotonic() + 20
    while not any("asterisk.conf" in line for line in demo.left()):
        assert time.monotonic() < until, demo.left()
        time.sleep(0.02)
    demo.process.send_signal(signal.SIGINT)
    assert demo.ended(20.0) == 0, demo.text
    assert demo.nothing_left(3.0)


def test_a_killed_demo_leaves_nothing_and_the_next_one_starts(
    real_asterisk: None, tmp_path: Path, demos: list[Demo]
) -> None:
    demos.append(demo := Demo(tmp_path / "demo"))
    demo.read_until("talking")
    demo.process.kill()
    demo.ended()
    demos.append(following := Demo(tmp_path / "demo", "--seconds", "3"))
    assert demo.nothing_left(10.0)
    assert following.ended() == 0, following.text


def test_a_second_demo_in_the_same_folder_is_refused(tmp_path: Path, demos: list[Demo]) -> None:
    demos.append(first := Demo(tmp_path / "demo", "--seconds", "20", CTI_ASTERISK="none"))
    first.read_until("ready")
    demos.append(second := Demo(tmp_path / "demo", "--seconds", "3", CTI_ASTERISK="none"))
    assert second.ended() == 1
    assert "another demo is running" in second.text
    first.process.send_signal(signal.SIGTERM)
    assert first.ended(20.0) == 0, first.text


def test_without_asterisk_it_runs_on_the_simulator(tmp_path: Path, demos: list[Demo]) -> None:
    demos.append(demo := Demo(tmp_path / "demo", "--seconds", "8", CTI_ASTERISK="none"))
    assert demo.ended() == 0, demo.text
    assert "the demo runs on the simulator instead" in demo.text
    assert "Ran on the simulator" in demo.text
    assert demo.nothing_left(0.0)


def test_a_closed_terminal_ends_it(tmp_path: Path, demos: list[Demo]) -> None:
    """Without a signal: a `make` in between may keep it for itself."""
    ours, theirs = os.openpty()
    demos.append(demo := Demo(tmp_path / "demo", stdout=theirs, CTI_ASTERISK="none", TERM="xterm", COLUMNS="80"))
    os.close(theirs)
    shown = b""
    while b"newest decisions" not in shown:
        shown += os.read(ours, 65_536)
    os.close(ours)
    assert demo.ended(20.0) == 0
    assert demo.nothing_left(0.0)


def test_a_wrong_word_is_refused(tmp_path: Path, demos: list[Demo]) -> None:
    demos.append(demo := Demo(tmp_path / "demo", CTI_AMI="nowhere"))
    assert demo.ended() == 2
    assert "HOST:PORT" in demo.text


def test_an_asterisk_that_cannot_be_reached_is_told_at_once(tmp_path: Path, demos: list[Demo]) -> None:
    own = {"CTI_AMI": "127.0.0.1:1", "CTI_AMI_SECRET": "s3cret", "CTI_AGI_TOKEN": "t0ken"}
    demos.append(demo := Demo(tmp_path / "demo", **own))
    assert demo.ended(30) == 1
    assert "127.0.0.1:1: no connection: Connect" in demo.text and "s3cret" not in demo.text
    config = tmp_path / "demo" / "center.yaml"
    assert f"doctor {config}" in demo.text
    assert (tmp_path / "demo" / "ami.secret").stat().st_mode & 0o777 == 0o600
    words = [sys.executable, "-m", "cti", "check", str(config)]
    assert subprocess.run(words, capture_output=True, text=True, timeout=30).returncode == 0
