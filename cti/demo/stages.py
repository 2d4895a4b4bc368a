"""On what does this demo take place? A lab's Asterisk; the operator's own; or the simulator, where none can be had."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from contextlib import AsyncExitStack
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import yaml

from cti.demo import lab
from cti.demo.center import SECRET_ENV, TOKEN_ENV, Places, demo_center, own_center
from cti.demo.screen import say
from cti.demo.sipp_traffic import PhoneSide, SippTraffic
from cti.demo.stage import DemoFailed, NoTraffic, Stage, ask_hint
from cti.demo.wishes import OwnAsterisk, Wishes

SOCKET_PATH_MAX = 100  # bytes; the engine takes 107, and puts ".lock" behind it
GUEST_NUMBER = "2001"
CODES = "*11 log in, *12 log out, *13 pause, *14 back, *15 ready"


async def find_stage(wishes: Wishes, stack: AsyncExitStack) -> Stage:
    """Make a stage ready; what it needs is ended by `stack`. Raises DemoFailed."""
    tree = _read(wishes.config)
    control = _control(wishes.folder, stack)
    if wishes.own is not None:
        return _own_stage(wishes, wishes.own, tree, control)
    try:
        stack.push_async_callback(lab.down, wishes.folder)
        descriptor = await lab.up(wishes.folder)
    except lab.NoAsterisk as error:
        from cti.demo.simulated import simulator_stage

        say(f"{str(error).strip().rstrip('.')}: the demo runs on the simulator instead.")
        return await simulator_stage(wishes, tree, control, stack)
    return _lab_stage(wishes, tree, control, descriptor)


def _lab_stage(wishes: Wishes, tree: Mapping[str, Any], control: Path, descriptor: Mapping[str, Any]) -> Stage:
    node, base = descriptor["nodes"][0], descriptor["base"]
    places = Places(
        ami_host=node["host"],
        ami_port=node["ami_port"],
        ami_user=node["ami_user"],
        agi=descriptor["engines"][0],
        http=f"{base}.100:8470",
        folder=wishes.folder,
        control=control,
        callback_spool=Path(node["callback_spool_dir"]),
    )
    password = {phone["number"]: phone["password"] for phone in descriptor["softphones"]}[GUEST_NUMBER]
    numbers = ", ".join(f"{number} {entry['queue']}" for number, entry in list(tree.get("entries", {}).items())[:3])
    server = f"{node['host']}:{node['sip_port']}"
    return Stage(
        title=f"Asterisk {descriptor['version']}",
        center=demo_center(tree, places, guest_phone=f"PJSIP/{GUEST_NUMBER}"),
        control=control,
        environ={SECRET_ENV: node["ami_secret"], TOKEN_ENV: node["agi_token"]},
        traffic=SippTraffic(PhoneSide.of_lab(descriptor), wishes.folder, wishes.folder / "queue_log", wishes.seed),
        hello=(
            "Join in with a softphone on this machine:",
            f"  user {GUEST_NUMBER}, password {password}, server {server} (SIP over UDP)",
            f"  call {numbers}; or be an agent yourself:",
            f"  {CODES}",
            *ask_hint(control, places.http, wishes.folder),
        ),
        join=(
            f"Your phone: user {GUEST_NUMBER}, password {password}, server {server} (UDP)",
            f"Call {numbers}. Agent: *11 in, *12 out, *13 pause",
        ),
    )


def _own_stage(wishes: Wishes, own: OwnAsterisk, tree: Mapping[str, Any], control: Path) -> Stage:
    places = Places(own.host, own.port, own.user, "", "", wishes.folder, control)
    center = own_center(tree, places, agi=own.agi, allow_host=_address(own.host))
    name = next(iter(center["nodes"]))
    listen = center["fastagi"].get("listen", "127.0.0.1:4573")
    entries = ", ".join(list(tree.get("entries", {}))[:6])
    return Stage(
        title=f"your Asterisk at {own.host}:{own.port}",
        center=center,
        control=control,
        environ={SECRET_ENV: own.secret, TOKEN_ENV: own.agi_token},
        traffic=NoTraffic(),
        hello=(
            f"Your own Asterisk at {own.host}:{own.port}: nothing is started beside it, and nothing of it is changed.",
            "It must have (asterisk/README.md tells how):",
            f"  manager.conf      the user {own.user} of asterisk/etc/manager.d/cti.conf",
            "  extensions.conf   #include extensions_cti.conf, and callers sent in by Goto(cti-inbound,NUMBER,1)",
            f"  in that file      CTI_ENGINES={listen}, CTI_TOKEN=your CTI_AGI_TOKEN, CTI_NODE={name}",
            f"Numbers with a meaning: {entries or 'none'}. If nothing comes in:  cti doctor",
        ),
        join=(f"Send callers in by Goto(cti-inbound,NUMBER,1); the engine listens at {listen}. Trouble? cti doctor",),
    )


def _read(config: Path) -> dict[str, Any]:
    try:
        tree = yaml.safe_load(config.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise DemoFailed(f"{config} cannot be read ({type(error).__name__}); try: cti check {config}") from None
    if not isinstance(tree, dict):
        raise DemoFailed(f"{config} holds no configuration; try: cti check {config}")
    return tree


def _control(folder: Path, stack: AsyncExitStack) -> Path:
    """Where the control socket is: in the demo's folder, or, as its path has a limit, in a temporary one."""
    place = folder / "cti.ctl"
    if len(os.fsencode(place)) <= SOCKET_PATH_MAX:
        return place
    return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="cti-demo-"))) / "cti.ctl"


def _address(host: str) -> str | None:
    try:
        return None if ip_address(host).is_loopback else host
    except ValueError:
        return None
