"""Is what happens in a running engine told to a receiver, signed, and does a restart lose nothing of it?"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from cti.model import events
from tests.hooks.receivers import SECRET, listening
from tests.running import Running
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.contract

POLICY = {"queues": {"sales": {}}, "entries": {"6001": {"queue": "sales"}}}


async def test_a_caller_who_gave_up_is_told_even_if_nobody_listened_then(tmp_path: Path) -> None:
    running = Running(tmp_path)
    async with listening() as there:
        there.usual = 500
        hook = {"url": there.url, "secret": SECRET, "events": ["contact.ended"], "numbers": True, "timeout_s": 2}
        hook["networks"] = ["127.0.0.0/8"]
        running.write(POLICY, hooks={"crm": hook})
        asked = asyncio.Event()
        there.heard = asked.set
        async with running.start(), asyncio.timeout(PATIENCE_S):
            call = running.caller()
            running.app.engine.post(events.CallGone(call))
            await asked.wait()
            _, found = await running.ask("GET", "/v1/hooks")
            assert found["hooks"][0]["hook"] == "crm" and SECRET not in str(found)
        there.usual = 204
        asked.clear()
        async with running.start(), asyncio.timeout(PATIENCE_S):
            await running.ask("POST", "/v1/hooks/crm/retry")
            await asked.wait()
        assert len({got.headers["webhook-id"] for got in there.got}) == 1
        message = json.loads(there.got[-1].body)
        assert message["type"] == "contact.ended" and message["data"]["outcome"] == "abandoned"
        assert message["data"]["contact"] == call and message["data"]["number"] == "+4930"
