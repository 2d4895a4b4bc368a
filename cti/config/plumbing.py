"""Which addresses and stores of a valid configuration cannot work together, or are open to whom they should not be?

PURE: settings in, findings out. Resolves no name: what a name leads to is judged when it is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cti.config.finding import Finding
from cti.lookup.addresses import is_own

if TYPE_CHECKING:
    from cti.config.settings import Settings


def find(settings: Settings) -> list[Finding]:
    """Return everything found, in no particular order."""
    return [*_fastagi(settings), *_hooks(settings), *_own_addresses(settings), *_joined(settings)]


def _fastagi(settings: Settings) -> Iterator[Finding]:
    fastagi = settings.fastagi
    listens_outside = not _is_loopback(fastagi.listen.host)
    if fastagi.token is None:
        text = "no token: whoever reaches this port can act as a call; set token_env"
        yield Finding(("fastagi",), text, is_error=listens_outside)
    if fastagi.advertise.host in ("0.0.0.0", "::"):
        text = "Asterisk cannot connect to a wildcard; set fastagi.advertise to an address it can reach"
        yield Finding(("fastagi", "advertise"), text)
    for name, node in settings.nodes.items():
        try:
            address = ip_address(node.host)
        except ValueError:
            continue
        if not any(address in network for network in fastagi.allow):
            text = f"the calls of {name} come from a host outside fastagi.allow and will be refused; add its network"
            yield Finding(("nodes", name, "host"), text)
        if not address.is_loopback and _is_loopback(fastagi.advertise.host):
            text = f"{name} is another machine and cannot reach fastagi.advertise on this one's loopback"
            yield Finding(("nodes", name, "host"), text)


def _hooks(settings: Settings) -> Iterator[Finding]:
    for name, hook in settings.hooks.items():
        url = urlsplit(hook.url)
        if url.scheme == "http" and not _is_loopback(url.hostname or ""):
            text = "plain http: whoever is on the way reads what is told, numbers too; write https:// (see ca_file)"
            yield Finding(("hooks", name, "url"), text)


def _joined(settings: Settings) -> Iterator[Finding]:
    if settings.redis is None:
        return
    if "store" not in settings.model_fields_set:
        text = "engines that are joined need one store: write store: postgresql://user:password@host/database"
        yield Finding(("redis",), text, is_error=True)
    elif settings.store.startswith("sqlite"):
        yield Finding(("store",), "a file: only engines on this machine can share it; use postgresql:// for others")
    if settings.web is not None and settings.web.secret is None:
        text = "engines that are joined need one: what one has sealed (authenticator codes) the next could not open"
        yield Finding(("web",), f"secret_env: {text}; openssl rand -hex 32", is_error=True)


def _own_addresses(settings: Settings) -> Iterator[Finding]:
    """Names that lead there are refused when they are resolved; an address in the file is judged here."""
    hooks = ((("hooks", name, "url"), hook.url, hook.networks) for name, hook in settings.hooks.items())
    lookups = ((("lookups", name, "base_url"), each.base_url, each.networks) for name, each in settings.lookups.items())
    for path, url, networks in (*hooks, *lookups):
        host = urlsplit(url).hostname or ""
        if is_own(host, networks):
            text = "this machine's own, or a link-local address: other programs answer there that trust who is inside"
            yield Finding(path, f'{text}; if it is meant, write networks: ["{host}"] beside it', is_error=True)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
