"""Does who takes over go by his file as it is then? Whole processes with a real Valkey; no Asterisk."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from structlog.testing import capture_logs

from cti.cli import control
from cti.config import settings as config
from cti.joined import own_file, standby
from cti.joined.holding import Holding
from cti.joined.own_file import OwnFile
from cti.joined.turns import take_turns
from tests import valkey
from tests.waiting import until

pytestmark = [pytest.mark.contract, pytest.mark.timeout(300)]

PATIENCE_S = 100.0
POLICY: dict[str, Any] = {"queues": {"sales": {"target_s": 45}}, "settle_s": 0}


@pytest.fixture(scope="module")
def redis() -> Iterator[valkey.Valkey]:
    with valkey.server() as server:
        yield server


class Process:
    """One engine as a process, with a file of its own; `log` is what it says."""

    def __init__(self, folder: Path, at: int, redis: valkey.Valkey) -> None:
        self.folder = folder / f"engine-{at}"
        self.folder.mkdir()
        self.file, self._log, self.url = self.folder / "center.yaml", self.folder / "log", redis.rules["url"]
        self.address, self.store = f"127.35.0.{at}", folder / "shared.db"
        self.write(POLICY)
        with open(self._log, "wb") as log:
            command = (sys.executable, "-m", "cti", "run", str(self.file))
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, "CTI_LOG": "json"})

    def write(self, policy: dict[str, Any], **plumbing: Any) -> None:
        text = {
            "nodes": {"node1": {"host": "127.32.0.9", "secret": "x"}},
            "fastagi": {"listen": f"{self.address}:4573", "token": "t"},
            "http": {"listen": f"{self.address}:8470"},
            "state_dir": str(self.folder),
            "store": f"sqlite:///{self.store}",
            "redis": {"url": self.url, "lease_s": 1},
        }
        self.file.write_text(yaml.safe_dump(text | policy | plumbing))

    @property
    def log(self) -> str:
        return self._log.read_text()

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        return control.ask(self.folder / "cti.ctl", method, f"/api/v1/{path}", body, 30)

    def until(self, true: Callable[[], Any], what: str) -> Any:
        ends_at = time.monotonic() + PATIENCE_S
        while time.monotonic() < ends_at:
            assert self.process.poll() is None, self.log
            with contextlib.suppress(control.NotRunning):
                if found := true():
                    return found
            time.sleep(0.1)
        raise AssertionError(f"{what}\n{self.log}")

    def until_owner(self) -> None:
        self.until(lambda: self.ask("GET", "status"), "to own the centre")

    def until_standing_by(self) -> None:
        self.until(lambda: "the centre is owned" in self.log, "to stand by")

    def targets(self) -> dict[str, float]:
        """What holds: each queue's target."""
        return {row["name"]: row["target_s"] for row in self.ask("GET", "queues")["queues"]}

    def readiness(self) -> dict[str, Any]:
        found = subprocess.run(
            ["curl", "-s", f"http://{self.address}:8470/readyz"], capture_output=True, check=False, timeout=30
        )
        return dict(json.loads(found.stdout or b"{}"))

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()


@pytest.fixture
def pair(redis: valkey.Valkey, tmp_path: Path) -> Iterator[tuple[Process, Process]]:
    one = Process(tmp_path, 1, redis)
    both = [one]
    try:
        one.until_owner()
        both.append(two := Process(tmp_path, 2, redis))
        two.until_standing_by()
        yield one, two
    finally:
        for each in both:
            each.kill()


MORE: dict[str, Any] = {**POLICY, "queues": {"sales": {"target_s": 33}, "gold": {"target_s": 7}}}


def test_who_takes_over_goes_by_his_file_as_it_is_then(pair: tuple[Process, Process]) -> None:
    one, two = pair
    for each in pair:
        each.write(MORE)
    assert one.ask("POST", "reload", {})["applied"]
    two.until(lambda: "it holds after a takeover" in two.log, "the standby to have read its file")
    one.kill()
    two.until_owner()
    assert two.targets() == {"sales": 33, "gold": 7}
    assert "warnings" not in two.readiness()


def test_a_file_with_errors_changes_nothing_and_is_told(pair: tuple[Process, Process]) -> None:
    one, two = pair
    two.write(MORE)
    two.until(lambda: "it holds after a takeover" in two.log, "the standby to have read its file")
    two.write({**MORE, "queues": {"sales": {"targt_s": 20}}})
    (warning,) = two.until(lambda: two.readiness().get("warnings"), "the standby to say so")
    assert "errors" in warning and "targt_s" in two.log
    with pytest.raises(control.NotRunning, match=r"its file has errors.* owns the centre"):
        two.ask("GET", "status")
    one.kill()
    two.until_owner()
    assert two.targets() == {"sales": 33, "gold": 7}, "what it said before"
    assert two.readiness()["warnings"] == [warning]
    assert two.ask("GET", "status")["status"]["errors"]["policy"] == 1

    two.write(POLICY)
    assert two.ask("POST", "reload", {})["applied"]
    assert "warnings" not in two.readiness()


