"""Does an engine as a process do what its signals say, and end with the exit code that belongs to it?"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
from pathlib import Path

import pytest

from cti import running as process_of
from cti.config import settings as config
from cti.config.settings import Settings
from cti.joined.own_file import OwnFile
from cti.model.errors import ConfigError, PolicyError
from tests.running import Running
from tests.waiting import until

pytestmark = [pytest.mark.contract, pytest.mark.timeout(300)]

START_PATIENCE_S = 100.0  # a process that begins beside others
POLICY = {
    "queues": {"sales": {"target_s": 20}},
    "agents": {"anna": {"phone": "PJSIP/1001", "queues": ["sales"]}},
    "entries": {"6001": {"queue": "sales"}},
}


async def start(running: Running, **environ: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cti", "run", str(running.file), stdout=-1, stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, "CTI_LOG": "json", **environ},
    )  # fmt: skip


async def line_with(process: asyncio.subprocess.Process, text: str) -> str:
    assert process.stdout is not None
    async with asyncio.timeout(START_PATIENCE_S):
        async for line in process.stdout:
            if text in line.decode():
                return line.decode()
    raise AssertionError(f"ended without {text!r}")


async def test_sighup_reads_the_file_again_and_sigterm_ends_it_with_0(tmp_path: Path) -> None:
    running = Running(tmp_path)
    running.write(POLICY)
    systemd = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    systemd.bind(str(tmp_path / "notify"))
    process = await start(running, NOTIFY_SOCKET=str(tmp_path / "notify"))
    try:
        await line_with(process, "engine started")
        assert systemd.recv(1000) == b"READY=1\nSTATUS=serves"
        running.write({**POLICY, "queues": {"sales": {"target_s": 33}}})
        process.send_signal(signal.SIGHUP)
        assert "target_s 20 -> 33" in await line_with(process, "target_s")
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(START_PATIENCE_S):
            assert await process.wait() == 0
        assert systemd.recv(1000) == b"STOPPING=1"
    finally:
        systemd.close()
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_what_cannot_start_ends_with_2_and_names_the_place(tmp_path: Path) -> None:
    running = Running(tmp_path)
    running.write(POLICY, http={"listen": "192.0.2.1:8470"})
    process = await start(running)
    async with asyncio.timeout(START_PATIENCE_S):
        out, _ = await process.communicate()
    assert process.returncode == 2
    assert b"http.listen: cannot listen on 192.0.2.1:8470" in out


class Office:
    """The centre is ours."""

    token, says, standbys, redis_away_s = 1, "", 0, None

    def may_act(self) -> bool:
        return True

    def step_down(self) -> None: ...


def two_files(tmp_path: Path) -> OwnFile:
    """What the file says now (33), and what it said before (20)."""
    running = Running(tmp_path)
    running.write(POLICY)
    own = OwnFile(config.load(running.file), running.file)
    running.write({**POLICY, "queues": {"sales": {"target_s": 33}}})
    own.take(config.load(running.file))
    return own


async def targets_tried(own: OwnFile, monkeypatch: pytest.MonkeyPatch, fails: ConfigError) -> list[float]:
    """Serve where a start by 33 fails."""
    tried = list[float]()

    async def keep_running(settings: Settings, *_: object) -> None:
        tried.append(settings.queues["sales"].target_s)
        if tried[-1] == 33:
            raise fails

    monkeypatch.setattr(process_of, "_keep_running", keep_running)
    with contextlib.suppress(type(fails)):
        await process_of._serve_from(own, asyncio.Event(), Office())
    return tried


async def test_a_policy_from_which_nobody_starts_is_left_for_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = two_files(tmp_path)
    assert await targets_tried(own, monkeypatch, PolicyError(["main.yaml:1:1: no such queue"])) == [33, 20]
    assert "errors" in own.trouble


async def test_what_another_policy_does_not_cure_ends_the_process_and_blames_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = two_files(tmp_path)
    assert await targets_tried(own, monkeypatch, ConfigError(["store: cannot open sqlite:///cti.db: locked"])) == [33]
    assert own.trouble == "" and own.settings.queues["sales"].target_s == 33


def catches(process: asyncio.subprocess.Process, number: int) -> bool:
    """Whether the process has a handler for this signal (proc(5): SigCgt)."""
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    mask = int(next(line for line in lines if line.startswith("SigCgt")).split()[1], 16)
    return bool(mask >> (number - 1) & 1)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_stop_while_it_loads_is_a_stop(tmp_path: Path, number: int) -> None:
    running = Running(tmp_path)
    running.write(POLICY)
    process = await start(running)
    await until(lambda: catches(process, signal.SIGHUP) and catches(process, number))
    process.send_signal(signal.SIGHUP)  # changes nothing
    process.send_signal(number)
    async with asyncio.timeout(START_PATIENCE_S):
        out, _ = await process.communicate()
    assert process.returncode == 0 and out.count(b"\n") == 1
    assert b"engine stops before it has started" in out


async def test_a_stop_while_it_starts_leaves_no_complaint_and_no_socket(tmp_path: Path) -> None:
    running = Running(tmp_path)
    running.write(POLICY)  # no Asterisk there: it waits for one for some seconds
    process = await start(running)
    await until((tmp_path / "cti.ctl").exists, "it has begun to start", START_PATIENCE_S)
    async with asyncio.timeout(START_PATIENCE_S):
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGTERM)
        out, _ = await process.communicate()
    assert process.returncode == 0, out
    assert b"before it has started" in out and b"Warning" not in out and b"Traceback" not in out
    assert not (tmp_path / "cti.ctl").exists()
