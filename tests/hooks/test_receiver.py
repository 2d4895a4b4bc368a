"""A real receiver on loopback that takes, refuses, hangs and leads astray: each is a word."""

from __future__ import annotations

import asyncio
import socket
import time

import pytest
from aiohttp import web

from cti.hooks.receiver import Answer, Receiver
from cti.hooks.signing import headers
from cti.model.errors import ConfigError
from cti.model.hooks import Hook
from tests.hooks.receivers import SECRET, listening
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.contract


async def test_what_arrives_is_signed_and_of_now() -> None:
    async with listening() as there, Receiver("crm", there.hook()) as receiver:
        assert await receiver.hand_over("msg_1", '{"a":1}') == Answer("204", taken=True)
    (got,) = there.got
    assert got.body == b'{"a":1}' and got.headers["content-type"] == "application/json"
    at = float(got.headers["webhook-timestamp"])
    assert abs(time.time() - at) < 60
    expected = headers([SECRET], "msg_1", at, got.body)
    assert {key: got.headers[key] for key in expected} == expected


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        (200, Answer("200", taken=True)),
        (500, Answer("500")),
        (410, Answer("410", refused=True)),
        (web.Response(status=302, headers={"Location": "/elsewhere"}), Answer("302")),
        (web.Response(status=503, headers={"Retry-After": "90"}), Answer("503", rests_s=90.0)),
    ],
)
async def test_a_status_is_the_answer(given: object, answer: Answer) -> None:
    async with listening() as there, Receiver("crm", there.hook()) as receiver:
        there.answers = [given]
        assert await receiver.hand_over("msg_1", "{}") == answer
        assert len(there.got) == 1


async def test_one_that_does_not_answer_is_left_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}/"
        hook = Hook.model_validate({"url": url, "secret": SECRET, "timeout_s": 0.2})
        async with Receiver("crm", hook) as receiver, asyncio.timeout(PATIENCE_S):
            assert await receiver.hand_over("msg_1", "{}") == Answer("timeout")
    async with Receiver("crm", hook) as receiver:
        assert await receiver.hand_over("msg_1", "{}") == Answer("unreachable")


async def test_a_name_that_leads_home_is_refused_unless_its_network_is_given() -> None:
    async with listening() as there:
        url = there.url.replace("127.0.0.1", "localhost")
        async with Receiver("crm", there.hook(url=url)) as receiver:
            assert await receiver.hand_over("msg_1", "{}") == Answer("forbidden_address")
        assert there.got == []
        async with Receiver("crm", there.hook(url=url, networks=["127.0.0.0/8"])) as receiver:
            assert (await receiver.hand_over("msg_1", "{}")).taken


async def test_a_test_tells_of_nothing() -> None:
    async with listening() as there, Receiver("crm", there.hook()) as receiver:
        assert (await receiver.test()).taken
    assert b'"type":"hook.test"' in there.got[0].body and b'"hook":"crm"' in there.got[0].body


def test_a_certificate_that_is_none_is_told_at_the_start(tmp_path: object) -> None:
    hook = Hook.model_validate({"url": "https://crm.example.com", "secret": SECRET, "ca_file": "/nowhere.pem"})
    with pytest.raises(ConfigError, match=r"hooks\.crm\.ca_file: cannot be read"):
        Receiver("crm", hook)