def test_a_file_from_which_no_engine_starts_is_left_for_what_it_said_before(pair: tuple[Process, Process]) -> None:
    """Flows that are not there: only the start finds it."""
    one, two = pair
    two.write(MORE)
    two.until(lambda: "it holds after a takeover" in two.log, "the standby to have read its file")
    two.write({**MORE, "flows": {"folder": "nowhere"}})
    os.kill(two.process.pid, signal.SIGHUP)
    two.until(lambda: two.log.count("it holds after a takeover") > 1 or "cannot be used" in two.log, "it is read")
    one.kill()
    two.until_owner()
    assert two.targets() == {"sales": 33, "gold": 7}
    (warning,) = two.readiness()["warnings"]
    assert "errors" in warning and "nowhere" in two.log


def test_a_file_that_is_not_the_owners_is_told_until_it_is(pair: tuple[Process, Process]) -> None:
    one, two = pair
    two.write(MORE)
    (warning,) = two.until(lambda: two.readiness().get("warnings"), "the standby to say so")
    assert "not the one that the owner goes by" in warning
    with pytest.raises(control.NotRunning, match=r"not the one that the owner goes by.* owns the centre"):
        two.ask("GET", "status")
    one.write(MORE)
    assert one.ask("POST", "reload", {})["applied"]
    one.ask("PATCH", "queues/sales", {"target_s": 11})  # a live change is everybody's
    two.until(lambda: "warnings" not in two.readiness(), "the same file, and no warning")
    time.sleep(own_file.LOOK_S + standby.SETTLES_S)
    assert "warnings" not in two.readiness() and two.log.count("not the one that") == 1, "said once"

    before = two.log.count("file read again")
    one.ask("POST", "reload", {})
    two.until(lambda: two.log.count("file read again") > before, "read when the owner reads his: secrets, too")


FILE = """nodes: {n: {host: 127.0.0.1, secret: x}}
fastagi: {token: t, listen: "127.0.0.1:4573"}
queues: {sales: {target_s: %d}}
redis: {}
store: postgresql://cti@localhost/cti
"""


def a_file(folder: Path) -> tuple[Path, OwnFile, asyncio.Event]:
    path, asked = folder / "center.yaml", asyncio.Event()
    path.write_text(FILE % 20)
    return path, OwnFile(config.load(path), path, asked), asked


async def test_addresses_are_those_of_the_start(tmp_path: Path) -> None:
    path, own, _ = a_file(tmp_path)
    path.write_text(FILE.replace("4573", "4999") % 30)
    with capture_logs() as said:
        await own.look()
        await own.look()
    assert own.settings.queues["sales"].target_s == 30 and own.settings.fastagi.listen.port == 4573
    (line,) = said
    assert "target_s 20 -> 30" in line["difference"] and "fastagi.listen" in line["needs_restart"]


async def test_a_signal_has_it_read_though_it_has_not_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it names (a secret in a file) may have changed."""
    _, own, asked = a_file(tmp_path)
    reads = list[Path]()
    read = config.read

    def noted(path: Path) -> config.Reading:
        reads.append(path)
        return read(path)

    monkeypatch.setattr(config, "read", noted)
    monkeypatch.setattr(own_file, "LOOK_S", 0.01)
    following = asyncio.create_task(own.follow())
    await until(lambda: reads)
    await asyncio.sleep(0.2)
    assert len(reads) == 1, "it has not changed"
    asked.set()
    await until(lambda: len(reads) == 2)
    following.cancel()
    assert not asked.is_set(), "and not once more after a takeover"


async def test_who_takes_over_in_the_midst_of_a_look_reads_the_file_himself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, own, _ = a_file(tmp_path)
    comparing, goes_on = threading.Event(), threading.Event()
    differences = own._differences

    def slow(read: config.Settings) -> tuple[list[str], list[str]]:
        comparing.set()
        goes_on.wait(PATIENCE_S)
        return differences(read)

    monkeypatch.setattr(own, "_differences", slow)
    monkeypatch.setattr(own_file, "LOOK_S", 0.01)
    path.write_text(FILE % 30)
    following = asyncio.create_task(own.follow())
    await until(comparing.is_set)
    following.cancel()  # the lease is ours
    await asyncio.wait([following])
    goes_on.set()
    await own.at_takeover()
    assert own.settings.queues["sales"].target_s == 30 and own.trouble == ""


async def test_a_mount_that_hangs_holds_up_no_takeover(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, own, _ = a_file(tmp_path)
    path.write_text(FILE % 30)
    monkeypatch.setattr(own_file, "AT_TAKEOVER_S", 0.05)
    monkeypatch.setattr(config, "read", lambda _: time.sleep(1))
    await own.at_takeover()
    assert own.settings.queues["sales"].target_s == 20 and "cannot be read" in own.trouble


async def test_what_changes_in_the_last_moment_holds_too(
    redis: valkey.Valkey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_file, "LOOK_S", 1000.0)
    path = tmp_path / "center.yaml"
    text = FILE.replace("redis: {}", f'redis: {{url: "{redis.url}", domain: moment, lease_s: 1}}')
    text = text.replace("postgresql://cti@localhost/cti", f"sqlite:///{tmp_path}/shared.db")
    text = (
        text.replace("127.0.0.1:4573", "127.35.0.3:4573")
        + f"state_dir: {tmp_path}\nhttp: {{listen: '127.35.0.3:8470'}}\n"
    )
    path.write_text(text % 20)
    own, served = OwnFile(config.load(path), path), list[float]()
    path.write_text(text % 30)

    async def serve(_: Holding) -> None:
        served.append(own.settings.queues["sales"].target_s)

    async with asyncio.timeout(PATIENCE_S):
        await take_turns(own, serve)
    assert served == [30]
