"""Does the lab start, restart and end a real Asterisk, and leave nothing behind?"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from labkit.blocks import claims_folder
from labkit.processes import Process

pytestmark = pytest.mark.acceptance

PROGRAM = Path(__file__).resolve().parent.parent.parent / "asterisk" / "lab"


def _lab(folder: Path, *words: str, code: int = 0) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, str(PROGRAM), "--json", "--dir", str(folder), *words],
        capture_output=True,
        text=True,
        timeout=90,
    )
    assert done.returncode == code, done.stderr
    return dict(json.loads(done.stdout)) if done.stdout else {}


def _alive(node: dict[str, Any]) -> bool:
    process = Process.from_record(node)
    return bool(process and process.is_alive())


def test_up_status_restart_cli_down_leaves_nothing(real_asterisk: None, tmp_path: Path) -> None:
    folder = tmp_path / ("a-long-name-" * 9)  # the control socket's path would be too long below it
    record = _lab(folder, "up", "2", "--agents", "3", "--app-queue", "--silent-moh")
    try:
        assert json.loads((folder / "lab.json").read_text())["nodes"] == record["nodes"]
        assert folder.stat().st_mode & 0o777 == 0o700
        assert (folder / "lab.json").stat().st_mode & 0o077 == 0
        first, second = record["nodes"]
        assert [node["host"] for node in (first, second)] == [f"{record['base']}.1", f"{record['base']}.2"]
        assert first["agi_token"] == second["agi_token"] == record["agi_token"]  # one engine serves both
        assert first["ami_secret"] != second["ami_secret"]
        assert all(node["alive"] for node in _lab(folder, "status")["nodes"])
        assert "is up already" in _said(folder, "up")
        before = _lab(folder, "cli", "1", "core", "show", "uptime", "seconds")["output"]
        assert "System uptime" in before
        assert "PJSIP/1003" in _lab(folder, "cli", "node2", "queue", "show", "bench")["output"]
        time.sleep(1.1)
        _lab(folder, "restart", "node1")
        assert _alive(first), "the same pid"
        uptime = _lab(folder, "cli", "1", "core", "show", "uptime", "seconds")["output"]
        assert int(uptime.split("System uptime: ")[1].split()[0]) <= 1
        assert "runs already" in _said(folder, "start", "node2")
        os.kill(second["pid"], signal.SIGKILL)
        record["nodes"][1] = again = _lab(folder, "start", "node2")
        assert again["pid"] != second["pid"] and _alive(again)
    finally:
        ended = _lab(folder, "down")["ended"]
    assert sorted(ended) == sorted(node["pid"] for node in record["nodes"])
    assert not any(_alive(node) for node in record["nodes"])
    assert not any(Path(node["run_dir"]).exists() for node in record["nodes"])
    assert not (claims_folder() / record["base"].rsplit(".", 1)[-1]).exists()
    assert not (folder / "lab.json").exists()


def _said(folder: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, str(PROGRAM), "--dir", str(folder), *words], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    return done.stderr


def test_lab_ends_with_its_parent(real_asterisk: None, tmp_path: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    record = _lab(tmp_path, "up", "--with-parent", str(parent.pid))
    try:
        assert _alive(record["nodes"][0])
        parent.kill()
        parent.wait()
        until = time.monotonic() + 15
        while ((tmp_path / "lab.json").exists() or _alive(record["nodes"][0])) and time.monotonic() < until:
            time.sleep(0.1)
        assert not _alive(record["nodes"][0])
        assert not (tmp_path / "lab.json").exists()
    finally:
        _lab(tmp_path, "down")


def test_node_that_cannot_start_says_why_and_leaves_nothing(real_asterisk: None, tmp_path: Path) -> None:
    record = _lab(tmp_path / "one", "up")
    try:
        said = _said(tmp_path / "two", "up", "--base", record["base"])
        assert "in use" in said and not (tmp_path / "two" / "lab.json").exists()
        assert _lab(tmp_path / "one", "status")["nodes"][0]["alive"]
    finally:
        _lab(tmp_path / "one", "down")


def test_parallel_labs_get_blocks_of_their_own(real_asterisk: None, tmp_path: Path) -> None:
    words = [sys.executable, str(PROGRAM), "--json", "up", "--with-parent", str(os.getpid()), "--dir"]
    both = [subprocess.Popen([*words, str(tmp_path / name)], stdout=subprocess.PIPE, text=True) for name in "ab"]
    try:
        bases = [json.loads(one.communicate(timeout=90)[0])["base"] for one in both]
        assert bases[0] != bases[1]
    finally:
        for name in "ab":
            _lab(tmp_path / name, "down")
