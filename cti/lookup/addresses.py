"""To which address may a system's name lead? Resolved by us, checked, then connected to: the name is not asked twice.

A name whose owner turns it to 127.0.0.1 or to a cloud's metadata address reaches nothing.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Sequence

from aiohttp.abc import AbstractResolver, ResolveResult

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_CARRIES_IPV4 = (  # the network, and by how many bits its IPv4 address stands from the right
    (ipaddress.IPv6Network("64:ff9b::/96"), 0),  # NAT64, RFC 6052 section 2.1
    (ipaddress.IPv6Network("2002::/16"), 80),  # 6to4, RFC 3056 section 2
    (ipaddress.IPv6Network("::/96"), 0),  # IPv4-compatible, RFC 4291 section 2.5.5.1
)
_INSIDE = (  # global to the standard library, or to some of its versions
    ipaddress.IPv6Network("64:ff9b:1::/48"),  # a NAT64 of one's own network, RFC 8215
    ipaddress.IPv6Network("fec0::/10"),  # site-local, RFC 3879
)


class ForbiddenAddress(OSError):
    """The name leads to no address that is allowed."""


def allowed(address: str, networks: Sequence[Network]) -> bool:
    """Return whether `address` is public, or in one of `networks`. One that carries an IPv4 address is judged by it."""
    found = _judged_by(address)
    if found is None or found.is_multicast or found.is_unspecified:
        return False
    is_public = found.is_global and not any(found in network for network in _INSIDE)
    return is_public or _is_named(address, networks)


def is_own(address: str, networks: Sequence[Network]) -> bool:
    """Return whether `address` is of this machine itself or link-local (a cloud's metadata), and in no `networks`."""
    found = _judged_by(address)
    if found is None or not (found.is_loopback or found.is_link_local or found.is_unspecified):
        return False
    return not _is_named(address, networks)


def _read(address: str) -> Address | None:
    try:
        return ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None


def _judged_by(address: str) -> Address | None:
    """Return what is reached by it; None where it is no address."""
    found = _read(address)
    return _carried(found) if isinstance(found, ipaddress.IPv6Address) else found


def _is_named(address: str, networks: Sequence[Network]) -> bool:
    """Either as it is written or as what is reached by it."""
    forms = (_read(address), _judged_by(address))
    return any(form in network for form in forms if form is not None for network in networks)


def _carried(address: ipaddress.IPv6Address) -> Address:
    """Return the IPv4 address to which a translator or a tunnel leads what is sent to `address`; else itself."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if int(address) <= 1:  # :: and ::1 are of IPv6 itself
        return address
    for network, shift in _CARRIES_IPV4:
        if address in network:
            return ipaddress.IPv4Address(int(address) >> shift & 0xFFFF_FFFF)
    return address


class CheckedResolver(AbstractResolver):
    """Resolves names by the system, and gives back only what is allowed."""

    def __init__(self, networks: Sequence[Network]) -> None:
        self._networks = tuple(networks)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the allowed addresses of `host`. Raises ForbiddenAddress, or OSError where there is none."""
        loop = asyncio.get_running_loop()
        infos = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, family=family, flags=socket.AI_ADDRCONFIG)
        found = [
            ResolveResult(
                hostname=host,
                host=str(place[0]),
                port=port,
                family=kind,
                proto=proto,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for kind, _, proto, _, place in infos
            if allowed(str(place[0]), self._networks)
        ]
        if not found:
            raise ForbiddenAddress(f"{host} leads to an address that is not allowed; add its network to networks")
        return found

    async def close(self) -> None:
        """Nothing to end."""
