"""To which address may a system's name lead? Resolved by us, checked, then connected to: the name is not asked twice.

A name whose owner turns it to 127.0.0.1 or to a cloud's metadata address reaches nothing.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Sequence

from aiohttp.abc import AbstractResolver, ResolveResult

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class ForbiddenAddress(OSError):
    """The name leads to no address that is allowed."""


def allowed(address: str, networks: Sequence[Network]) -> bool:
    """Return whether `address` is public, or in one of `networks`."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    found = inner or found
    if found.is_multicast or found.is_unspecified:
        return False
    return found.is_global or any(found in network for network in networks)


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
