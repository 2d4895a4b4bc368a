"""The sample shop over HTTP, asked as flows ask it."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from cti.lookup.client import Lookups
from cti.model.lookups import Down, Found, NotFound, Part, Request, System, ValueType, Why
from cti.sample.backend import make_app, serve
from cti.sample.shop import Shop, load
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.contract


def shop() -> Shop:
    return Shop(load(), date(2026, 11, 23))


async def test_the_lookups_of_the_example() -> None:
    server = TestServer(make_app(shop(), token="t0ken"))
    await server.start_server()
    system = System(base_url=f"http://127.0.0.1:{server.port}/api", secret_headers={"Authorization": "SHOP"})
    into = {
        "status": Part("status"),
        "total": Part("total", ValueType.MONEY),
        "due": Part("delivery.date", ValueType.DATE),
    }
    async with Lookups({"shop": system}, {"SHOP": "Bearer t0ken"}) as lookups:

        async def ask(path: str, into: dict[str, Part], order: str = "10000001", **fields: Any) -> Any:
            return await lookups.ask(Request(system="shop", path=path, values={"id": order}, into=into, **fields))

        assert await ask("/orders/{id}", into) == Found({"status": "shipped", "total": 249.0, "due": "2026-11-24"})
        assert await ask("/orders/{id}", into, "1") == NotFound()
        due = {"due": Part("date", ValueType.DATE)}
        assert await ask("/orders/{id}/delivery", due) == Found({"due": "2026-11-24"})
        assert await ask("/orders/{id}/delivery", due, "10000006") == NotFound()
        back = {"number": Part("number", ValueType.DIGITS)}
        for order, answer in (("10000002", Found({"number": "70000002"})), ("10000001", NotFound())):
            assert await ask("/returns", back, method="POST", send={"order": order}) == answer
        money = {"refund": Part("refund", ValueType.MONEY)}
        refund = await ask("/price-protection", money, method="POST", send={"order": "10000001"})
        assert refund == Found({"refund": 30.0})
        spoken = {"text": Part("spoken")}
        answer = await ask("/articles/{id}?language=zh", spoken, "payment")
        assert isinstance(answer, Found) and str(answer.values["text"]).startswith("可以使用")
        answer = await ask("/articles?q={id}&language=zh", {"text": Part("articles[0].spoken")}, "退货")
        assert isinstance(answer, Found) and str(answer.values["text"]).startswith("所有商品")
        segment = {"segment": Part("segment")}
        assert await ask("/customers?number={id}", segment, "+4930123001") == Found({"segment": "gold"})
    async with Lookups({"shop": system}, {"SHOP": "Bearer wrong"}) as lookups:
        assert await ask("/orders/{id}", into) == Down(Why.REFUSED)
    await server.close()


async def test_bad_days() -> None:
    async with TestClient(TestServer(make_app(shop(), broken=True))) as client:
        assert (await client.get("/api/orders/10000001")).status == 503
    async with TestClient(TestServer(make_app(shop(), delay_s=0.01))) as client:
        assert (await client.get("/api/orders/10000001")).status == 200
        assert (await client.get("/api/orders/7/delivery")).status == 404
        for body in (b"{", b"\xff", b"[]", b"{}", b"x" * 5000):
            assert (await client.post("/api/returns", data=body)).status in (400, 413)


async def test_it_serves_until_it_is_ended() -> None:
    """Also while somebody waits for an answer that is slow on purpose."""
    ports: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(serve(make_app(shop(), delay_s=30), "127.0.0.1", 0, ports.set_result))
    port = await asyncio.wait_for(ports, PATIENCE_S)
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /api/orders/10000001 HTTP/1.1\r\nHost: shop\r\n\r\n")
    await writer.drain()
    task.cancel()
    await asyncio.wait_for(task, PATIENCE_S)
    writer.close()
