"""On what does this demo take place? A lab's Asterisk; the operator's own; or the simulator, where none can be had."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import tempfile
from collections.abc import Mapping
from contextlib import AsyncExitStack
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import yaml

from cti.demo import flow_side, lab
from cti.demo.calling import CAMPAIGN, with_calling
from cti.demo.center import SECRET_ENV, SECRET_KEY, TOKEN_ENV, TOKEN_KEY, Places, demo_center, own_center
from cti.demo.plan import DIRECT, WITH_FLOW
from cti.demo.screen import say
from cti.demo.sipp_traffic import PhoneSide, SippTraffic
from cti.demo.stage import DemoFailed, NoTraffic, Stage, ask_hint, from_here, write_center
from cti.demo.wishes import OwnAsterisk, Wishes
from cti.switch.ami import AmiLink, LinkState
from cti.typed import typed

SOCKET_PATH_MAX = 100  # bytes; the engine takes 107, and puts ".lock" behind it
LOGIN_TIMEOUT_S = 8.0
GUEST_NUMBER = "2001"
RECORDINGS = "recordings"
SHOP_HOST = 110  # of the lab's block: nobody else is there
CODES = "*11 log in, *12 log out, *13 pause, *14 back, *15 ready"


async def find_stage(wishes: Wishes, stack: AsyncExitStack) -> Stage:
    """Make a stage ready; what it needs is ended by `stack`. Raises DemoFailed."""
    tree = _read(wishes.config)
    control = _control(wishes.folder, stack)
    if wishes.own is not None:
        return await _own_stage(wishes, wishes.own, tree, control)
    try:
        stack.push_async_callback(lab.down, wishes.folder)
        descriptor, spoken = await _lab_and_prompts(wishes, tree, stack)
    except lab.NoAsterisk as error:
        from cti.demo.simulated import simulator_stage

        say(f"{str(error).strip().rstrip('.')}: the demo runs on the simulator instead.")
        return await simulator_stage(wishes, tree, control, stack)
    shop = await _shop(wishes, f"{descriptor['base']}.{SHOP_HOST}", stack) if spoken else ""
    return _lab_stage(wishes, tree, control, descriptor, shop)


async def _lab_and_prompts(
    wishes: Wishes, tree: Mapping[str, Any], stack: AsyncExitStack
) -> tuple[dict[str, Any], bool]:
    """Both at once; whether the flows can be heard."""
    if "flows" not in tree:
        return await lab.up(wishes.folder), False
    shelf = flow_side.shelf(wishes.folder)
    (wishes.folder / RECORDINGS).mkdir(exist_ok=True)
    built = asyncio.ensure_future(flow_side.build(wishes.config, shelf, wishes.folder / "prompts.log", stack))
    try:
        descriptor = await lab.up(wishes.folder, shelf)
        return descriptor, await built
    finally:
        built.cancel()


async def _shop(wishes: Wishes, host: str, stack: AsyncExitStack) -> str:
    return await flow_side.shop(host, flow_side.SHOP_PORT, wishes.folder / "shop.log", stack)


def _lab_stage(
    wishes: Wishes, tree: Mapping[str, Any], control: Path, descriptor: Mapping[str, Any], shop: str
) -> Stage:
    """`shop` is the address of the sample backend; "": the flows cannot be heard, and nobody calls them."""
    node, base = descriptor["nodes"][0], descriptor["base"]
    places = Places(
        ami_host=node["host"],
        ami_port=node["ami_port"],
        ami_user=node["ami_user"],
        agi=descriptor["engines"][0],
        http=f"{base}.100:8470",
        web=_free("127.0.0.1:8089"),
        folder=wishes.folder,
        control=control,
        callback_spool=Path(node["callback_spool_dir"]),
        shop=shop,
        recordings=wishes.folder / RECORDINGS,
        sounds=wishes.folder / flow_side.SHELF if shop else None,
    )
    password = {phone["number"]: phone["password"] for phone in descriptor["softphones"]}[GUEST_NUMBER]
    numbers = ", ".join(_meaning(number, entry) for number, entry in list(tree.get("entries", {}).items())[:4])
    center = demo_center(tree, wishes.config.parent, places, guest_phone=f"PJSIP/{GUEST_NUMBER}")
    server = f"{node['host']}:{node['sip_port']}"
    return Stage(
        title=f"Asterisk {descriptor['version']}",
        center=with_calling(center, offers=flow_side.offers(tree, wishes.config) if shop else ()),
        control=control,
        environ={SECRET_ENV: node["ami_secret"], TOKEN_ENV: node["agi_token"]},
        traffic=SippTraffic(
            PhoneSide.of_lab(descriptor),
            wishes.folder,
            wishes.folder / "queue_log",
            wishes.seed,
            WITH_FLOW if shop else DIRECT,
            called=True,
        ),
        campaign=CAMPAIGN,
        hello=(
            "Join in with a softphone on this machine:",
            f"  user {GUEST_NUMBER}, password {password}, server {server} (SIP over UDP)",
            f"  call {numbers}; or be an agent yourself:",
            f"  {CODES}",
            *ask_hint(places.http, wishes.folder, places.web),
        ),
        join=(
            f"Your phone: user {GUEST_NUMBER}, password {password}, server {server} (UDP)",
            f"Call {numbers}; or be an agent yourself:",
            CODES,
        ),
    )


def _meaning(number: str, entry: Mapping[str, Any]) -> str:
    return f"{number} {entry.get('queue') or entry.get('flow')}"


async def _own_stage(wishes: Wishes, own: OwnAsterisk, tree: Mapping[str, Any], control: Path) -> Stage:
    places = Places(own.host, own.port, own.user, "", "", wishes.folder, control)
    center = own_center(tree, wishes.config.parent, places, agi=own.agi, allow_host=_address(own.host))
    name, node = next(iter(center["nodes"].items()))
    # In files, not in the environment: so `cti doctor` works with this configuration from another terminal.
    del node[SECRET_KEY], center["fastagi"][TOKEN_KEY]
    node["secret_file"] = _secret(wishes.folder / "ami.secret", own.secret)
    center["fastagi"]["token_file"] = _secret(wishes.folder / "agi.token", own.agi_token)
    http = _free(str((center.get("http") or {}).get("listen") or "127.0.0.1:8470"))
    center["http"] = {"listen": http}
    web = _free("127.0.0.1:8089")
    center["web"] = {"listen": web}
    doctor = f"{typed('doctor')} {from_here(write_center(center, wishes.folder))}"
    await _log_in_once(name, own, doctor)
    listen = center["fastagi"].get("listen", "127.0.0.1:4573")
    entries = ", ".join(list(tree.get("entries", {}))[:6])
    return Stage(
        title=f"your Asterisk at {own.host}:{own.port}",
        center=center,
        control=control,
        environ={},
        traffic=NoTraffic(),
        hello=(
            f"Your own Asterisk at {own.host}:{own.port}: nothing is started beside it, and nothing of it is changed.",
            "It must have (asterisk/README.md tells how):",
            f"  manager.conf      the user {own.user} of asterisk/etc/manager.d/cti.conf",
            "  extensions.conf   #include extensions_cti.conf, and callers sent in by Goto(cti-inbound,NUMBER,1)",
            f"  in that file      CTI_ENGINES={listen}, CTI_TOKEN=your CTI_AGI_TOKEN, CTI_NODE={name}",
            f"Numbers with a meaning: {entries or 'none'}. If nothing comes in, end this and ask:  {doctor}",
            *ask_hint(http, wishes.folder, web),
        ),
        join=(f"Send callers in by Goto(cti-inbound,NUMBER,1); the engine listens at {listen}.", f"Trouble? {doctor}"),
    )


async def _log_in_once(name: str, own: OwnAsterisk, doctor: str) -> None:
    """Raise DemoFailed, with the reason, where this Asterisk does not let us in: before anything is started."""
    told = asyncio.Event()
    link = AmiLink(
        name,
        own.host,
        own.port,
        own.user,
        own.secret,
        on_event=lambda event: None,
        on_state=lambda change: told.set(),
        boot_timeout_s=LOGIN_TIMEOUT_S / 2,
    )
    await link.start()
    try:
        async with asyncio.timeout(LOGIN_TIMEOUT_S):
            await told.wait()
    except TimeoutError:
        pass
    found, reason = link.state, link.reason
    await link.close()
    if found is LinkState.LOGIN_REFUSED:
        raise DemoFailed(
            f"Asterisk at {own.host}:{own.port} refuses {own.user}.\nCompare CTI_AMI_USER and CTI_AMI_SECRET "
            f"with manager.conf, and its permit= with this machine's address; or ask:\n  {doctor}"
        )
    if found is not LinkState.UP:
        raise DemoFailed(
            f"Asterisk's AMI at {own.host}:{own.port}: {reason}.\nDoes Asterisk run, is manager.conf enabled and bound "
            f"there, does a firewall stand between? Or ask:\n  {doctor}"
        )


def _secret(file: Path, value: str) -> str:
    """Write `value` where only its owner reads it; the path, as a configuration names it."""
    file.touch(mode=0o600)
    file.write_text(value + "\n", encoding="utf-8")
    return str(file)


def _free(listen: str) -> str:
    """Return `listen`, or, where that port is taken, the same host with a free one."""
    host, _, port = listen.rpartition(":")
    for number in (int(port), 0):
        with contextlib.suppress(OSError), socket.create_server((host.strip("[]"), number)) as found:
            return f"{host}:{found.getsockname()[1]}"
    return listen


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
