"""What do callers cost who hung up while nobody accepted their connection? Our FastAGI server, a backlog of the dead.

The loop stands still while so many connect, say who they are and leave; then it goes on. Counted: until one who is
still there has his session, the CPU of it, and how many sessions were begun for nobody. `python -m bench.backlog`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import socket
import sys
import time

import uvloop

from cti.switch.agi_session import AgiSession
from cti.switch.fastagi import FastAgiServer

HOST, PORT = "127.0.31.1", 0
ENV = "".join(
    f"agi_{name}: {'x' * 20}\n" for name in ("channel", "language", "type", "callerid", "context", "extension")
)
FIRST = f"agi_request: agi://{HOST}/inbound/token\nagi_uniqueid: node1-17.1\n{ENV}agi_arg_1: entry=1\n\n".encode()


async def measure(dead: int) -> dict[str, float]:
    """One backlog, on the engine's loop."""
    begun = 0
    there = asyncio.Event()

    async def on_session(session: AgiSession) -> None:
        nonlocal begun
        begun += 1
        if session.args == ("entry=2",):
            there.set()
        await asyncio.Event().wait()

    server = FastAgiServer(on_session, host=HOST, port=PORT, backlog=dead + 16)
    await server.start()
    for _ in range(dead):
        with socket.create_connection((HOST, server.port)) as caller:
            caller.sendall(FIRST)
    with socket.create_connection((HOST, server.port)) as living:
        living.sendall(FIRST.replace(b"entry=1", b"entry=2"))
        began, cpu = time.perf_counter(), time.process_time()
        await there.wait()
        took_s, cpu_s = time.perf_counter() - began, time.process_time() - cpu
    await server.close()
    return {
        "dead": dead,
        "sessions_for_nobody": begun - 1,
        "cpu_us_each": round(cpu_s / dead * 1e6, 1),
        "the_living_waited_ms": round(took_s * 1e3, 1),
    }


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dead", type=int, default=2000, help="connections of callers who have gone (2000)")
    options = parser.parse_args()
    print(json.dumps(uvloop.run(measure(options.dead))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
