"""Where a name may lead."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from cti.lookup.addresses import CheckedResolver, ForbiddenAddress, allowed

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "0.0.0.0", "::1", "::", "fe80::1%eth0", "fd00::1",
     "::ffff:127.0.0.1", "224.0.0.1", "100.64.0.1", "255.255.255.255", "nonsense", "ff02::1",
     "64:ff9b::a9fe:a9fe", "64:ff9b:1::a9fe:a9fe", "64:ff9b:1::808:808", "2002:7f00:1::", "2002:a9fe:a9fe::1",
     "::127.0.0.1", "::10.0.0.1", "fec0::1", "feff::1"],
)  # fmt: skip
def test_the_inside_is_forbidden_unless_named(address: str) -> None:
    assert not allowed(address, ())


def test_named_networks_and_the_public_internet_are_allowed() -> None:
    assert allowed("8.8.8.8", ()) and allowed("2606:4700::1111", ())
    assert allowed("10.1.2.3", [ip_network("10.0.0.0/8")]) and not allowed("10.1.2.3", [ip_network("10.2.0.0/16")])
    assert allowed("64:ff9b::808:808", ()), "NAT64 of a public address: what a network without IPv4 resolves"
    assert allowed("2002:a01:203::1", [ip_network("10.0.0.0/8")]) and allowed("fec0::1", [ip_network("fec0::/10")])
    assert allowed("::1", [ip_network("::1/128")]) and not allowed("::", [ip_network("::/0")])
    assert allowed("::ffff:10.1.2.3", [ip_network("10.0.0.0/8")])
    assert not allowed("0.0.0.0", [ip_network("0.0.0.0/0")])


async def test_a_name_gives_only_what_is_allowed() -> None:
    found = await CheckedResolver([ip_network("127.0.0.0/8")]).resolve("localhost", 80)
    assert {result["host"] for result in found} == {"127.0.0.1"}
    with pytest.raises(ForbiddenAddress, match="add its network"):
        await CheckedResolver([]).resolve("localhost", 80)
