"""Is an address that cannot be had told by its key, and let go when the part that listened ends?"""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web

from cti.config.address import Address
from cti.demo.ports import free_ports
from cti.listening import served
from cti.model.errors import ConfigError

pytestmark = pytest.mark.contract

HOST = "127.0.0.1"


async def test_it_listens_for_as_long_as_it_is_wanted() -> None:
    at = Address(HOST, *free_ports(1))
    async with served("http.listen", web.Application(), at):
        _, writer = await asyncio.open_connection(at.host, at.port)
        writer.close()
        await writer.wait_closed()
        with pytest.raises(ConfigError) as told:
            async with served("web.listen", web.Application(), at):
                pass
        assert told.value.problems[0].startswith(f"web.listen: cannot listen on {at}: Address already in use; who")
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(at.host, at.port)
