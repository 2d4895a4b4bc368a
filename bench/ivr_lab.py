"""What runs on this machine while menus are measured? One Asterisk with the prompts, and one engine with the flow.

Starts and ends both, reads their CPU time. Knows nothing of callers or figures.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import ivr_rtp
from bench.assign_figures import cpu_s

REPOSITORY = Path(__file__).resolve().parent.parent
LAB = REPOSITORY / "asterisk" / "lab"
READY_S = 30.0
DIALLED = "6001"
TRUNK_PORT, FASTAGI_PORT, HTTP_PORT = 5062, 4573, 8470
TRUNKS = 10  # a channel's cost grows with the number of channels on one endpoint
PROMPT_S = 10.0  # longer than anybody listens: every caller hears sound all the time


@dataclass(frozen=True)
class Bench:
    """Asterisk and the engine, running."""

    node: dict[str, Any]
    trunks: tuple[tuple[str, int], ...]
    version: str
    engine: subprocess.Popen[bytes]

    @property
    def asterisk(self) -> tuple[str, int]:
        return self.node["host"], self.node["sip_port"]

    def cpu_s(self) -> tuple[float, float]:
        """CPU seconds so far of Asterisk and of the engine."""
        asterisk, engine = (Path(f"/proc/{pid}/stat").read_text() for pid in (self.node["pid"], self.engine.pid))
        ticks = os.sysconf("SC_CLK_TCK")
        return cpu_s(asterisk, ticks), cpu_s(engine, ticks)


def names(menus: int) -> list[str]:
    """The menus' names, which are their prompts' too."""
    return [f"menu{number}" for number in range(menus)]


def flow(menus: int) -> dict[str, Any]:
    """A flow of so many menus; 1 leads from each to the next, and from the last to the first."""
    all_names = names(menus)
    nodes = {
        name: {
            "menu": {"file": f"custom/{name}"},
            "keys": {"1": following},
            "first_digit_s": 60,
            "on": {"failed": "hangup"},
        }
        for name, following in zip(all_names, [*all_names[1:], all_names[0]], strict=True)
    }
    return {"name": "main", "start": all_names[0], "on": {"error": "hangup"}, "nodes": nodes}


@contextmanager
def running(folder: Path, base: str, menus: int) -> Iterator[Bench]:
    """Everything, for the length of a block."""
    sounds = folder / "sounds" / "en" / "custom"
    sounds.mkdir(parents=True)
    for number, name in enumerate(names(menus)):
        (sounds / f"{name}.ulaw").write_bytes(ivr_rtp.prompt(number, PROMPT_S))
    words = ["up", "1", "--base", base, "--silent-moh", "--agents", "1", "--trunks", str(TRUNKS), "--json"]
    words += ["--sounds", str(folder / "sounds"), "--with-parent", str(os.getpid())]
    try:
        lab = json.loads(_run_lab(folder, *words))
        with _engine(folder, lab, menus) as engine:
            trunks = tuple((trunk["identify_ip"], TRUNK_PORT) for trunk in lab["trunks"])
            yield Bench(lab["nodes"][0], trunks, lab["version"], engine)
    finally:
        _run_lab(folder, "down")


def _run_lab(folder: Path, *words: str) -> str:
    done = subprocess.run(
        [str(LAB), "--dir", str(folder / "lab"), *words], stdout=subprocess.PIPE, text=True, timeout=300
    )
    if done.returncode:
        raise SystemExit(done.returncode)  # the lab has said why on stderr
    return done.stdout


@contextmanager
def _engine(folder: Path, lab: dict[str, Any], menus: int) -> Iterator[subprocess.Popen[bytes]]:
    flows, file, log = folder / "flows", folder / "center.json", folder / "engine.log"
    flows.mkdir()
    (flows / "main.yaml").write_text(json.dumps(flow(menus)))  # JSON is YAML
    host = f"{lab['base']}.100"
    file.write_text(json.dumps(_center(folder, lab["nodes"][0], host)))
    with log.open("ab") as output:
        command = [sys.executable, "-m", "cti", "run", str(file)]
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=REPOSITORY, start_new_session=True
        )
    try:
        give_up = time.monotonic() + READY_S
        while not _ready(host):
            if process.poll() is not None or time.monotonic() > give_up:
                raise SystemExit(f"the engine did not become ready; its log ends with\n{log.read_text()[-2000:]}")
            time.sleep(0.05)
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(8.0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _center(folder: Path, node: dict[str, Any], host: str) -> dict[str, Any]:
    address = {"host": node["host"], "port": node["ami_port"], "username": node["ami_user"]}
    return {
        "name": "bench",
        "nodes": {node["name"]: {**address, "secret": node["ami_secret"]}},
        "fastagi": {"listen": f"{host}:{FASTAGI_PORT}", "token": node["agi_token"]},
        "http": {"listen": f"{host}:{HTTP_PORT}"},
        "state_dir": str(folder / "state"),
        "queues": {"nobody": {}},
        "entries": {DIALLED: {"flow": "main"}},
        "flows": {"folder": str(folder / "flows")},
    }


def _ready(host: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://{host}:{HTTP_PORT}/readyz", timeout=2.0):
            return True
    except (urllib.error.URLError, OSError):
        return False
