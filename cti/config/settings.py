"""What has the operator configured? The schema of center.yaml's plumbing, and the one way to read the whole file.

The policy part (queues, agents, ...) is model/policy.py; contradictions inside a valid policy are check.py's.
Starts nothing and connects to nothing.
"""

from __future__ import annotations

import os
from collections.abc import Mapping as ReadOnly
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, IPvAnyNetwork, SecretStr, StringConstraints, ValidationError

from cti.config import check, explain, outside, yaml_file
from cti.config.address import Address, AddressText
from cti.config.joined import MEANINGS as JOINED_MEANINGS
from cti.config.joined import Joined
from cti.config.web import Web
from cti.model import campaign
from cti.model.errors import ConfigError
from cti.model.hooks import Hook
from cti.model.lookups import System
from cti.model.node_rules import NodeRules
from cti.model.policy import Agent, Center, Goto, Name, Phone, SoundFile
from cti.model.schema import Policy
from cti.plain_file import read_plain

MAX_SOCKET_PATH_BYTES = 107  # sun_path of Linux, unix(7)
LOOPBACK: tuple[Any, ...] = ("127.0.0.0/8", "::1/128")


def _one_line(secret: SecretStr) -> SecretStr:
    if not secret.get_secret_value().isprintable():
        raise ValueError("must be one line of printable characters")
    return secret


def _short_enough(path: Path) -> Path:
    if len(os.fsencode(path)) > MAX_SOCKET_PATH_BYTES:
        raise ValueError(f"the path of a unix socket has at most {MAX_SOCKET_PATH_BYTES} bytes; choose a shorter one")
    return path


Secret = Annotated[SecretStr, Field(min_length=1, max_length=500), AfterValidator(_one_line)]
HOST = r"^[A-Za-z0-9:._-]{1,253}$"
USER = r"^[A-Za-z0-9_.@-]{1,80}$"
DATABASE = r"^(sqlite:///.+|postgresql(\+pg8000)?://.+)$"
MEANINGS = {
    HOST: "must be a host name or an IP address",
    USER: "must be a user of manager.conf: up to 80 of A-Z a-z 0-9 _ . @ -",
    DATABASE: "must be sqlite:///file or postgresql://user:password@host/database",
    **campaign.MEANINGS,
    **JOINED_MEANINGS,
}
Host = Annotated[str, StringConstraints(pattern=HOST)]
User = Annotated[str, StringConstraints(pattern=USER)]
HomePath = Annotated[Path, AfterValidator(Path.expanduser)]
SocketPath = Annotated[Path, AfterValidator(Path.expanduser), AfterValidator(_short_enough)]


class AsteriskNode(NodeRules):
    """One Asterisk: where its AMI listens and how we log in (rights: asterisk/etc/manager.d/cti.conf)."""

    host: Host
    port: Annotated[int, Field(ge=1, le=65535)] = 5038
    username: User = "cti"
    secret: Secret


class FastAgi(Policy):
    """Where callers' AGI sessions come in. FastAGI knows no login: `allow` and `token` stand in for it."""

    listen: AddressText = Address("127.0.0.1", 4573)
    advertise: AddressText = Field(default_factory=lambda data: data["listen"])  # as Asterisk reaches us
    allow: tuple[IPvAnyNetwork, ...] = Field(default=LOOPBACK, validate_default=True)
    token: Secret | None = None


class Http(Policy):
    """Where /metrics, /healthz, /readyz and /ownz answer."""

    listen: AddressText = Address("127.0.0.1", 8470)


class HistoryRules(Policy):
    """How long it can be said why a contact went where it went, and what came of a callback or a message."""

    keep_days: Annotated[float, Field(gt=0, le=3650)] = 30.0
    callbacks_keep_days: Annotated[float, Field(gt=0, le=3650)] = 90.0  # after their end; with numbers and recordings
    sums_keep_days: Annotated[float, Field(ge=31, le=36_500)] | None = None  # quarter hours of reports; their days stay
    attempts_keep_days: Annotated[float, Field(ge=31, le=3650)] = 1826.0  # five years: 16 CFR 310.5; caps look 30 back


