"""What can `up` be asked for, and which phones, trunks and settings does that give a node? Starts nothing."""

import resource
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labkit.errors import LabError
from labkit.settings import AppQueue, NodeSettings, Phone, Trunk

AMI_PORT, SIP_PORT = 5038, 5070


@dataclass(frozen=True)
class UpOptions:
    """What `up` was asked for; see `asterisk/lab up --help`. In an address, {base} stands for the lab's block."""

    nodes: int = 1
    base: str = "auto"
    engines: tuple[str, ...] = ()
    agents: int = 10
    agent_contact: str = ""
    agent_auth: bool = False
    trunks: int = 4
    trunk_contact: str = ""
    secret: str = ""
    silent_music: bool = False
    app_queue: bool = False
    app_queue_strategy: str = "rrmemory"
    fallback_queue: str = ""
    retry_s: int = 15
    accept_s: int = 10
    rtp_start: int = 10000
    rtp_end: int = 30000
    sounds: str = ""
    with_parent: int = 0


def _label(number: str) -> str:
    return f"Agent {number}" if number.startswith("1") else f"Softphone {number}"


def phones_of(options: UpOptions, base: str) -> list[Phone]:
    """Agents' phones 1001.. and two softphones for people, the latter always with a password."""
    if not 0 <= options.agents <= 900:
        raise LabError("--agents must be 0 to 900")
    asks = options.agent_auth or not options.agent_contact
    contact = options.agent_contact.replace("{base}", base)
    agents = [
        Phone(str(1000 + k), "", secrets.token_hex(8) if asks else "", contact) for k in range(1, options.agents + 1)
    ]
    return [*agents, *(Phone(number, "", secrets.token_hex(8)) for number in ("2001", "2002"))]


def trunks_of(options: UpOptions, base: str) -> tuple[Trunk, ...]:
    """Trunk k is told by the address BASE.(150+k), or by the user trunk<k> in From."""
    if not 0 <= options.trunks <= 100:
        raise LabError("--trunks must be 0 to 100")
    contact = options.trunk_contact.replace("{base}", base)
    addresses = {k: f"{base}.{150 + k}" for k in range(1, options.trunks + 1)}
    return tuple(Trunk(f"trunk{k}", ip, contact.replace("{trunk}", ip)) for k, ip in addresses.items())


def node_settings(
    options: UpOptions, record: dict[str, Any], name: str, host: str, spool: Path, music: Path
) -> NodeSettings:
    """The settings of one node, with an AMI secret of its own; phones and engines are those of the lab's record."""
    members = tuple(agent["number"] for agent in record["agents"])
    return NodeSettings(
        node=name,
        engines=tuple(record["engines"]),
        ami_secret=options.secret or secrets.token_hex(16),
        agi_token=record["agi_token"],
        spool_dir=spool,
        ami_bind=host,
        ami_port=AMI_PORT,
        sip_bind=host,
        sip_port=SIP_PORT,
        media_address=host,
        rtp_start=options.rtp_start,
        rtp_end=options.rtp_end,
        retry_s=options.retry_s,
        accept_s=options.accept_s,
        fallback_queue=options.fallback_queue,
        silent_music=options.silent_music,
        music_dir=str(music),
        phones=tuple(
            Phone(phone["number"], _label(phone["number"]), phone["password"], phone.get("contact", ""))
            for phone in record["agents"] + record["softphones"]
        ),
        trunks=trunks_of(options, record["base"]),
        app_queue=AppQueue(strategy=options.app_queue_strategy, members=members) if options.app_queue else None,
        max_files=resource.getrlimit(resource.RLIMIT_NOFILE)[1],
    )
