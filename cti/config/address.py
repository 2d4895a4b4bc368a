"""How is an address written? `host:port` or `[v6]:port`, nothing else."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

from pydantic import BeforeValidator, PlainSerializer


class Address(NamedTuple):
    """A host (name or IP) and a TCP port; port 0 lets the system choose."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_address(text: Any) -> Any:
    """Return the Address in `text`; ValueError where there is none. Anything but text goes on unchanged."""
    if not isinstance(text, str):
        return text
    host, colon, port = text.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        raise ValueError('an IPv6 address stands in brackets: "[::1]:4573"')
    if not colon or not host or not (port.isascii() and port.isdigit()) or int(port[:6]) > 65535:
        raise ValueError('must be "host:port", with a port up to 65535')
    if not all(char.isascii() and (char.isalnum() or char in ".-_:%") for char in host):
        raise ValueError("the host has a character that no host name has")
    return Address(host, int(port))


AddressText = Annotated[Address, BeforeValidator(parse_address), PlainSerializer(str)]
