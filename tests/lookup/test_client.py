"""A real server on loopback that behaves, hangs, drips, lies and leads astray: each is a word, in time."""

from __future__ import annotations

import asyncio
import logging
import socket
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from cti.lookup.client import Lookups
from cti.model.errors import ConfigError
from cti.model.lookups import Answer, Down, Found, NotFound, Part, System, ValueType, Why
from tests.lookup.shops import GOOD, NUMBER, SECRET, Serve, at, get, shop

pytestmark = pytest.mark.contract


async def test_what_is_found_and_how_it_is_asked_for() -> None:
    seen: list[web.Request] = []

    async def serve(request: web.Request) -> web.Response:
        seen.append(request)
        return web.json_response(GOOD, headers={"Set-Cookie": "who=anna"})

    environ = {"SHOP": SECRET}
    async with shop(serve, environ, secret_headers={"Authorization": "SHOP"}, headers={"X-V": "2"}) as lookups:
        for _ in range(2):
            assert await lookups.ask(get()) == Found({"status": "sent", "due": "2026-11-25"})
        assert lookups.counts == {("shop", "found"): 2} and lookups.seconds["shop"] > 0 and lookups.resting == []
    assert seen[0].raw_path == f"/api/orders/{NUMBER}" and seen[0].method == "GET"
    assert (seen[1].headers["Authorization"], seen[1].headers["X-V"]) == (SECRET, "2")
    assert "Cookie" not in seen[1].headers and seen[1].headers["Accept-Encoding"] == "identity"


async def test_a_post_sends_json_once() -> None:
    bodies: list[Any] = []

    async def serve(request: web.Request) -> web.Response:
        bodies.append(await request.json())
        return web.json_response({"id": "R1"}, status=201) if len(bodies) == 1 else web.Response(status=503)

    async with shop(serve) as lookups:
        request = get(
            "/returns",
            once="call-1/returns",
            method="POST",
            send={"order": NUMBER, "express": True},
            into={"id": Part("id", ValueType.TEXT)},
        )
        assert await lookups.ask(request) == Found({"id": "R1"})
        assert await lookups.ask(request) == Down(Why.STATUS)
    assert bodies == [{"order": NUMBER, "express": True}] * 2  # the second was not tried again


def fixed(**fields: Any) -> Serve:
    async def serve(request: web.Request) -> web.StreamResponse:
        return web.Response(**fields)

    return serve


def json(text: str | bytes, **fields: Any) -> Serve:
    body = text.encode() if isinstance(text, str) else text
    return fixed(body=body, content_type="application/json", **fields)


def to(location: str, status: int = 302) -> Serve:
    return fixed(status=status, headers={"Location": location})


@pytest.mark.parametrize(
    ("serve", "answer"),
    [
        (fixed(status=404), NotFound()),
        (fixed(status=410, body=b"x" * 10_000_000), NotFound()),
        (json("null"), NotFound()),
        (json('{"order": null}'), Found({"status": None, "due": None})),
        (fixed(body=b'{"order": {}}', content_type="application/hal+json"), Found({"status": None, "due": None})),
        (fixed(status=400), Down(Why.REFUSED)),
        (fixed(status=401), Down(Why.REFUSED)),
        (fixed(status=500), Down(Why.STATUS)),
        (fixed(status=204), Down(Why.NOT_JSON)),
        (fixed(body=b"<html>sorry</html>", content_type="text/html"), Down(Why.NOT_JSON)),
        (json("<html>sorry</html>"), Down(Why.NOT_JSON)),
        (json("[" * 100_000), Down(Why.NOT_JSON)),
        (json(b"\x1f\x8b", headers={"Content-Encoding": "gzip"}), Down(Why.NOT_JSON)),
        (json('{"order": {"status": "sent", "due": 12.5}}'), Down(Why.WRONG_TYPE)),
        (json('{"order": "' + "x" * 10_000_000 + '"}'), Down(Why.TOO_LARGE)),
        (to("http://169.254.169.254/latest/meta-data"), Down(Why.REDIRECT)),
        (to("http://127.0.0.1:1/api/x"), Down(Why.REDIRECT)),
        (to("/admin"), Down(Why.REDIRECT)),
        (to("/api/for-ever"), Down(Why.REDIRECT)),
        (to(""), Down(Why.REDIRECT)),
    ],
)
async def test_each_answer_has_its_word(serve: Serve, answer: Answer) -> None:
    async with shop(serve, timeout_s=5.0) as lookups:
        assert await lookups.ask(get()) == answer


async def test_a_redirect_within_the_base_is_followed() -> None:
    async def serve(request: web.Request) -> web.Response:
        if request.path.endswith("/"):
            return web.json_response(GOOD)
        return web.Response(status=308, headers={"Location": f"{request.path}/"})

    async with shop(serve) as lookups:
        assert isinstance(await lookups.ask(get()), Found)
        assert await lookups.ask(get(method="POST")) == Down(Why.REDIRECT)


