"""Which centre do benchmarks run on the simulated Asterisk, and how is that Asterisk started in a process of its own?

Agents have two of the queues each, a chain, so that all of it is one routing domain. Everything listens on loopback.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from bench.processes import HOST
from cti.sim.tcp import Address, TcpSwitch

FIRST_PHONE = 10_001


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