class AdmissionRules(Policy):
    """When new callers are turned away, and what becomes of them. Who is with us already is never sent away by it."""

    max_calls: Annotated[int, Field(ge=1, le=1_000_000)] | None = None  # None: as many as open files are allowed
    max_lag_s: Annotated[float, Field(ge=0.05, le=60)] = 2.0  # of the event loop, look after look
    play: Annotated[tuple[SoundFile, ...], Field(max_length=20)] = ()
    goto: Goto | None = "cti-fallback,s,1"  # then; null: hang up


class FlowRules(Policy):
    """Where the flows (IVR) are, and what they may reach."""

    folder: HomePath  # relative: beside the file
    transfers: dict[Name, Phone] = Field(default={})  # to whom a flow may connect a caller: name -> dial string
    recordings: Annotated[str, StringConstraints(pattern=r"^/[A-Za-z0-9_./-]{1,200}$")] = (
        "/var/spool/asterisk/cti-recordings"  # a folder on the Asterisk's machine
    )
    voice: Literal["espeak-ng"] | None = None  # who speaks what nobody knew before the call; without: nobody
    sounds: HomePath = Path("var/sounds")  # the shelf of the prompts, where that is spoken into


def _give_way(agent: Agent) -> Agent:
    """Does nothing, in Python: thousands of agents are checked in one call of pydantic's, and only where that comes
    back to Python can another thread, a running engine's loop, get its turn."""
    return agent


class Settings(Center):
    """The whole file. Relative paths begin at the engine's working directory."""

    agents: dict[Name, Annotated[Agent, AfterValidator(_give_way)]] = Field(default={})
    name: Annotated[str, StringConstraints(min_length=1, max_length=80)] = "contact center"
    nodes: dict[Name, AsteriskNode] = Field(min_length=1)
    fastagi: FastAgi = FastAgi()
    http: Http = Http()
    web: Web | None = None
    history: HistoryRules = HistoryRules()
    admission: AdmissionRules = AdmissionRules()
    state_dir: HomePath = Path("var")
    control: SocketPath = Field(default_factory=lambda data: data["state_dir"] / "cti.ctl")
    store: Annotated[str, StringConstraints(pattern=DATABASE)] = Field(
        default_factory=lambda data: f"sqlite:///{data['state_dir'] / 'cti.db'}"
    )
    queue_log: HomePath | None = None
    journal: HomePath | None = None
    callback_spool: HomePath | None = None
    lookups: dict[Name, System] = Field(default_factory=dict)
    hooks: dict[Name, Hook] = Field(default_factory=dict)
    flows: FlowRules | None = None
    redis: Joined | None = None

    @property
    def center(self) -> Center:
        """The part the pure core needs."""
        rules = {name: NodeRules(weight=node.weight, drained=node.drained) for name, node in self.nodes.items()}
        return Center.model_construct(**{key: getattr(self, key) for key in Center.model_fields} | {"nodes": rules})


@dataclass
class Reading:
    """What came of reading a file. `settings` is None where there are errors, `tree` where it is no YAML."""

    file: str
    settings: Settings | None = None
    tree: yaml_file.Mapping | None = None
    errors: list[yaml_file.Problem] = field(default_factory=list)
    warnings: list[yaml_file.Problem] = field(default_factory=list)

    def lines(self, problems: list[yaml_file.Problem]) -> list[str]:
        """Return one line `file:line:column: path: what` for each problem, in the order of the file."""
        return yaml_file.lines(self.file, problems)


def load(path: str | os.PathLike[str], environ: ReadOnly[str, str] | None = None) -> Settings:
    """Return the settings in the file at `path`.

    Raises ConfigError with every problem at once, each as `file:line:column: path: what (did you mean "x"?)`.
    """
    reading = read(path, environ)
    if reading.settings is None:
        raise ConfigError(reading.lines(reading.errors))
    return reading.settings


