"""The example flows' questions, asked of the sample shop as the engine will ask them."""

from __future__ import annotations

from datetime import date

import pytest
from aiohttp.test_utils import TestServer

from cti.ivr import replies, verbs
from cti.ivr.asked_systems import request as request_of
from cti.ivr.values import Secret
from cti.lookup.client import Lookups
from cti.lookup.of_flows import answer
from cti.model.lookups import System
from cti.sample.backend import make_app
from cti.sample.shop import Shop, load

pytestmark = pytest.mark.contract


def verb(method: str, path: str, into: dict[str, str], send: dict[str, str] | None = None) -> verbs.Lookup:
    return verbs.Lookup("shop", method, path, "node1/1.1/orders/x/1", {"id": "10000002"}, send or {}, into)


async def test_a_flow_hears_what_the_shop_says() -> None:
    server = TestServer(make_app(Shop(load(), date(2026, 11, 23))))
    await server.start_server()
    async with Lookups({"shop": System(base_url=f"http://127.0.0.1:{server.port}/api")}, {}) as lookups:
        status = verb("GET", "/orders/{id}", {"status": "status", "total": "total"})
        assert await answer(lookups, status) == replies.Found({"status": "delivered", "total": 44.4})
        back = verb("POST", "/returns", {"number": "number"}, {"order": "id"})
        assert await answer(lookups, back) == replies.Found({"number": "70000002"})
        assert await answer(lookups, verb("GET", "/orders/{id}/none", {})) == replies.NotFound()
        lines = verb("GET", "/orders/{id}", {"lines": "lines"})
        assert await answer(lookups, lines) == replies.Down("wrong_type")
        assert await answer(lookups, verb("GET", "/orders/{other}", {})) == replies.Down("bad_request")
    await server.close()


def test_secrets_are_revealed_to_the_system_alone() -> None:
    asked = verbs.Lookup("shop", "POST", "/pin", "once", {"pin": Secret("1234")}, {"code": "pin"}, {})
    assert request_of(asked).send == {"code": "1234"} and request_of(asked).once == "once"
    assert "1234" not in repr(asked) and "1234" not in repr(request_of(asked))
