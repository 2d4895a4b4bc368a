"""Does a door that closes let nobody in any more?"""

from __future__ import annotations

import asyncio

import pytest

from cti.switch.agi_session import AgiSession
from cti.switch.fastagi import FastAgiServer
from tests.switch.test_fastagi import ENV, HOST, connect
from tests.waiting import until

pytestmark = pytest.mark.contract


async def test_who_says_who_he_is_while_it_closes_is_sent_away() -> None:
    begun, free = list[str](), asyncio.Event()

    async def on_session(session: AgiSession) -> None:
        begun.append(session.uniqueid)
        try:
            await asyncio.Event().wait()
        finally:
            await free.wait()  # a session that takes its time to end

    server = FastAgiServer(on_session, host=HOST, port=0)
    await server.start()
    waiting = await connect(server)
    await until(lambda: len(begun) == 1)
    late = await connect(server, b"")
    await until(lambda: server.connected == 2)
    closing = asyncio.create_task(server.close())
    await until(lambda: server.closing)
    late.say(ENV)
    assert await late.hear() == b'VERBOSE "FastAGI refused: the engine stops" 1\n'
    free.set()
    waiting.writer.close()
    await closing
    assert begun == ["17.1"]
