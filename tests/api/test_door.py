"""Is one address bounded, whatever its connections do, and is nobody counted twice or after he has gone?"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from cti.api.door import Door

pytestmark = pytest.mark.unit

HERE, THERE, PROXY = "198.51.100.1", "198.51.100.2", "10.0.0.1"


class Connection:
    """A peer, and its transport."""

    def __init__(self, address: str) -> None:
        self.address, self.is_cut, self.transport = address, False, self

    def get_extra_info(self, _name: str) -> Any:
        return (self.address, 1)

    def force_close(self) -> None:
        self.is_cut = True

    def abort(self) -> None:
        self.is_cut = True


class Server:
    def connection_made(self, peer: Any, transport: Any) -> None: ...

    def connection_lost(self, peer: Any, error: BaseException | None = None) -> None: ...


class Hall:
    def __init__(self, most: int, per_address: int) -> None:
        self.door, self.server = Door(most, per_address, lambda address: address == PROXY), Server()
        self.door.watch(self.server)

    async def come(self, address: str) -> Any:
        peer = Connection(address)
        self.server.connection_made(peer, peer)
        await asyncio.sleep(0)
        return peer


async def test_the_newest_of_an_address_goes_where_all_wait_and_others_come_in() -> None:
    hall = Hall(10, 2)
    peers = [await hall.come(HERE) for _ in range(4)]
    for peer in peers[:2]:
        hall.door.asks(peer)
    assert [peer.is_cut for peer in peers] == [False, False, True, True]
    assert not (await hall.come(THERE)).is_cut and (await hall.come(HERE)).is_cut
    hall.server.connection_lost(peers[2])  # told late, and counted once
    assert (await hall.come(HERE)).is_cut
    hall.server.connection_lost(peers[0])
    assert not (await hall.come(HERE)).is_cut


async def test_who_has_his_answer_goes_first_and_who_stays_takes_no_place_of_his_address() -> None:
    hall = Hall(10, 2)
    one, other = await hall.come(HERE), await hall.come(HERE)
    for peer in (one, other):
        hall.door.asks(peer)
    hall.door.stays(one)
    third = await hall.come(HERE)
    assert not third.is_cut
    hall.door.has_answer(other)
    assert not (await hall.come(HERE)).is_cut and other.is_cut and not one.is_cut
    hall.server.connection_lost(one)
    hall.server.connection_lost(third)
    assert not (await hall.come(HERE)).is_cut


async def test_who_waits_counts_in_all_and_those_behind_a_proxy_only_there() -> None:
    hall = Hall(4, 2)
    peers = [await hall.come(PROXY) for _ in range(4)]
    for peer in peers:
        hall.door.asks(peer)
    assert not any(peer.is_cut for peer in peers)
    assert (await hall.come(THERE)).is_cut
    assert hall.door.idle() == []
