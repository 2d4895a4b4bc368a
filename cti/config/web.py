"""What can be said of the web in center.yaml? Where it listens, how it is reached, how long a session lasts."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    IPvAnyNetwork,
    SecretStr,
    StringConstraints,
    model_validator,
)

from cti.config.address import Address, AddressText
from cti.model.schema import Policy

BUILT = Path(__file__).resolve().parents[1] / "pages"  # in a checkout a link to web/dist; installed a copy of it
LEAST_CHARS = 24  # of the secret
PLAIN_HTTP = (
    "browsers keep a session on plain http only from this machine itself; write an https:// origin, and let a proxy "
    "or web.tls speak TLS"
)

FilePath = Annotated[Path, AfterValidator(Path.expanduser)]


def _no_strangers(networks: tuple[IPvAnyNetwork, ...]) -> tuple[IPvAnyNetwork, ...]:
    if any(network.prefixlen == 0 for network in networks):
        raise ValueError("would let everybody name any address as his own: write your proxy's, such as 10.0.0.5/32")
    return networks


Proxies = Annotated[tuple[IPvAnyNetwork, ...], AfterValidator(_no_strangers)]


def _built(folder: Path) -> Path:
    if not (folder / "index.html").is_file():
        raise ValueError("has no index.html: name the folder of the built pages, or leave the key out")
    return folder


def _origin(text: object) -> object:
    if not isinstance(text, str):
        return text
    found = urlsplit(text)
    if (
        found.scheme not in ("http", "https")
        or not found.netloc
        or text.rstrip("/") != f"{found.scheme}://{found.netloc}"
    ):
        raise ValueError('must be "https://cti.example.org", without a path')
    if "@" in found.netloc:
        raise ValueError("an origin has no user name in it")
    return f"{found.scheme}://{found.netloc.lower()}"


Origin = Annotated[str, BeforeValidator(_origin)]


class Tls(Policy):
    """PEM files. Read at the start: a new certificate needs a restart."""

    certificate: FilePath
    key: FilePath


class Oidc(Policy):
    """An OpenID Connect provider who says who somebody is. What he may, `cti user add` says."""

    issuer: Annotated[
        str, StringConstraints(pattern=r"^https://[^\s?#]{1,250}$|^http://(localhost|127\.[0-9.]+)[^\s?#]*$")
    ]
    client: Annotated[str, StringConstraints(pattern=r"^[!-~]{1,200}$")]
    secret: SecretStr | None = None
    scopes: Annotated[str, StringConstraints(pattern=r"^openid( [!-~]+)*$")] = "openid profile email"
    claim: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,60}$")] = "preferred_username"
    name: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] = ""  # on the button of the sign-in


class Web(Policy):
    """Pages and REST for people and programs. Without `web:` in the file there are none."""

    listen: AddressText = Address("127.0.0.1", 8089)
    origin: Origin | None = None  # as people write it in their browsers; without: what `listen` says
    tls: Tls | None = None  # without: plain http, for this machine or for a proxy that speaks TLS
    trusted_proxies: Annotated[
        tuple[IPvAnyNetwork, ...], AfterValidator(_no_strangers)
    ] = ()  # whose X-Forwarded-For is believed
    session_hours: Annotated[float, Field(gt=0, le=168)] = 12.0
    idle_minutes: Annotated[float, Field(ge=1, le=1440)] = 120.0
    secret: Annotated[SecretStr, Field(min_length=LEAST_CHARS, max_length=500)] | None = (
        None  # without: `web.key` in state_dir
    )
    oidc: Oidc | None = None
    pages: Annotated[FilePath, AfterValidator(_built)] = BUILT  # the folder of the built pages

    @model_validator(mode="after")
    def _reachable(self) -> Web:
        if self.origin is None and not is_loopback(self.listen.host) and self.tls is None:
            raise ValueError(f"listens for other machines without TLS and names no origin: {PLAIN_HTTP}")
        if self.origin is None and self.listen.host in ("0.0.0.0", "::"):
            raise ValueError("listens everywhere: write `origin`, as people write it in their browsers")
        if self.origin is not None and self.origin.startswith("http:"):
            host = urlsplit(self.origin).hostname or ""
            if not is_loopback(host):
                raise ValueError(f"origin {self.origin}: {PLAIN_HTTP}")
            if self.tls is not None:
                raise ValueError("origin is http, and tls makes it https; write https://")
        return self

    def origins(self, port: int) -> tuple[str, ...]:
        """Return how pages of ours may be reached: the origin, or the names of this machine with `port`."""
        if self.origin is not None:
            found = urlsplit(self.origin)
            if found.scheme == "https" or not is_loopback(found.hostname or ""):
                return (self.origin,)
            return _of_this_machine(self.origin, "http", found.port or 80)
        scheme = "http" if self.tls is None else "https"
        told = str(Address(self.listen.host, port))
        if not is_loopback(self.listen.host):
            return (f"{scheme}://{told}",)
        return _of_this_machine(f"{scheme}://{told}", scheme, port)


def _of_this_machine(told: str, scheme: str, port: int) -> tuple[str, ...]:
    """People write one name of their machine or another; all are the same place."""
    others = (f"{scheme}://{Address(host, port)}" for host in ("127.0.0.1", "localhost", "::1"))
    return tuple(dict.fromkeys((told, *others)))


def is_loopback(host: str) -> bool:
    """Whether this names the machine itself."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
