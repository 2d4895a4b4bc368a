"""What runs in the containers of docker-compose.yml? `engine`: the engine beside another container's Asterisk;
`phones`: the demo's agents and callers. Everything comes from the environment; the configuration is mounted.

The engine's file is the mounted one with other addresses, as for an operator's own Asterisk.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from cti.demo.center import SECRET_ENV, TOKEN_ENV, Places, own_center
from cti.demo.facts import Facts
from cti.demo.plan import DIRECT
from cti.demo.screen import LineScreen, say
from cti.demo.sipp_traffic import PhoneSide, SippTraffic
from cti.demo.watch import Watch
from cti.model.errors import CtiError

ORIGIN = "http://127.0.0.1:8089"  # as docker-compose.yml publishes it
CONFIG, STATE, CONTROL = Path("/etc/cti/center.yaml"), Path("/var/lib/cti"), Path("/run/cti/cti.ctl")
STEP_S = 1.0


def main(arguments: Sequence[str], environ: Mapping[str, str] | None = None) -> int:
    """Run one of the two; the exit code (2: a variable is missing)."""
    environ = os.environ if environ is None else environ
    try:
        if list(arguments) == ["engine"]:
            return _engine(environ)
        if list(arguments) == ["phones"]:
            return asyncio.run(_phones(environ))
    except CtiError as error:
        say(str(error))
        return 2
    say("say which: engine, or phones")
    return 2


def engine_center(tree: Mapping[str, Any], environ: Mapping[str, str], state: Path, control: Path) -> dict[str, Any]:
    """Return the mounted configuration with the addresses that the environment names."""
    host, _, port = _needed(environ, "CTI_AMI").rpartition(":")
    places = Places(host, int(port), environ.get("CTI_AMI_USER") or "cti", "", "", state, control)
    center = own_center(
        tree, CONFIG.parent, places, agi=_needed(environ, "CTI_AGI"), allow_host=environ.get("CTI_AGI_ALLOW")
    )
    web = {"listen": environ.get("CTI_WEB") or "127.0.0.1:8089", "origin": environ.get("CTI_WEB_ORIGIN") or ORIGIN}
    spool = environ.get("CTI_CALLBACK_SPOOL")
    kept = {"callback_spool": spool} if spool else {}
    return {**center, "http": {"listen": environ.get("CTI_HTTP") or "127.0.0.1:8470"}, "web": web, **kept}


def _engine(environ: Mapping[str, str]) -> int:
    tree = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    file = STATE / "center.yaml"
    file.write_text(yaml.safe_dump(engine_center(tree, environ, STATE, CONTROL), allow_unicode=True, sort_keys=False))
    secrets = {SECRET_ENV: _needed(environ, "CTI_AMI_SECRET"), TOKEN_ENV: _needed(environ, "CTI_AGI_TOKEN")}
    os.execve(sys.executable, [sys.executable, "-m", "cti", "run", str(file)], {**environ, **secrets})


async def _phones(environ: Mapping[str, str]) -> int:
    side = PhoneSide(
        sipp=tuple(environ.get("CTI_SIPP", "sipp").split()),
        target=_needed(environ, "CTI_SIP"),
        phones_host=_needed(environ, "CTI_AGENTS_HOST"),
        trunk_hosts=(_needed(environ, "CTI_CALLERS_HOST"),),
        password=environ.get("CTI_PHONE_PASSWORD", ""),
    )
    folder = Path(environ.get("CTI_PHONES_FOLDER") or "/tmp")
    control = Path(environ.get("CTI_CONTROL") or CONTROL)
    # The Asterisk of the containers has no prompts of ours: nobody calls the flows.
    traffic = SippTraffic(side, folder, None, random.SystemRandom().randrange(1_000_000), DIRECT)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    screen, began = LineScreen(), loop.time()
    await traffic.start()
    try:
        async with Watch(control) as watch:
            while not stop.is_set() and not traffic.trouble():
                await watch.look()
                await traffic.step(watch.snapshot.get("agents", []))
                screen.show(watch.snapshot, Facts("", loop.time() - began, age_s=watch.age_s()))
                await asyncio.wait({asyncio.ensure_future(stop.wait())}, timeout=STEP_S)
        if not stop.is_set():
            say(traffic.trouble())
    finally:
        await traffic.stop()
    return 0 if stop.is_set() else 1


def _needed(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "")
    if not value:
        raise CtiError(f"{name} is not set")
    return value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