def loads(data: bytes, *, file: str = "<text>", environ: ReadOnly[str, str] | None = None) -> Settings:
    """Return the settings in `data`; errors as in `load`."""
    reading = read_bytes(data, file=file, environ=environ)
    if reading.settings is None:
        raise ConfigError(reading.lines(reading.errors))
    return reading.settings


def read(path: str | os.PathLike[str], environ: ReadOnly[str, str] | None = None, *, lenient: bool = False) -> Reading:
    """Read the file at `path`, errors and warnings kept apart.

    `lenient`: a variable or file that a `*_env` or `*_file` key names and that is missing here is only a warning (for
    a check in another shell than the engine's).
    """
    file = os.fspath(path)
    try:
        data = read_plain(file, yaml_file.MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        what = error.strerror if isinstance(error, OSError) else "not a file name"
        hint = "; name the file with --config or CTI_CONFIG" if isinstance(error, FileNotFoundError) else ""
        return Reading(file, errors=[_at_start(f"cannot be read: {what}{hint}")])
    return read_bytes(data, file=file, environ=environ, lenient=lenient)


def located(path: str | os.PathLike[str], problems: Sequence[tuple[yaml_file.Path, str]]) -> list[str]:
    """Return lines as `load` has them for what somebody else has found at these keys of the file at `path`."""
    reading = read(path, lenient=True)
    if reading.tree is None:
        return [text for _, text in problems]
    return reading.lines([yaml_file.Problem(yaml_file.locate(reading.tree, at), at, text) for at, text in problems])


def read_bytes(
    data: bytes, *, file: str = "<text>", environ: ReadOnly[str, str] | None = None, lenient: bool = False
) -> Reading:
    """Read `data` as the content of `file`; see `read`."""
    reading = Reading(file)
    environ = os.environ if environ is None else environ
    tree, reading.errors = yaml_file.read_tree(data)
    if tree is None:
        return reading
    if not isinstance(tree, yaml_file.Mapping):
        reading.errors.append(yaml_file.Problem(tree.place, (), "must be keys with values (name: ..., queues: ...)"))
        return reading
    reading.tree = tree
    _fill(reading, tree, environ, lenient)
    return reading


def _fill(reading: Reading, tree: yaml_file.Mapping, environ: ReadOnly[str, str], lenient: bool) -> None:
    outside.allow_short_forms(tree)
    reading.warnings.extend(outside.plain_secrets(tree))
    missing = outside.resolve(tree, Settings, environ, Path(reading.file).parent)
    (reading.warnings if lenient else reading.errors).extend(missing)
    reading.errors.extend(explain.unknown_references(tree))
    plain = yaml_file.plain(tree)
    assert isinstance(plain, dict)
    plain.setdefault("state_dir", environ.get("CTI_STATE") or "var")
    try:
        settings = Settings.model_validate(plain)
    except ValidationError as error:
        reading.errors.extend(explain.in_words(error, tree, Settings, MEANINGS))
        return
    for finding in check.find(settings):
        problem = yaml_file.Problem(yaml_file.locate(tree, finding.path, key=True), finding.path, finding.text)
        (reading.errors if finding.is_error else reading.warnings).append(problem)
    if not reading.errors:
        reading.settings = _with_flows_beside(settings, Path(reading.file))


def _with_flows_beside(settings: Settings, file: Path) -> Settings:
    """The folder of the flows is beside the file that names it, wherever the engine was started."""
    if settings.flows is None:
        return settings
    folder = (file.parent / settings.flows.folder).absolute()
    return settings.model_copy(update={"flows": settings.flows.model_copy(update={"folder": folder})})


def _at_start(text: str) -> yaml_file.Problem:
    return yaml_file.Problem(yaml_file.Place(1, 1), (), text)
