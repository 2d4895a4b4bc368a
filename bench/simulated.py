"""Which centre do benchmarks run on the simulated Asterisk, and how is that Asterisk started in a process of its own?

Agents have two of the queues each, a chain, so that all of it is one routing domain. Everything listens on loopback.
"""

from __future__ import annotations

import argparse
import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from bench.engines import engine, tail
from bench.processes import HOST, Line, child
from bench.saying import say
from bench.scraping import not_ready
from cti.demo.ports import free_ports
from cti.sim.tcp import Address, TcpSwitch

FIRST_PHONE = 10_001


class Running(NamedTuple):
    """A centre: its engine, and the simulator with everybody who calls it. `http`, `web`: host:port of the engine."""

    engine: subprocess.Popen[str]
    street: Line
    http: str
    web: str


@contextmanager
def running(
    folder: Path,
    street: Sequence[str],
    *,
    agents: int,
    queues: int,
    wrap_up_s: float,
    patience_s: float,
    more: Mapping[str, Mapping[str, Any]] | None = None,
    under: Sequence[str] = (),
) -> Iterator[Running]:
    """Both, for the length of a block. `street`: a module that takes `arguments`, and what else it is told.

    `more`: what is added to a section of the configuration. `under`: what the engine is run by (a profiler).
    """
    ami, agi, http, web = free_ports(4)
    written = centre(folder, (ami, agi, http, web), agents=agents, queues=queues, wrap_up_s=wrap_up_s)
    for section, added in (more or {}).items():
        written[section] |= added
    file, log = folder / "center.yaml", folder / "engine.log"
    file.write_text(json.dumps(written))
    words = f"--ami {HOST}:{ami} --agi {HOST}:{agi} --agents {agents} --queues {queues}".split()
    missing = partial(not_ready, f"{HOST}:{http}")
    with (
        child([street[0], *words, *street[1:]]) as played,
        engine([*under, "cti", "run", str(file)], log, missing, patience_s=patience_s) as process,
    ):
        try:
            yield Running(process, Line(played), f"{HOST}:{http}", f"{HOST}:{web}")
        except BaseException:
            say(tail(log))
            raise


def centre(
    folder: Path, ports: tuple[int, int, int, int], *, agents: int, queues: int, wrap_up_s: float
) -> dict[str, Any]:
    """A centre whose agents are there from the start. `ports`: of AMI, FastAGI, metrics and the web."""
    ami, agi, http, web = ports
    names = [f"q{n}" for n in range(queues)]
    return {
        "nodes": {"node1": {"host": HOST, "port": ami, "secret": "bench"}},
        "fastagi": {"listen": f"{HOST}:{agi}", "token": "bench"},
        "http": {"listen": f"{HOST}:{http}"},
        "web": {"listen": f"{HOST}:{web}"},
        "state_dir": str(folder / "state"),
        "control": str(folder / "cti.ctl"),
        "settle_s": 0,
        "queues": {name: {"target_s": 60, "wrap_up_s": wrap_up_s} for name in names},
        "agents": {
            f"a{n}": {
                "phone": f"PJSIP/{FIRST_PHONE + n}",
                "queues": [names[n % queues], names[(n + 7) % queues]],
                "starts": "available",
            }
            for n in range(agents)
        },
        "entries": {str(6000 + n): {"queue": name} for n, name in enumerate(names)},
    }


def arguments(prog: str) -> argparse.ArgumentParser:
    """What a simulated Asterisk of such a centre is told on its command line."""
    parser = argparse.ArgumentParser(prog=prog)
    parser.add_argument("--ami", required=True)
    parser.add_argument("--agi", required=True)
    parser.add_argument("--agents", type=int, required=True)
    parser.add_argument("--queues", type=int, required=True)
    return parser


def asterisk(options: argparse.Namespace) -> TcpSwitch:
    """Return that Asterisk, by `arguments`; it is yet to be started."""
    return TcpSwitch(
        {"node1": Address.parse(options.ami)},
        Address.parse(options.agi),
        [f"PJSIP/{FIRST_PHONE + n}" for n in range(options.agents)],
        username="cti",
        secret="bench",
        token="bench",
    )
