"""How does the demo go on where no Asterisk can be had? The simulator in a process of its own speaks AMI and FastAGI.

The engine is the same and cannot tell the difference; nobody can call in with a phone.
"""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Mapping
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from cti.demo import flow_side
from cti.demo.calling import CAMPAIGN, with_calling
from cti.demo.center import SECRET_ENV, TOKEN_ENV, Places, demo_center
from cti.demo.children import Child
from cti.demo.errands import ERRANDS, FRONT_DOOR
from cti.demo.ports import free_ports
from cti.demo.stage import NoTraffic, Stage, ask_hint
from cti.demo.wishes import CHECKOUT, Wishes

HOST = "127.0.0.1"
CALLS_PER_MINUTE = 18
NUMBERS = "6001,6001,6001,6002,6002,6002,6003"  # as often as in plan.py, roughly
NUMBERS_WITH_FLOW = f"{NUMBERS},{','.join([FRONT_DOOR] * 7)}"


class SimulatedTraffic(NoTraffic):
    """Callers and agents live in the simulator: it only has to stay alive."""

    def __init__(self, simulator: Child) -> None:
        self._simulator = simulator

    def trouble(self) -> str:
        return "" if self._simulator.running else "the simulator ended by itself; see simulator.log"

    async def stop(self) -> None:
        await self._simulator.end()


async def simulator_stage(wishes: Wishes, tree: Mapping[str, Any], control: Path, stack: AsyncExitStack) -> Stage:
    """Start the simulator on free ports of the loopback address."""
    ami_port, agi_port, http_port, web_port, shop_port = free_ports(5)
    has_flow = "flows" in tree and FRONT_DOOR in (tree.get("entries") or {})
    secret, token = secrets.token_hex(16), secrets.token_hex(16)
    argv = [sys.executable, "-m", "cti.sim", "--ami", f"{HOST}:{ami_port}", "--agi", f"{HOST}:{agi_port}"]
    argv += ["--secret", secret, "--token", token, "--seed", str(wishes.seed)]
    argv += ["--numbers", NUMBERS_WITH_FLOW if has_flow else NUMBERS, "--calls-per-minute", str(CALLS_PER_MINUTE)]
    for errand in ERRANDS if has_flow else ():
        argv += ["--press", f"{FRONT_DOOR}={','.join(f'{at_s}:{key}' for at_s, key in errand.keys)}"]
    environ = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    simulator = await Child.start("simulator", argv, log=wishes.folder / "simulator.log", environ=environ)
    stack.push_async_callback(simulator.end)
    shop = await flow_side.shop(HOST, shop_port, wishes.folder / "shop.log", stack) if has_flow else ""
    agi, http = f"{HOST}:{agi_port}", f"{HOST}:{http_port}"
    web = f"{HOST}:{web_port}"
    places = Places(HOST, ami_port, "cti", agi, http, wishes.folder, control, shop=shop, web=web)
    center = demo_center(tree, wishes.config.parent, places)
    return Stage(
        title="the simulator (no Asterisk)",
        center=with_calling(center, offers=flow_side.offers(tree, wishes.config)),
        control=control,
        environ={SECRET_ENV: secret, TOKEN_ENV: token},
        traffic=SimulatedTraffic(simulator),
        campaign=CAMPAIGN,
        hello=(
            "Callers, agents and the switch are simulated; the engine, AMI and FastAGI are real.",
            "A campaign calls people here, too. Callbacks are not shown: simulated callers' numbers are in no plan.",
            *ask_hint(http, wishes.folder, web),
        ),
        join=("No phone can call in here: there is no Asterisk. asterisk/README.md tells how to get one.",),
    )