async def test_a_stream_without_end_is_cut_off() -> None:
    sent = 0

    async def serve(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        for _ in range(2000):
            await response.write(b" " * 65536)
            sent += 65536
        return response

    async with shop(serve, timeout_s=5.0) as lookups:
        assert await lookups.ask(get()) == Down(Why.TOO_LARGE)
    assert sent < 20_000_000


async def test_a_post_is_sent_again_where_its_key_makes_that_harmless() -> None:
    keys: list[str] = []

    async def serve(request: web.Request) -> web.Response:
        keys.append(request.headers.get("Idempotency-Key", ""))
        return web.json_response({}) if len(keys) > 1 else web.Response(status=503)

    async with shop(serve, retry_posts=True) as lookups:
        assert await lookups.ask(get(method="POST", into={})) == Down(Why.STATUS)
        assert keys.pop() == ""
        assert await lookups.ask(get(method="POST", into={}, once="call-1/returns")) == Found({})
        assert keys == ["call-1/returns"] * 2


async def test_it_is_asked_once_more_where_that_changes_nothing() -> None:
    asked = 0

    async def serve(request: web.Request) -> web.Response:
        nonlocal asked
        asked += 1
        return web.json_response(GOOD) if asked > 1 else web.Response(status=503)

    async with shop(serve) as lookups:
        assert isinstance(await lookups.ask(get()), Found)
        assert lookups.counts == {("shop", "retried"): 1, ("shop", "found"): 1}


async def test_nobody_listens_or_the_name_leads_astray() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        async with at(f"http://127.0.0.1:{taken.getsockname()[1]}") as lookups:
            assert await lookups.ask(get()) == Down(Why.UNREACHABLE)
    async with at("http://localhost:9") as lookups:
        assert await lookups.ask(get()) == Down(Why.FORBIDDEN_ADDRESS)
        assert lookups.counts["shop", "retried"] == 0


async def test_a_network_that_is_named_is_reached_by_name() -> None:
    app = web.Application()
    app.router.add_get("/{tail:.*}", fixed(body=b"null", content_type="application/json"))
    server = TestServer(app, host="127.0.0.1")
    await server.start_server()
    async with at(f"http://localhost:{server.port}", networks=["127.0.0.0/8"]) as lookups:
        assert await lookups.ask(get()) == NotFound()
    await server.close()


async def test_after_failures_in_a_row_nobody_is_asked_and_then_one(caplog: pytest.LogCaptureFixture) -> None:
    asked, broken = 0, True

    async def serve(request: web.Request) -> web.Response:
        nonlocal asked
        asked += 1
        return web.Response(status=500) if broken else web.json_response(GOOD)

    async with shop(serve, give_up_after=2, rest_s=0.2) as lookups:
        answers = [await lookups.ask(get()) for _ in range(4)]
        assert answers == [Down(Why.STATUS), Down(Why.STATUS), Down(Why.RESTING), Down(Why.RESTING)]
        assert asked == 2 and lookups.resting == ["shop"]
        broken = False
        await asyncio.sleep(0.25)
        assert isinstance(await lookups.ask(get()), Found) and lookups.resting == []
    assert [record.getMessage() for record in caplog.records if record.name.startswith("cti")] == [
        "lookups: shop is down (status); not asked for 0.2 s",
        "lookups: shop answers again",
    ]


async def test_odd_questions_do_not_shut_it_off() -> None:
    async with shop(fixed(status=400), give_up_after=1) as lookups:
        assert [await lookups.ask(get()) for _ in range(3)] == [Down(Why.REFUSED)] * 3
        assert await lookups.ask(get(values={})) == Down(Why.BAD_REQUEST)
        assert await lookups.ask(get(system="crm")) == Down(Why.BAD_REQUEST)
        assert await lookups.ask(get(values={"id": "\r\nHost: x"})) == Down(Why.BAD_REQUEST)


async def test_a_trial_that_nobody_waited_for_is_no_trial() -> None:
    asked = 0

    async def serve(request: web.Request) -> web.Response:
        nonlocal asked
        asked += 1
        if asked == 1:
            return web.Response(status=500)
        if asked == 2:
            await asyncio.sleep(20)
        return web.json_response(GOOD)

    async with shop(serve, timeout_s=30, give_up_after=1, rest_s=0.1) as lookups:
        assert await lookups.ask(get()) == Down(Why.STATUS)
        await asyncio.sleep(0.15)
        trial = asyncio.create_task(lookups.ask(get()))
        await asyncio.sleep(0.05)
        assert await lookups.ask(get()) == Down(Why.RESTING)
        trial.cancel()
        await asyncio.wait([trial])
        assert isinstance(await lookups.ask(get()), Found)


async def test_too_many_at_once_wait_their_turn_within_their_time() -> None:
    inside = most = 0

    async def serve(request: web.Request) -> web.Response:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        await asyncio.sleep(0.01)
        inside -= 1
        return web.json_response(GOOD)

    async with shop(serve, max_at_once=3, timeout_s=10) as lookups:
        answers = await asyncio.gather(*(lookups.ask(get()) for _ in range(30)))
    assert all(isinstance(answer, Found) for answer in answers) and most == 3


async def test_a_bug_of_ours_is_a_word_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cti.lookup.mapping.values", lambda content, into: 1 // 0)
    async with shop(json("{}")) as lookups:
        assert await lookups.ask(get()) == Down(Why.BUG)


async def test_logs_hold_nothing_personal_and_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with shop(fixed(status=500), {"SHOP": SECRET}, secret_headers={"X-Key": "SHOP"}, give_up_after=1) as lookups:
        await lookups.ask(get())
        ours = [record.getMessage() for record in caplog.records if record.name != "aiohttp.access"]
    assert ours and not any(SECRET in text or NUMBER in text for text in ours)


def test_a_secret_that_is_not_set_is_told_at_the_start() -> None:
    system = System(base_url="http://127.0.0.1", secret_headers={"X-Key": "SHOP_KEY"})
    for environ in ({}, {"SHOP_KEY": ""}, {"SHOP_KEY": "a\nb"}):
        with pytest.raises(ConfigError, match=r"lookups.shop.secret_headers.X-Key: .* SHOP_KEY is not set"):
            Lookups({"shop": system}, environ)
