"""How does an operator (or a container) get the configuration, without a lab? From CTI_* environment variables.

Knows the settings and the templates, no process.
"""

import contextlib
import ipaddress
from collections.abc import Mapping
from pathlib import Path

from labkit.errors import LabError
from labkit.render import render_folder
from labkit.settings import NodeSettings, Phone, Trunk

TEMPLATES = Path(__file__).resolve().parent.parent / "etc"


def settings_from_environment(environment: Mapping[str, str]) -> NodeSettings:
    """The settings that CTI_* variables name; asterisk/README.md lists them. Raises LabError for a missing secret."""

    def needed(name: str) -> str:
        value = environment.get(name, "")
        if not value:
            raise LabError(f"{name} is not set")
        return value

    def words(name: str, default: str = "") -> tuple[str, ...]:
        return tuple(word.strip() for word in environment.get(name, default).split(",") if word.strip())

    engines = words("CTI_ENGINES", "127.0.0.1:4573")
    password = environment.get("CTI_PHONE_PASSWORD", "")
    contact = environment.get("CTI_AGENT_CONTACT", "")
    agents = int(environment.get("CTI_AGENTS", "0"))
    if agents and not (password or contact):
        raise LabError("CTI_AGENTS needs CTI_PHONE_PASSWORD or CTI_AGENT_CONTACT")
    phones = [Phone(str(1000 + k), f"Agent {1000 + k}", password, contact) for k in range(1, agents + 1)]
    if password:
        phones += [Phone(number, f"Softphone {number}", password) for number in ("2001", "2002")]
    spool = Path(environment.get("CTI_SPOOL_DIR", "/var/spool/asterisk"))
    return NodeSettings(
        node=environment.get("CTI_NODE", "node1"),
        engines=engines,
        ami_secret=needed("CTI_AMI_SECRET"),
        agi_token=needed("CTI_AGI_TOKEN"),
        spool_dir=spool,
        ami_bind=environment.get("CTI_AMI_BIND", "127.0.0.1"),
        ami_permit=words("CTI_AMI_PERMIT") or _hosts_of(engines),
        sip_bind=environment.get("CTI_SIP_BIND", "0.0.0.0"),
        sip_port=int(environment.get("CTI_SIP_PORT", "5060")),
        retry_s=int(environment.get("CTI_RETRY_S", "15")),
        accept_s=int(environment.get("CTI_ACCEPT_S", "10")),
        fallback_queue=environment.get("CTI_FALLBACK_QUEUE", ""),
        rtp_start=int(environment.get("CTI_RTP_START", "10000")),
        rtp_end=int(environment.get("CTI_RTP_END", "20000")),
        phones=tuple(phones),
        trunks=tuple(Trunk(f"trunk{k}", ip) for k, ip in enumerate(words("CTI_TRUNK_IPS"), 1)),
        directories={
            "ETC_DIR": Path(environment.get("CTI_ETC_DIR", "/etc/asterisk")),
            "MODULE_DIR": Path(environment.get("CTI_MODULE_DIR", "/usr/lib/x86_64-linux-gnu/asterisk/modules")),
            "STATE_DIR": Path("/var/lib/asterisk"),
            "DATA_DIR": Path("/usr/share/asterisk"),
            "SPOOL_DIR": spool,
            "RUN_DIR": Path("/var/run/asterisk"),
            "LOG_DIR": Path("/var/log/asterisk"),
        },
    )


def _hosts_of(engines: tuple[str, ...]) -> tuple[str, ...]:
    """The networks that may reach AMI where nobody named them: this machine, and the engines that are addresses."""
    found = ["127.0.0.0/255.0.0.0"]
    for engine in engines:
        with contextlib.suppress(ValueError):
            address = ipaddress.ip_address(engine.rpartition(":")[0].strip("[]"))
            if not address.is_loopback:
                found.append(f"{address}/{ipaddress.ip_network(address).netmask}")
    return tuple(found)


def render_from_environment(out: Path, environment: Mapping[str, str]) -> None:
    """Write every configuration file into a folder."""
    render_folder(TEMPLATES, out, settings_from_environment(environment).values())
