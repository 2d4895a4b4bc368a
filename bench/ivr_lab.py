"""What runs on this machine while menus are measured? One Asterisk with the prompts, and one engine with the flow.

Starts and ends both, reads their CPU time. Knows nothing of callers or figures.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from bench import ivr_rtp
from bench.asterisk_lab import FASTAGI_PORT, HTTP_PORT, address_of, asterisks
from bench.engines import engine
from bench.processes import TICKS_PER_S, cpu_s
from bench.scraping import not_ready

DIALLED = "6001"
TRUNK_PORT = 5062
TRUNKS = 10  # a channel's cost grows with the number of channels on one endpoint


@dataclass(frozen=True)
class Bench:
    """Asterisk and the engine, running."""

    node: dict[str, Any]
    trunks: tuple[tuple[str, int], ...]
    version: str
    engine: subprocess.Popen[str]

    @property
    def asterisk(self) -> tuple[str, int]:
        return self.node["host"], self.node["sip_port"]

    def cpu_s(self) -> tuple[float, float]:
        """CPU seconds so far of Asterisk and of the engine."""
        return cpu_s(self.node["pid"]), cpu_s(self.engine.pid)


def machine_cpu_s() -> tuple[float, float]:
    """CPU seconds so far of the whole machine: busy, and all there were (proc(5), /proc/stat)."""
    ticks = [int(field) for field in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    idle = ticks[3] + ticks[4]
    return (sum(ticks) - idle) / TICKS_PER_S, sum(ticks) / TICKS_PER_S


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
def running(folder: Path, base: str, menus: int, prompt_s: float) -> Iterator[Bench]:
    """Everything, for the length of a block."""
    sounds = folder / "sounds" / "en" / "custom"
    sounds.mkdir(parents=True)
    for number, name in enumerate(names(menus)):
        (sounds / f"{name}.ulaw").write_bytes(ivr_rtp.prompt(number, prompt_s))
    words = ["--base", base, "--silent-moh", "--agents", "1", "--trunks", str(TRUNKS)]
    words += ["--sounds", str(folder / "sounds")]
    with asterisks(folder / "lab", 1, *words) as lab:
        host = f"{lab['base']}.100"
        file = _configure(folder, lab["nodes"][0], host, menus)
        missing = partial(not_ready, f"{host}:{HTTP_PORT}")
        with engine(["cti", "run", str(file)], folder / "engine.log", missing) as process:
            trunks = tuple((trunk["identify_ip"], TRUNK_PORT) for trunk in lab["trunks"])
            yield Bench(lab["nodes"][0], trunks, lab["version"], process)


def _configure(folder: Path, node: dict[str, Any], host: str, menus: int) -> Path:
    flows, file = folder / "flows", folder / "center.json"
    flows.mkdir()
    (flows / "main.yaml").write_text(json.dumps(flow(menus)))  # JSON is YAML
    file.write_text(json.dumps(_center(folder, node, host)))
    return file


def _center(folder: Path, node: dict[str, Any], host: str) -> dict[str, Any]:
    return {
        "name": "bench",
        "nodes": {node["name"]: {**address_of(node), "secret": node["ami_secret"]}},
        "fastagi": {"listen": f"{host}:{FASTAGI_PORT}", "token": node["agi_token"]},
        "http": {"listen": f"{host}:{HTTP_PORT}"},
        "state_dir": str(folder / "state"),
        "queues": {"nobody": {}},
        "entries": {DIALLED: {"flow": "main"}},
        "flows": {"folder": str(folder / "flows")},
    }
