"""Is a request that cannot be read, or that fails, told and counted, and nothing of it?"""

from __future__ import annotations

import asyncio
import logging

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from cti.api.request_log import RequestLog
from cti.api.serving import serve_tcp
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.contract

HOST = "127.0.24.2"
NUMBER = b"+49301234567"


async def sent(port: int, data: bytes) -> bytes:
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(data)
    answer = await asyncio.wait_for(reader.read(), PATIENCE_S)
    writer.close()
    return answer


async def test_nothing_of_a_request_reaches_the_log(caplog: pytest.LogCaptureFixture) -> None:
    async def broken(request: web.Request) -> web.Response:
        raise RuntimeError(request.path)

    app, requests = web.Application(), RequestLog()
    app.router.add_get("/{any}", broken)
    runner = await serve_tcp(app, HOST, 0, requests)
    port = int(runner.addresses[0][1])
    with capture_logs() as lines, caplog.at_level(logging.DEBUG):
        for _ in range(12):
            answer = await sent(port, b"GET /" + NUMBER + b" HTTP/9.x\r\nHost: x\r\n\r\n")
            assert b" 400 " in answer
        assert b" 500 " in await sent(port, b"GET /" + NUMBER + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    await runner.cleanup()
    assert (requests.malformed, requests.failed) == (12, 1)
    assert [(line["log_level"], line.get("so_far")) for line in lines] == [
        ("warning", 1),
        ("warning", 10),
        ("error", None),
    ]
    assert lines[-1]["error"] == "RuntimeError" and "test_request_log.py:" in lines[-1]["at"]
    assert NUMBER.decode() not in f"{lines}{caplog.text}"


def test_who_goes_away_during_his_request_is_counted_and_no_error() -> None:
    requests = RequestLog()
    with capture_logs() as lines:
        requests.exception("", exc_info=ConnectionResetError("of a peer"))
    assert (requests.malformed, requests.failed) == (1, 0)
    assert [line["log_level"] for line in lines] == ["warning"]
