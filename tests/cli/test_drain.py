"""Does `cti drain` say what comes of it, and what to do where nothing does?"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from cti.cli import control, main
from cti.cli.control import EngineRefused
from tests import valkey
from tests.asked_engine import AskedEngine

pytestmark = pytest.mark.contract

PATIENCE_S = 100.0


def cti(*words: str) -> Result:
    return CliRunner().invoke(main.app, ["drain", *words])


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"drain": "handed_over", "inside": 3}, "a standby takes over"),
        ({"drain": "empties", "inside": 3}, "takes nothing new; ends when nobody is inside (3 now)"),
    ],
)
def test_what_comes_of_it(monkeypatch: pytest.MonkeyPatch, answer: dict[str, Any], said: str) -> None:
    monkeypatch.setattr(control, "ask", AskedEngine(answer).ask)
    assert cti().stdout.strip() == said


def test_nobody_stands_by(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def refuses(*words: Any) -> Any:
        asked.append(words[3])
        raise EngineRefused(409, {"refused": "nobody_stands_by", "detail": "nobody stands by: no other engine could"})

    monkeypatch.setattr(control, "ask", refuses)
    found = cti()
    assert found.exit_code == 1 and "nobody stands by" in found.stderr and "drain --alone" in found.stderr
    assert "alone" not in asked[0]
    cti("--alone")
    assert asked[1]["alone"] is True


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that owns a centre for which others could stand by, and none does."""
    file = tmp_path / "center.yaml"
    with valkey.server() as redis, open(tmp_path / "log", "wb") as log:
        text = {
            "nodes": {"node1": {"host": "127.32.0.9", "secret": "x"}}, "queues": {"sales": {}},
            "fastagi": {"listen": "127.36.0.1:4573", "token": "t"}, "http": {"listen": "127.36.0.1:8470"},
            "state_dir": str(tmp_path), "store": f"sqlite:///{tmp_path}/shared.db", "redis": {"url": redis.url},
        }  # fmt: skip
        file.write_text(yaml.safe_dump(text))
        command = (sys.executable, "-m", "cti", "run", str(file))
        process = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, "CTI_LOG": "json"})
        try:
            ends_at = time.monotonic() + PATIENCE_S
            while not ready(tmp_path):
                assert time.monotonic() < ends_at and process.poll() is None, (tmp_path / "log").read_text()
                time.sleep(0.1)
            yield process
        finally:
            process.kill()
            process.wait()


def ready(folder: Path) -> bool:
    """Whether it has started, to the last of its parts."""
    return "engine started" in (folder / "log").read_text()


def test_who_is_joined_and_alone_does_not_go_unless_that_is_meant(
    owner: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    found = cti("--control", str(tmp_path / "cti.ctl"))
    assert found.exit_code == 1 and "nobody stands by" in found.stderr
    time.sleep(1)
    assert owner.poll() is None
    found = cti("--alone", "--wait", "--control", str(tmp_path / "cti.ctl"))
    ended = owner.poll()
    assert found.stdout.splitlines() == ["takes nothing new; ends when nobody is inside (0 now)", "it has ended"]
    assert ended == 0, "and so it had"


def test_waiting_for_a_process_that_is_out_of_sight(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(control, "ask", AskedEngine({"drain": "handed_over", "inside": 3}).ask)
    found = cti("--wait", "--control", str(tmp_path / "no.ctl"))
    assert found.exit_code == 1 and "its own machine" in found.stderr
