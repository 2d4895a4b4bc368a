"""Which values does the configuration of one Asterisk hold, and what are their defaults?

Pure: turns settings into the values of the templates of etc/. Knows nothing of folders on this machine or processes.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from labkit.errors import LabError
from labkit.render import check_inline

_NAME = re.compile(r"[A-Za-z0-9_-]{1,40}")
_HOST_PORT = re.compile(r"[A-Za-z0-9.-]{1,253}:\d{1,5}")
QUEUE_STRATEGIES = ("ringall", "leastrecent", "fewestcalls", "random", "rrmemory", "linear", "wrandom", "rrordered")


def check_host_port(name: str, text: str) -> str:
    """Return HOST:PORT, or raise LabError that says what was expected."""
    if not _HOST_PORT.fullmatch(text) or not 0 < int(text.rsplit(":", 1)[1]) < 65536:
        raise LabError(f"{name} must be HOST:PORT, such as 127.0.0.1:4573")
    return text


def check_name(name: str, text: str) -> str:
    """Return a word of letters, digits, - and _, or raise LabError."""
    if not _NAME.fullmatch(text):
        raise LabError(f"{name} must be 1 to 40 letters, digits, '-' or '_'")
    return text


@dataclass(frozen=True)
class Phone:
    """A phone of the demo. With a contact (HOST:PORT) it need not register; with a password it is asked for it."""

    number: str
    label: str
    password: str = ""
    contact: str = ""

    def lines(self) -> str:
        """Its sections of pjsip.conf."""
        number = check_name("phone", self.number)
        caller_id = check_inline("phone label", self.label).replace('"', "'")
        endpoint = [f"[{number}](cti-phone)", f"aors = {number}", f'callerid = "{caller_id}" <{number}>']
        aor = [f"[{number}](cti-phone-aor)"]
        if self.contact:
            aor.append(f"contact = sip:{number}@{check_host_port('--agent-contact', self.contact)}")
        sections = [endpoint, aor]
        if self.password:
            endpoint.append(f"auth = {number}")
            secret = check_name("phone password", self.password)
            sections.append([f"[{number}](cti-phone-auth)", f"username = {number}", f"password = {secret}"])
        return "\n\n".join("\n".join(section) for section in sections)


@dataclass(frozen=True)
class Trunk:
    """A line to the outside: told by its address, or by its name as the user of From."""

    name: str
    identify_ip: str
    contact: str = ""

    def lines(self) -> str:
        """Its sections of pjsip.conf."""
        name = check_name("trunk", self.name)
        sections = [[f"[{name}](cti-trunk)"]]
        if self.contact:
            sections[0].append(f"aors = {name}")
            sections.append(
                [f"[{name}]", "type = aor", f"contact = sip:{check_host_port('--trunk-contact', self.contact)}"]
            )
        if self.identify_ip:
            match = check_inline("trunk address", self.identify_ip)
            sections.append([f"[{name}]", "type = identify", f"endpoint = {name}", f"match = {match}"])
        return "\n\n".join("\n".join(section) for section in sections)


@dataclass(frozen=True)
class AppQueue:
    """A queue of app_queue with the agents as static members: the other side of the benchmark."""

    name: str = "bench"
    strategy: str = "rrmemory"
    number: str = "7001"
    ring_timeout_s: int = 20
    members: tuple[str, ...] = ()

    def lines(self) -> str:
        """Its section of queues.conf."""
        if self.strategy not in QUEUE_STRATEGIES:
            raise LabError(f"--app-queue-strategy must be one of {', '.join(QUEUE_STRATEGIES)}")
        options = [
            f"[{check_name('queue', self.name)}]",
            f"strategy = {self.strategy}",
            f"timeout = {self.ring_timeout_s}",
            "retry = 0",
            "wrapuptime = 0",
            "ringinuse = no",
            "autofill = yes",
            "announce-frequency = 0",
            "joinempty = yes",
            "leavewhenempty = no",
        ]
        return "\n".join(options + [f"member = PJSIP/{check_name('member', member)}" for member in self.members])


@dataclass(frozen=True)
class NodeSettings:
    """Everything that one node's configuration says. Times in seconds; addresses as HOST:PORT."""

    node: str
    engines: tuple[str, ...]
    ami_secret: str
    agi_token: str
    spool_dir: Path
    ami_bind: str = "127.0.0.1"
    ami_port: int = 5038
    ami_permit: tuple[str, ...] = ("127.0.0.0/255.0.0.0",)
    sip_bind: str = "127.0.0.1"
    sip_port: int = 5070
    media_address: str = ""
    rtp_start: int = 10000
    rtp_end: int = 30000
    retry_s: int = 15
    stable_s: int = 3
    accept_s: int = 10
    fallback_queue: str = ""
    fallback_queue_wait_s: int = 300
    silent_music: bool = False
    music_dir: str = "/usr/share/asterisk/moh"
    phones: tuple[Phone, ...] = ()
    trunks: tuple[Trunk, ...] = ()
    app_queue: AppQueue | None = None
    max_files: int = 20000
    directories: dict[str, Path] = field(default_factory=dict)

    @property
    def callback_spool_dir(self) -> Path:
        """Where the dialplan puts callback requests while no engine answers."""
        return self.spool_dir / "cti-callbacks"

    def values(self) -> dict[str, str]:
        """The value of every placeholder of etc/."""
        if not self.engines:
            raise LabError("at least one engine address is needed")
        media = (
            [f"media_address = {self.media_address}", "bind_rtp_to_media_address = yes"] if self.media_address else []
        )
        # Silent: music costs 50 packets/s a caller, and a load test measures something else [measured].
        silent = ["mode = custom", "application = /bin/sleep 1000000"]
        music = (
            silent if self.silent_music else ["mode = files", f"directory = {check_inline('music', self.music_dir)}"]
        )
        bench = self.app_queue
        extra = (
            [f"[cti-inbound](+)\nexten => {bench.number},1,Answer(,i)\n same => n,Queue({bench.name})"] if bench else []
        )
        return {
            "NODE": check_name("node", self.node),
            "ENGINES": "&".join(check_host_port("--engine", engine) for engine in self.engines),
            "AGI_TOKEN": check_name("agi token", self.agi_token),
            "RETRY_S": str(self.retry_s),
            "STABLE_S": str(self.stable_s),
            "ACCEPT_S": str(self.accept_s),
            "CALLBACK_SPOOL_DIR": str(self.callback_spool_dir),
            "FALLBACK_QUEUE": check_name("fallback queue", self.fallback_queue) if self.fallback_queue else "",
            "FALLBACK_QUEUE_WAIT_S": str(self.fallback_queue_wait_s),
            "EXTRA_DIALPLAN_LINES": "\n".join(extra),
            "AMI_BIND": self.ami_bind,
            "AMI_PORT": str(self.ami_port),
            "AMI_SECRET": check_name("ami secret", self.ami_secret),
            "AMI_PERMIT": ",".join(self.ami_permit),
            "SIP_BIND": self.sip_bind,
            "SIP_PORT": str(self.sip_port),
            "MEDIA_LINES": "\n".join(media),
            "TRUNK_LINES": "\n\n".join(trunk.lines() for trunk in self.trunks),
            "PHONE_LINES": "\n\n".join(phone.lines() for phone in self.phones),
            "RTP_START": str(self.rtp_start),
            "RTP_END": str(self.rtp_end),
            "MUSIC_LINES": "\n".join(music),
            "QUEUE_LINES": bench.lines() if bench else "",
            "MAX_FILES": str(self.max_files),
            **{name: check_inline(name, str(path)) for name, path in self.directories.items()},
        }
